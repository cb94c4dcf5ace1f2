import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { raw } from './raw.js';
import { HOUR, insertDirectory, NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');

describeOnEveryDatabase('the logs', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;
  const write: typeof context.opened.store.write = (job) => context.opened.store.write(job);

  it('change log: entries are answered newest first, whole, and by object', async () => {
    const first = made.change({ id: '01', actorId: 'ada' });
    const second = made.change({
      id: '02',
      object: 'users/ada',
      fields: [{ field: 'x', old: null, new: [1] }],
    });
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.appendChange(first);
      await tx.admin.appendChange(second);
    });
    expect((await read().changes.page('t1', { limit: 9 })).items).toEqual([second, first]);
    expect((await read().changes.page('t1', { limit: 9, object: 'apps/app' })).items).toEqual([first]);
    expect((await read().changes.page('t1', { limit: 9, search: 'LOCAL:ROOT' })).items).toHaveLength(2);
  });

  it('change log: entries from before they named their app by its id are given to the app that was called so', async () => {
    const { url, drop } = await database.open();
    const clock = { now: () => NOW };
    const before = await openStore({ url, clock });
    const renamed = (id: string, from: string, to: string) =>
      made.change({
        id,
        object: `apps/${to}`,
        fields: [{ field: 'applicationId', old: from, new: to }],
      });
    const history = [
      made.change({ id: '01', object: 'apps/MyApplication', action: 'create' }),
      made.change({ id: '02', object: 'apps/MyApplication', action: 'delete' }),
      made.change({ id: '03', object: 'apps/a_c', action: 'create' }),
      made.change({ id: '04', object: 'apps/a_c/clients/one', action: 'create' }),
      made.change({ id: '05', object: 'apps/abc', action: 'create' }),
      renamed('06', 'a_c', 'between'),
      made.change({ id: '07', object: 'apps/a_c', action: 'create' }),
      renamed('08', 'between', 'MyApplication'),
      made.change({ id: '09', object: 'apps/MyApplication/clients/two', action: 'create' }),
      made.change({ id: '10', object: 'apps/MyApplication' }),
    ];
    await before.adminStore.change(async (tx) => {
      await insertDirectory(tx, 't1');
      for (const change of history) await tx.admin.appendChange(change);
    });
    await before.close();
    await raw(
      url,
      `drop index ix_changes_tenant_id_app_id_id; alter table changes drop column app_id;
       delete from sallyport_migration where name >= '0051'`,
    );
    const after = await openStore({ url, clock });
    const { items } = await after.store.read.changes.page('t1', { limit: 20, appId: 'app' });
    expect(items.map(({ id }) => id)).toEqual(['10', '09', '08', '06', '04', '03']);
    await after.close();
    await drop();
  });

  it('audit log: entries are answered newest first, whole, and what was typed cannot break the append', async () => {
    const first = made.event({ id: '01' });
    const odd = made.event({
      id: '02',
      userName: 'a\0b\ud800',
      clientId: null,
      detail: "'; drop table events",
    });
    await write((tx) => tx.events.append(first));
    await write((tx) => tx.events.append(odd));
    const { items } = await read().events.page('t1', { limit: 9 });
    expect(items).toEqual([{ ...odd, userName: 'a\ufffdb\ufffd' }, first]);
    expect((await read().events.page('t1', { limit: 9, search: 'CORREL' })).items).toHaveLength(2);
  });

  it('nodes: each says how far it has read, and is listed while it is heard of', async () => {
    const node = { id: 'n1', name: 'host 1', sequence: 3, seenAt: NOW };
    await write((tx) => tx.nodes.beat({ ...node, sequence: 1, seenAt: NOW - HOUR }));
    await write((tx) => tx.nodes.beat(node));
    await write((tx) => tx.nodes.beat({ ...node, id: 'n2', name: 'host 2', seenAt: NOW - HOUR }));
    expect(await read().nodes.list(NOW - 1)).toEqual([node]);
    await context.opened.sweep(NOW + 24 * HOUR - HOUR);
    expect(await read().nodes.list(0)).toEqual([node]);
    await write((tx) => tx.nodes.remove('n1'));
    expect(await read().nodes.list(0)).toEqual([]);
  });

  describe('signals', () => {
    it('are answered after a sequence number, oldest first', async () => {
      const { sequence: start } = await read().signals.since(0);
      const one = made.signal({ subject: 'one' });
      const two = made.signal({ kind: 'app', subject: 'two' });
      await write((tx) => tx.signals.append(one));
      await write((tx) => tx.signals.append(two));
      const { sequence, signals } = await read().signals.since(start);
      expect(signals).toEqual([one, two]);
      expect(await read().signals.since(sequence)).toEqual({ sequence, signals: [] });
    });

    it('alive are the unexpired refusals, and say where to go on', async () => {
      await write(async (tx) => {
        await tx.signals.append(made.signal({ kind: 'token', subject: 'dead', expiresAt: NOW - 1 }));
        await tx.signals.append(made.signal({ kind: 'token', subject: 'alive', expiresAt: NOW + HOUR }));
        await tx.signals.append(made.signal({ kind: 'user', subject: 'cache' }));
      });
      const { sequence, signals } = await read().signals.alive(NOW);
      expect(signals.map(({ subject }) => subject)).toEqual(['one', 'alive']);
      expect(await read().signals.since(sequence)).toEqual({ sequence, signals: [] });
    });

    it('are never overtaken: one that commits later has the higher number', async () => {
      const other = await context.openAnother();
      const { sequence: start } = await read().signals.alive(NOW);
      const seen: string[] = [];
      let position = start;
      const poll = async () => {
        const { sequence, signals } = await read().signals.since(position);
        position = sequence;
        seen.push(...signals.map(({ subject }) => subject));
      };
      const append = async (at: number) => {
        const { store } = at % 2 ? other : context.opened;
        await store.write(async (tx) => {
          await tx.signals.append(made.signal({ subject: `n${at}` }));
          // Some transactions take longer than those that began after them.
          for (let turn = 0; turn < at % 5; turn++) await tx.users.find('t1', 'ada');
        });
        await poll();
      };
      await Promise.all(Array.from({ length: 60 }, (_, at) => append(at)));
      await poll();
      expect(new Set(seen).size).toBe(60);
    });
  });
});
