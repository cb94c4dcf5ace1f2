/** SQLite's backup: a compact copy that the database writes itself, beside readers and the writer. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { sqlite } from '../dialects/sqlite.js';
import { StoreOpenError } from '../errors.js';
import { MIGRATION_TABLE, migrationNames } from '../migrate.js';
import {
  afterRestore,
  type BackupFacts,
  type Backups,
  checkVersion,
  flush,
  giveName,
  writerOf,
} from './backup.js';

type Database = InstanceType<typeof DatabaseSync>;
type Rows = Record<string, unknown>[];

function pathOf(url: string): string {
  return url.replace(/^sqlite:(\/\/)?/, '');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withDatabase<T>(path: string, options: { readOnly: boolean }, job: (database: Database) => T): T {
  const database = new DatabaseSync(path, { timeout: 1_000, ...options });
  try {
    return job(database);
  } finally {
    database.close();
  }
}

/** Faults of the file's own structures, one line each. */
function faultsOf(database: Database): string[] {
  const checks: Rows = database.prepare('pragma integrity_check').all();
  const orphans: Rows = database.prepare('pragma foreign_key_check').all();
  const faults = checks.map((row) => String(row.integrity_check)).filter((line) => line !== 'ok');
  return [...faults, ...orphans.map((row) => `a row of ${row.table} refers to none of ${row.parent}`)];
}

function factsOf(database: Database, path: string): BackupFacts {
  const [fault] = faultsOf(database);
  if (fault !== undefined) throw new StoreOpenError(`${path} is damaged (${fault.split('\n')[0]})`);
  const tables: Rows = database
    .prepare("select name from sqlite_schema where type = 'table' and name = ?")
    .all(MIGRATION_TABLE);
  const applied: Rows =
    tables.length === 0 ? [] : database.prepare(`select name from ${MIGRATION_TABLE}`).all();
  const migration = checkVersion(
    path,
    applied.map(({ name }) => String(name)),
    migrationNames(sqlite),
  );
  const keys: Rows = database.prepare('select kid, sealed_private_key from signing_keys').all();
  return {
    database: 'sqlite',
    bytes: statSync(path).size,
    migration,
    keys: keys.map((row) => ({ kid: String(row.kid), sealedPrivateKey: String(row.sealed_private_key) })),
  };
}

async function inspect(path: string): Promise<BackupFacts> {
  if ((await writerOf(path)) !== 'sqlite')
    throw new StoreOpenError(`${path} is a backup of PostgreSQL: name its database with --database-url`);
  try {
    return withDatabase(path, { readOnly: true }, (database) => factsOf(database, path));
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`${path} is damaged (${reasonOf(error)})`);
  }
}

async function take(url: string, path: string, options: { overwrite: boolean }): Promise<BackupFacts> {
  const source = pathOf(url);
  if (!existsSync(source)) throw new StoreOpenError(`there is no database ${source}`);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  try {
    closeSync(openSync(partial, 'wx', 0o600));
    withDatabase(source, { readOnly: true }, (database) => database.prepare('vacuum into ?').run(partial));
    const facts = await inspect(partial);
    giveName(partial, path, options);
    return facts;
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`cannot back up ${source} to ${path}: ${reasonOf(error)}`);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** @throws StoreOpenError while a server works on the file; a damaged file has no server */
function refuseWhileServed(path: string): void {
  try {
    // Only whoever is alone with the file may take it out of WAL.
    withDatabase(path, { readOnly: false }, (database) => database.exec('pragma journal_mode=delete'));
  } catch (error) {
    if (/locked|busy/i.test(reasonOf(error)))
      throw new StoreOpenError(`a server is running on ${path}: stop it first`);
  }
}

/** The copy that takes the database's place, without what may happen only once. */
function stage(path: string, staged: string, statements: readonly string[]): void {
  rmSync(staged, { force: true });
  copyFileSync(path, staged);
  chmodSync(staged, 0o600);
  withDatabase(staged, { readOnly: false }, (database) =>
    database.exec(['pragma journal_mode=delete', 'begin', ...statements, 'commit'].join(';\n')),
  );
  flush(staged);
}

/** The old file keeps its name until the new one has it, so that no start finds the place empty. */
function swap(target: string, staged: string, now: number): string | null {
  const kept = `${target}.replaced-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const hadOne = existsSync(target);
  if (hadOne) linkSync(target, kept);
  if (existsSync(`${target}-wal`)) renameSync(`${target}-wal`, `${kept}-wal`);
  rmSync(`${target}-shm`, { force: true });
  renameSync(staged, target);
  flush(dirname(target));
  return hadOne ? kept : null;
}

export const sqliteBackups: Backups = {
  take,
  inspect,
  async restore(url, path, options) {
    const { overwrite, now } = options;
    const target = pathOf(url);
    await inspect(path);
    if (existsSync(target)) {
      if (!overwrite)
        throw new StoreOpenError(`${target} exists: --overwrite replaces it (and keeps it beside)`);
      refuseWhileServed(target);
    }
    const staged = `${target}.restoring`;
    try {
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      stage(path, staged, afterRestore(options));
      return swap(target, staged, now);
    } catch (error) {
      rmSync(staged, { force: true });
      throw new StoreOpenError(`cannot restore ${target}: ${reasonOf(error)}`);
    }
  },
};
