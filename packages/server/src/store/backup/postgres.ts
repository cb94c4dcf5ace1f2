/** PostgreSQL's backup: what its own pg_dump and pg_restore make of it, found on PATH. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { CLAIM, postgres, SERVER_NAME } from '../dialects/postgres.js';
import { StoreOpenError } from '../errors.js';
import { MIGRATION_TABLE, migrationNames } from '../migrate.js';
import { connectionOf, copiedRows, failureOf, listedTables } from './archive-text.js';
import {
  afterRestore,
  type BackupFacts,
  type Backups,
  checkVersion,
  giveName,
  type Restored,
  type RestoreOptions,
  type TakeOptions,
  writerOf,
} from './backup.js';
import { checkSeal, seal } from './seal.js';
import { checkTarget } from './target.js';

/** Characters of a program's complaint that are looked through: the error comes before what it was about. */
const SAID = 65_536;

/** The address that is shown to PostgreSQL's programs, and their environment, which holds the password. */
function handedOn(url: string): { shown: string; env: NodeJS.ProcessEnv } {
  const { shown, password } = connectionOf(url);
  return { shown, env: { ...process.env, ...(password && { PGPASSWORD: password }) } };
}

/** Runs a program of PostgreSQL; answers its standard output. @throws StoreOpenError with one line of what it said */
function runProgram(program: string, args: readonly string[], env = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    // In a language of its own a program would not say `error`.
    const child = spawn(program, args, { env: { ...env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (stderr.length < SAID) stderr += chunk;
    });
    child.once('error', () =>
      reject(
        new StoreOpenError(
          `${program} is not on PATH: install PostgreSQL's client programs, or run it where they are: ${program} ${args.join(' ')}`,
        ),
      ),
    );
    child.once('close', (code) => {
      if (code === 0) return resolve(stdout);
      reject(new StoreOpenError(failureOf(program, stderr)));
    });
  });
}

/** The rows of one table in an archive. */
async function rowsOf(path: string, table: string, schema?: string): Promise<Record<string, string>[]> {
  const where = schema === undefined ? [] : [`--schema=${schema}`];
  const what = ['--data-only', `--table=${table}`, ...where, '--file=-', path];
  return copiedRows(await runProgram('pg_restore', what));
}

/** The end mark of the last table's data, with which an archive ends. @see PostgreSQL, pg_backup_custom.c */
const END_OF_DATA = '\0'.repeat(5);

async function inspect(path: string): Promise<BackupFacts> {
  if (writerOf(path) !== 'postgres')
    throw new StoreOpenError(`${path} is a backup of SQLite: leave --database-url out`);
  const { digest } = await checkSeal(path, END_OF_DATA);
  const applied = (await rowsOf(path, MIGRATION_TABLE)).map(({ name = '' }) => name);
  const migration = checkVersion(path, applied, migrationNames(postgres));
  // Every table's data is unpacked once: a cut or altered file does not come to the end of it.
  await runProgram('pg_restore', ['--data-only', '--file=/dev/null', path]);
  const keys = (await rowsOf(path, 'signing_keys')).map(({ kid = '', sealed_private_key = '' }) => ({
    kid,
    sealedPrivateKey: sealed_private_key,
  }));
  return { database: 'postgres', bytes: statSync(path).size, digest, migration, keys };
}

async function take(url: string, path: string, options: TakeOptions): Promise<BackupFacts> {
  checkTarget(path, options);
  const partial = `${path}.partial`;
  try {
    await write(url, partial);
    const facts = await inspect(partial);
    options.accept(facts);
    giveName(partial, path, options);
    return facts;
  } finally {
    rmSync(partial, { force: true });
  }
}

async function write(url: string, partial: string): Promise<void> {
  const { shown, env } = handedOn(url);
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
    const options = ['--format=custom', '--no-owner', '--no-privileges', `--file=${partial}`, shown];
    await runProgram('pg_dump', options, env);
    await seal(partial);
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`cannot write ${partial}: ${error instanceof Error ? error.message : error}`);
  }
}

async function withClient<T>(url: string, job: (client: pg.Client) => Promise<T>): Promise<T> {
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
    client.on('error', () => undefined);
    await client.connect();
    return await job(client);
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`PostgreSQL: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/**
 * pg_restore puts tables back where they were, and clears away those alone that it puts back. Answers the schema that
 * they stand in.
 *
 * @throws StoreOpenError when the database is used and may not be replaced, or the restored would stand where nobody
 * looks or beside tables of a later version
 */
async function refuseTarget(client: pg.Client, path: string, overwrite: boolean): Promise<string> {
  const held = listedTables(await runProgram('pg_restore', ['--list', path]));
  const { rows } = await client.query<{ schema: string; tables: string[] }>(
    `select current_schema() as schema,
      array(select tablename::text from pg_tables where schemaname = current_schema() order by 1) as tables`,
  );
  const { schema = '', tables = [] } = rows[0] ?? {};
  // Other programs' tables may be in the same database, and are in its backup then.
  const own = held.filter((each) => each.table === MIGRATION_TABLE).map((each) => each.schema);
  if (!own.includes(schema))
    throw new StoreOpenError(
      `the backup is of the schema ${own.join(', ')}, and this URL leads to ${schema}: name the same one (search_path)`,
    );
  if (!tables.includes(MIGRATION_TABLE)) return schema;
  if (!overwrite) throw new StoreOpenError('the database is not empty: --overwrite replaces it');
  const more = tables.filter((name) => !held.some(({ table }) => table === name));
  if (more.length > 0)
    throw new StoreOpenError(
      `the database has tables that the backup has not (${more.slice(0, 5).join(', ')}): restore into an empty one`,
    );
  return schema;
}

/** Puts everything back, as one transaction, but for the names of the migrations that the schema has seen. */
async function putBack(url: string, path: string, schema: string): Promise<void> {
  const { shown, env } = handedOn(url);
  const areMigrations = (line: string) => {
    const [, where, table] = /^\d+; \d+ \d+ TABLE DATA (\S+) (\S+)/.exec(line) ?? [];
    return where === schema && table === MIGRATION_TABLE;
  };
  const contents = (await runProgram('pg_restore', ['--list', path])).split('\n');
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-restore-'));
  try {
    const list = join(folder, 'contents');
    writeFileSync(list, contents.filter((line) => !areMigrations(line)).join('\n'));
    const way = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges'];
    const what = ['--clean', '--if-exists', `--use-list=${list}`, `--dbname=${shown}`, path];
    await runProgram('pg_restore', [...way, ...what], env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Takes away what may happen only once and, in the same transaction, names the migrations. A database without those
 * names is none that a server starts on, so that nothing comes of a restore that was cut off before this.
 */
async function finish(client: pg.Client, migrations: Record<string, string>[], statements: string[]) {
  await client.query('begin');
  await client.query('set local synchronous_commit = on');
  for (const { name, timestamp } of migrations)
    await client.query(`insert into ${MIGRATION_TABLE} (name, timestamp) values ($1, $2)`, [name, timestamp]);
  for (const statement of statements) await client.query(statement);
  await client.query('commit');
}

async function restore(url: string, path: string, options: RestoreOptions): Promise<Restored> {
  const facts = await inspect(path);
  options.accept(facts);
  // One session for all of it: with it the claim would end, and then nothing is finished.
  return withClient(url, async (client) => {
    await claim(client);
    const schema = await refuseTarget(client, path, options.overwrite);
    await refuseWhileServed(client);
    const migrations = await rowsOf(path, MIGRATION_TABLE, schema);
    await putBack(url, path, schema);
    await finish(client, migrations, afterRestore(options));
    return { facts, kept: null };
  });
}

/** From here on no server starts on the database. @throws StoreOpenError while another restore has it */
async function claim(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ free: boolean }>(CLAIM);
  if (!rows[0]?.free) throw new StoreOpenError('another restore into this database is under way');
}

/** @throws StoreOpenError while a server works on the database */
async function refuseWhileServed(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    'select pid from pg_stat_activity where datname = current_database() and application_name = $1',
    [SERVER_NAME],
  );
  if (rows.length > 0)
    throw new StoreOpenError('a server is running on this database: stop it, and every other node, first');
}

export const postgresBackups: Backups = { take, inspect, restore };
