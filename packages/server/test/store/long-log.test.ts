/** A log of more events than one statement looks at. */
import { beforeAll, expect, it } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import { raw } from './raw.js';
import { HOUR, NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');
const MANY = 25_000;
/** Sorts as the numbers do, and above the lowest id of all time. */
const id = (at: number) => String(at + 100).padStart(8, '0');

describeOnEveryDatabase('a long log', (database) => {
  const context = useStore(database);
  const events = () => context.opened.store.read.events;
  const rare = [0, 1, 9_999, 10_000, 10_001, 19_999, 20_000, MANY + 1].map((at) =>
    made.event({ id: id(at), type: 'login.failure', detail: `Needle ${at}`, at: NOW - HOUR }),
  );

  beforeAll(async () => {
    const common = made.event({ id: 'common', at: NOW });
    await context.opened.store.write(async (tx) => {
      await tx.events.append(common);
      for (const one of rare) await tx.events.append(one);
    });
    const columns =
      'type, source, correlation_id, detail, search_text, user_id, user_name, app_id, client_id, at';
    await raw(
      context.url,
      `with recursive n(i) as (select 2 union all select i + 1 from n where i < ${MANY})
       insert into events (tenant_id, id, ${columns})
       select tenant_id, substr('00000000' || (i + 100), -8), ${columns} from n, events where id = 'common'
         and i not in (${rare.map((one) => Number(one.id) - 100).join(', ')});
       delete from events where id = 'common';`.replaceAll(
        "substr('00000000' || (i + 100), -8)",
        database.name === 'sqlite' ? "substr('00000000' || (i + 100), -8)" : "lpad((i + 100)::text, 8, '0')",
      ),
    );
  });

  const newestFirst = rare.toReversed();

  it('is searched to its end, by a word and by a type', async () => {
    expect((await events().page('t1', { limit: 50, search: 'NEEDLE' })).items).toEqual(newestFirst);
    expect((await events().page('t1', { limit: 50, types: ['login.failure'] })).items).toEqual(newestFirst);
    const none = { search: 'needle', types: ['login.success' as const] };
    expect(await events().page('t1', { limit: 50, ...none })).toEqual({ items: [] });
  });

  it('is turned over page after page, each event once', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await events().page('t1', { limit: 3, search: 'needle', after });
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((one) => one.id));
      after = page.next;
    } while (after);
    expect(seen).toEqual(newestFirst.map((one) => one.id));
  });

  it('fills a page of what there is much of, and says that more follows', async () => {
    const page = await events().page('t1', { limit: 200, types: ['login.success'] });
    expect(page.items).toHaveLength(200);
    expect(page.next).toBeDefined();
  });

  it('is counted by hour and type, whole', async () => {
    const counts = await events().countByHour('t1', 0);
    const of = (type: string) => counts.filter((one) => one.type === type).map(({ count }) => count);
    expect(of('login.failure')).toEqual([rare.length]);
    expect(of('login.success')).toEqual([MANY - 1 - rare.slice(2, -1).length]);
  });

  it('lets others have a turn while it is searched', async () => {
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    await events().page('t1', { limit: 50, search: 'nowhere' });
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
  });
});
