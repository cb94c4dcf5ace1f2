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

/** One event a second, each with an id of its instant. */
describeOnEveryDatabase('a range of a long log', (database) => {
  const context = useStore(database);
  const START = 1_700_000_000_000;
  const SECOND = 1000;
  const at = (second: number) => START + second * SECOND;
  /** As the server's: the instant, in hexadecimal, before all else. */
  const idOf = (instant: number) => {
    const hex = instant.toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  };
  const page = async (asked: object) => {
    const { items } = await context.opened.store.read.events.page('t1', { limit: 30_000, ...asked });
    return items.map((one) => (one.at - START) / SECOND);
  };
  const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, step) => from - step);

  beforeAll(async () => {
    await context.opened.store.write((tx) =>
      tx.events.append(made.event({ id: idOf(at(0)), type: 'login.success', at: at(0) })),
    );
    const hex = database.name === 'sqlite' ? `printf('%012x', at)` : `lpad(to_hex(at), 12, '0')`;
    await raw(
      context.url,
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY}),
         seconds as (select ${START} + i * ${SECOND} as at from n),
         named as (select at, ${hex} as hex from seconds)
       insert into events (tenant_id, id, type, source, correlation_id, detail, search_text, at)
       select events.tenant_id, substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-000000000000',
         'login.success', source, correlation_id, detail, search_text, named.at from named, events;`,
    );
  });

  it('begins and ends where it is asked to, across what one statement looks at', async () => {
    const types = ['login.success' as const];
    expect(await page({ from: at(4_000), until: at(21_000), types })).toEqual(down(21_000, 4_000));
    expect(await page({ from: at(4_000) + 1, until: at(4_003) - 1 })).toEqual([4_002, 4_001]);
    expect(await page({ from: at(MANY), types })).toEqual([MANY]);
    expect(await page({ until: at(0), types })).toEqual([0]);
    expect(await page({ from: at(MANY) + 1, types })).toEqual([]);
  });

  it('holds an event whose id was made up to a minute away from its instant', async () => {
    const late = made.event({ id: `${idOf(at(9_059))}x`, type: 'login.failure', at: at(9_000) });
    const early = made.event({ id: `${idOf(at(8_941))}x`, type: 'login.failure', at: at(9_000) });
    await context.opened.store.write(async (tx) => {
      await tx.events.append(late);
      await tx.events.append(early);
    });
    const types = ['login.failure' as const];
    expect(await page({ from: at(9_000), until: at(9_000), types })).toEqual([9_000, 9_000]);
    expect(await page({ from: at(9_001), types })).toEqual([]);
    expect(await page({ until: at(8_999), types })).toEqual([]);
  });

  it('is counted from where it is asked to', async () => {
    const counts = await context.opened.store.read.events.countByHour('t1', at(20_001));
    const total = counts
      .filter(({ type }) => type === 'login.success')
      .reduce((sum, { count }) => sum + count, 0);
    expect(total).toBe(MANY - 20_000);
  });
});
