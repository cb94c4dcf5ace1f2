/** SQLite's backup: a compact copy that the database writes itself, beside readers and the writer. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { isCode } from '../../kit/system-error.js';
import { sqlite } from '../dialects/sqlite.js';
import { isBusy } from '../dialects/sqlite-faults.js';
import { claimPlace, LOCK_SUFFIX } from '../dialects/sqlite-lock.js';
import { StoreOpenError } from '../errors.js';
import { MIGRATION_TABLE, migrationNames } from '../migrate.js';
import {
  afterRestore,
  type BackupFacts,
  type Backups,
  checkVersion,
  flush,
  giveName,
  headOf,
  type Restored,
  type RestoreOptions,
  type TakeOptions,
  writerOf,
} from './backup.js';
import { checkSeal, type Sealed, seal } from './seal.js';
import { checkTarget } from './target.js';

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

function factsOf(database: Database, path: string): Omit<BackupFacts, 'digest'> {
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

/** Files that SQLite keeps beside a database while it works on it. */
const BESIDE = ['-wal', '-shm', '-journal'];

/** Ends the name of the copy that is about to become the database. */
const RESTORING = '.restoring';

/** Where a file's head tells the size of its pages and how many there are. @see https://sqlite.org/fileformat.html */
const PAGE_SIZE = 16;
const PAGES = 28;

/** Without a seal, a file that lost its end or was added to still says how long it was. */
function checkLength(path: string, { content }: Sealed): void {
  const head = headOf(path, 100);
  if (head.length < 100) throw new StoreOpenError(`${path} is damaged (it is cut short)`);
  const size = head.readUInt16BE(PAGE_SIZE);
  const length = head.readUInt32BE(PAGES) * (size === 1 ? 65_536 : size);
  if (content !== length)
    throw new StoreOpenError(`${path} is damaged (it holds ${content} bytes of ${length})`);
}

/** What the file says of itself, and where its content ends. */
async function read(path: string): Promise<{ facts: BackupFacts; content: number }> {
  if (writerOf(path) !== 'sqlite')
    throw new StoreOpenError(`${path} is a backup of PostgreSQL: name its database with --database-url`);
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0)
    throw new StoreOpenError(
      `${path} is a database in use, a part of which is in ${path}-wal: back it up first`,
    );
  try {
    const sealed = await checkSeal(path);
    checkLength(path, sealed);
    const found = withDatabase(path, { readOnly: true }, (database) => factsOf(database, path));
    return { facts: { ...found, digest: sealed.digest }, content: sealed.content };
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`${path} is damaged (${reasonOf(error)})`);
  }
}

async function inspect(path: string): Promise<BackupFacts> {
  return (await read(path)).facts;
}

async function take(url: string, path: string, options: TakeOptions): Promise<BackupFacts> {
  const source = pathOf(url);
  if (!existsSync(source)) throw new StoreOpenError(`there is no database ${source}`);
  const own = ['', ...BESIDE, RESTORING, LOCK_SUFFIX].map((suffix) => source + suffix);
  checkTarget(path, { ...options, spared: [...own, ...options.spared] });
  const partial = `${path}.partial`;
  try {
    await write(source, partial);
    const facts = await inspect(partial);
    options.accept(facts);
    giveName(partial, path, options);
    return facts;
  } finally {
    for (const suffix of ['', ...BESIDE]) rmSync(partial + suffix, { force: true });
  }
}

async function write(source: string, partial: string): Promise<void> {
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
    withDatabase(source, { readOnly: true }, (database) => database.prepare('vacuum into ?').run(partial));
    await seal(partial);
  } catch (error) {
    throw new StoreOpenError(`cannot back up ${source} to ${partial}: ${reasonOf(error)}`);
  }
}

/**
 * A server of an earlier version takes no part in the lock beside the file. @throws StoreOpenError while one works on it;
 * a damaged file has none
 */
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
function stage(path: string, { staged, content }: { staged: string; content: number }, statements: string[]) {
  for (const suffix of ['', ...BESIDE]) rmSync(staged + suffix, { force: true });
  copyFileSync(path, staged);
  chmodSync(staged, 0o600);
  truncateSync(staged, content);
  withDatabase(staged, { readOnly: false }, (database) =>
    database.exec(['pragma journal_mode=delete', 'begin', ...statements, 'commit'].join(';\n')),
  );
  flush(staged);
}

/** A second name for the replaced database, which no other one has. */
function keep(target: string, now: number): string {
  const base = `${target}.replaced-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  for (let count = 1; ; count++) {
    const kept = count === 1 ? base : `${base}-${count}`;
    try {
      linkSync(target, kept);
      return kept;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
}

/**
 * The old file keeps its name until the new one has it, so that no start finds the place empty. What SQLite kept beside
 * the old one goes along with it: the new one must not be read together with that.
 */
function swap(target: string, staged: string, now: number): string | null {
  const kept = existsSync(target) ? keep(target, now) : null;
  for (const suffix of ['-wal', '-journal'])
    if (existsSync(target + suffix))
      renameSync(target + suffix, `${kept ?? `${target}.left-${now}`}${suffix}`);
  rmSync(`${target}-shm`, { force: true });
  renameSync(staged, target);
  flush(dirname(target));
  return kept;
}

async function restore(url: string, path: string, options: RestoreOptions): Promise<Restored> {
  const target = pathOf(url);
  const { facts, content } = await read(path);
  options.accept(facts);
  // Said before a place is made, or anybody is asked to stop; looked at again once nobody else can make one.
  refuseTaken(target, options);
  const leave = claim(target);
  try {
    return { facts, kept: replace(target, { path, content }, options) };
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`cannot restore ${target}: ${reasonOf(error)}`);
  } finally {
    leave();
  }
}

function refuseTaken(target: string, { overwrite }: RestoreOptions): void {
  if (existsSync(target) && !overwrite)
    throw new StoreOpenError(`${target} exists: --overwrite replaces it (and keeps it beside)`);
}

/** From here on no server starts on `target`. @throws StoreOpenError while one works on it */
function claim(target: string): () => void {
  try {
    return claimPlace(target);
  } catch (error) {
    if (isBusy(error)) throw new StoreOpenError(`a server is running on ${target}: stop it first`);
    throw new StoreOpenError(`cannot write ${target}: ${reasonOf(error)}`);
  }
}

function replace(
  target: string,
  { path, content }: { path: string; content: number },
  options: RestoreOptions,
): string | null {
  refuseTaken(target, options);
  if (existsSync(target)) refuseWhileServed(target);
  const staged = target + RESTORING;
  try {
    stage(path, { staged, content }, afterRestore(options));
    return swap(target, staged, options.now);
  } catch (error) {
    for (const suffix of ['', ...BESIDE]) rmSync(staged + suffix, { force: true });
    throw error;
  }
}

export const sqliteBackups: Backups = { take, inspect, restore };
