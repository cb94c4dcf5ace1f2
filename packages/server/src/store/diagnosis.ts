/** The database looked at from beside: nothing is made and nothing is brought up to date. */
import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { dialectOf } from './dialects/index.js';
import { StoreOpenError } from './errors.js';
import { appliedMigrations, migrationNames } from './migrate.js';
import { schemaFaults } from './schema.js';

export interface Diagnosis {
  /** The database, without user and password. */
  where: string;
  bytes: number;
  /** Faults of its structures and what its schema lacks, one line each. */
  faults: string[];
  /** Migrations that this program has and the database lacks, and the other way round. */
  missing: string[];
  unknown: string[];
  /** The signing keys, sealed. */
  keys: { kid: string; sealedPrivateKey: string }[];
  /** Epoch milliseconds: the database's own clock, null where it has none; and the latest entry of the audit log. */
  now: number | null;
  latestEvent: number | null;
}

/** @throws StoreOpenError with one clear line when it cannot be opened */
export async function diagnose(url: string): Promise<Diagnosis> {
  const file = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null;
  if (file !== null && !existsSync(file)) throw new StoreOpenError(`there is no database ${file}`);
  const dialect = await dialectOf(url);
  const connections = await dialect.connect(url, { warn: () => undefined });
  const { read } = connections;
  try {
    const applied = await appliedMigrations(read);
    const known = migrationNames(dialect);
    const isCurrent = known.every((name) => applied.includes(name)) && applied.length === known.length;
    const lost = isCurrent ? await schemaFaults(read, dialect) : [];
    const faults = [...(await connections.integrity()), ...lost];
    const ready = applied.length > 0 && lost.length === 0;
    const keys = ready ? await read.selectFrom('signing_keys').selectAll().execute() : [];
    const latest = ready
      ? await read.selectFrom('events').select('at').orderBy('id', 'desc').limit(1).execute()
      : [];
    const clock =
      file === null
        ? (await sql<{ now: number }>`select extract(epoch from now()) * 1000 as now`.execute(read)).rows
        : [];
    return {
      where: dialect.describe(url),
      bytes: await connections.bytes(),
      faults,
      missing: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
      keys: keys.map((key) => ({ kid: key.kid, sealedPrivateKey: key.sealed_private_key })),
      now: clock[0] ? Number(clock[0].now) : null,
      latestEvent: latest[0]?.at ?? null,
    };
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`${dialect.describe(url)}: ${error instanceof Error ? error.message : error}`);
  } finally {
    await connections.close().catch(() => undefined);
  }
}
