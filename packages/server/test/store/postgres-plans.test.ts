import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { expect, it } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import { recordsOf, useStore } from './records.js';

interface Scans {
  scans: number;
  /** Rows that they read. */
  rows: number;
}

/** What PostgreSQL counted of reading grants; a connection tells of it once a second, when it has done something. */
async function scansOfGrants(url: string, doSomething: () => Promise<void>): Promise<Scans> {
  await wait(1_100);
  await doSomething();
  const server = new pg.Client({ connectionString: url });
  await server.connect();
  try {
    const { rows } = await server.query<{ scans: string; rows: string }>(
      `select idx_scan + seq_scan as scans, idx_tup_fetch + seq_tup_read as rows
        from pg_stat_user_tables where relname = 'grants'`,
    );
    return { scans: Number(rows[0]?.scans), rows: Number(rows[0]?.rows) };
  } finally {
    await server.end();
  }
}

describeOnEveryDatabase('a database that was empty when it was first asked', (database) => {
  const context = useStore(database);
  const made = recordsOf('t1');

  it.runIf(database.name === 'postgres')('reads a row or two for a key once it has filled', async () => {
    let issued = 0;
    const issue = (many: number) =>
      context.opened.store.write(async (tx) => {
        for (let i = 0; i < many; i++) {
          const id = `g${issued++}`;
          await tx.grants.insert(made.grant({ id }));
          await tx.refreshTokens.insert(made.refreshToken({ grantId: id, tokenHash: `of-${id}` }));
          await tx.grants.find('t1', id);
        }
      });
    // How a key is looked for is settled while there is little to find.
    for (let i = 0; i < 100; i++) await issue(20);
    const before = await scansOfGrants(context.url, () => issue(1));
    for (let i = 0; i < 100; i++) await issue(1);
    const after = await scansOfGrants(context.url, () => issue(1));
    expect(after.scans - before.scans).toBeGreaterThan(100);
    expect((after.rows - before.rows) / (after.scans - before.scans)).toBeLessThan(10);
  });
});
