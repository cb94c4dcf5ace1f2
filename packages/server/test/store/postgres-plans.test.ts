import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { expect, it } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, recordsOf, useStore } from './records.js';

/** Rows of a table that were read, and how often they were looked for, by what PostgreSQL counted. */
async function readOf(url: string, table: string): Promise<{ looks: number; read: number }> {
  const server = new pg.Client({ connectionString: url });
  await server.connect();
  try {
    const { rows } = await server.query<{ looks: string; read: string }>(
      `select idx_scan + seq_scan as looks, idx_tup_fetch + seq_tup_read as read
        from pg_stat_user_tables where relname = $1`,
      [table],
    );
    return { looks: Number(rows[0]?.looks), read: Number(rows[0]?.read) };
  } finally {
    await server.end();
  }
}

// How a key is looked for is settled while there is little to find.
for (const [how, transactions, each] of [
  ['bit by bit', 150, 20],
  ['in one transaction', 1, 3_000],
] as const) {
  describeOnEveryDatabase(`an empty database that fills ${how}`, (database) => {
    const context = useStore(database);
    const made = recordsOf('t1');

    it.runIf(database.name === 'postgres')('goes on to look for a key by the key', async () => {
      let issued = 0;
      const issue = (many: number) =>
        context.opened.store.write(async (tx) => {
          for (let i = 0; i < many; i++) {
            const id = `g${issued++}`;
            await tx.grants.insert(made.grant({ id }));
            await tx.refreshTokens.insert(made.refreshToken({ grantId: id, tokenHash: `of-${id}` }));
            await tx.refreshTokens.find(`of-${id}`);
          }
        });
      for (let i = 0; i < transactions; i++) await issue(each);
      // A connection tells what it read once a second, when it has done something.
      await wait(1_100);
      await issue(1);
      // As long as a table is small, the wrong index seems to be as good.
      const { looks, read } = await readOf(context.url, 'grants');
      expect(read / looks).toBeLessThan(400);
    });
  });
}

describeOnEveryDatabase('families of many refresh tokens', (database) => {
  const context = useStore(database);
  const made = recordsOf('t1');

  it.runIf(database.name === 'postgres')('are not read whole when some are rotated together', async () => {
    const { store, close } = context.opened;
    const families = Array.from({ length: 40 }, (_, at) => `family-${at}`);
    await store.write(async (tx) => {
      for (const id of families) {
        await tx.grants.insert(made.grant({ id }));
        await tx.refreshTokens.insert(made.refreshToken({ grantId: id, tokenHash: `${id}-0` }));
      }
    });
    const rotate = (grantId: string, nth: number) =>
      store.write(async (tx) => {
        await tx.refreshTokens.replace(`${grantId}-${nth}`, NOW);
        await tx.refreshTokens.insert(made.refreshToken({ grantId, tokenHash: `${grantId}-${nth + 1}` }));
      });
    const rotations = 80;
    for (let nth = 0; nth < rotations; nth++)
      for (let part = 0; part < families.length; part += 5)
        await Promise.all(families.slice(part, part + 5).map((id) => rotate(id, nth)));
    // A connection tells what it read when it ends.
    await close();
    const { read } = await readOf(context.url, 'refresh_tokens');
    expect(read / (rotations * families.length)).toBeLessThan(20);
  });
});
