import pg from 'pg';
import { expect, it } from 'vitest';
import { openDirectory } from '../../src/core/directory.js';
import type { OpenStore } from '../../src/store/open.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, useStore } from './records.js';

/** Longer than any test: who looks in time was rung for. */
const NEVER = 3_600_000;

describeOnEveryDatabase('the bell of the signals', (database) => {
  const context = useStore(database);
  const isPostgres = database.name === 'postgres';

  const change = (subject: string) =>
    context.opened.store.write((tx) =>
      tx.signals.append({ tenantId: 't1', kind: 'grant', subject, expiresAt: NOW + 1_000 }),
    );
  const listen = (other: OpenStore, pollEvery?: number) =>
    openDirectory({
      read: other.store.read,
      bell: other.store.bell,
      clock: { now: () => NOW },
      ...(pollEvery === undefined ? {} : { pollEvery }),
    });
  const inTime = { timeout: 1_000, interval: 10 };

  async function listeners(onServer: pg.Client): Promise<number[]> {
    const { rows } = await onServer.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database()
        and application_name = 'sallyport listen' and query like 'listen%' and state = 'idle'`,
    );
    return rows.map(({ pid }) => pid);
  }

  it.runIf(isPostgres)(
    'wakes another process at the commit, and never for what was rolled back',
    async () => {
      const other = await context.openAnother();
      let rung = 0;
      other.store.bell.onRing(() => rung++);
      // The first ring says that somebody listens.
      await expect.poll(() => rung, inTime).toBe(1);
      await expect(
        context.opened.store.write(async (tx) => {
          await tx.signals.append({ tenantId: 't1', kind: 'app', subject: 'a', expiresAt: NOW + 1 });
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
      await change('rung for');
      await expect.poll(() => rung, inTime).toBe(2);
    },
  );

  it.runIf(isPostgres)('is mended when its connection is cut, and rung for what went unheard', async () => {
    const directory = await listen(await context.openAnother(), NEVER);
    const onServer = new pg.Client({ connectionString: context.url });
    await onServer.connect();
    try {
      await expect.poll(() => listeners(onServer), inTime).not.toEqual([]);
      await change('heard');
      await expect.poll(() => directory.isRevoked('t1', 'heard'), inTime).toBe(true);
      for (let cut = 1; cut <= 3; cut++) {
        const alive = await listeners(onServer);
        for (const pid of alive) await onServer.query('select pg_terminate_backend($1)', [pid]);
        await change(`unheard ${cut}`);
        await expect.poll(() => directory.isRevoked('t1', `unheard ${cut}`), inTime).toBe(true);
        await expect
          .poll(async () => (await listeners(onServer)).filter((pid) => !alive.includes(pid)), inTime)
          .not.toEqual([]);
        await change(`heard ${cut}`);
        await expect.poll(() => directory.isRevoked('t1', `heard ${cut}`), inTime).toBe(true);
      }
    } finally {
      directory.stop();
      await onServer.end();
    }
  });

  it('is not needed: a process that nobody rings for looks by the clock', async () => {
    const other = await context.openAnother();
    const directory = await openDirectory({
      ...{ read: other.store.read, clock: { now: () => NOW } },
      bell: { onRing: () => undefined },
    });
    try {
      await change('by the clock');
      await expect.poll(() => directory.isRevoked('t1', 'by the clock'), inTime).toBe(true);
    } finally {
      directory.stop();
    }
  });
});
