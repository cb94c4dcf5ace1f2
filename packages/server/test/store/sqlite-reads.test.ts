/** What is asked of SQLite by a reader is answered by either connection, and changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kit/clock.js';
import type { Connections } from '../../src/store/dialects/dialect.js';
import { sqlite } from '../../src/store/dialects/sqlite.js';
import { openStore } from '../../src/store/open.js';
import { prepared } from '../../src/store/prepared.js';
import type { Db } from '../../src/store/tables.js';

const SIGNAL = { tenant_id: 't1', kind: 'user', subject: 'ada', expires_at: 1 } as const;

const insert = prepared((db: Db, row: typeof SIGNAL) => db.insertInto('signals').values(row));
const remove = prepared((db: Db, p: { subject: string }) =>
  db.deleteFrom('signals').where('subject', '=', p.subject).returning('kind'),
);
const hidden = prepared((db: Db, p: { subject: string }) =>
  db
    .with('gone', (each) => each.selectFrom('signals').select('sequence').where('subject', '=', p.subject))
    .deleteFrom('signals')
    .where('sequence', 'in', (each) => each.selectFrom('gone').select('gone.sequence')),
);
const subjects = prepared((db: Db, p: { tenantId: string }) =>
  db.selectFrom('signals').select('subject').where('tenant_id', '=', p.tenantId),
);

describe("SQLite's reader", () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-reads-'));
  const url = `sqlite:${join(folder, 'sallyport.db')}`;
  let connections: Connections;
  beforeAll(async () => {
    await (await openStore({ url, clock: systemClock })).close();
    connections = await sqlite.connect(url, { warn: () => undefined });
    await connections.transact((db) => insert(db, SIGNAL));
  });
  afterAll(async () => {
    await connections.close();
    rmSync(folder, { recursive: true });
  });

  const left = async () => (await subjects(connections.read, { tenantId: 't1' })).rows;

  it('writes nothing, whatever it is told', async () => {
    const { read } = connections;
    await expect(insert(read, SIGNAL)).rejects.toThrow(/readonly/);
    await expect(remove(read, { subject: 'ada' })).rejects.toThrow(/readonly/);
    await expect(hidden(read, { subject: 'ada' })).rejects.toThrow(/readonly/);
    expect(await left()).toEqual([{ subject: 'ada' }]);
  });
});
