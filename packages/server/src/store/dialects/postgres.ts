/** PostgreSQL, for several nodes: a pool of connections, named prepared statements, advisory locks. */
import {
  Kysely,
  type Dialect as KyselyDialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from 'kysely';
import pg from 'pg';
import { StoreUnavailable } from '../../core/ports.js';
import { StoreOpenError } from '../errors.js';
import type { Db, Tables } from '../tables.js';
import type { Connections, Dialect, LockName, StoreLogger } from './dialect.js';
import { createDriver, type Link } from './driver.js';
import { createBatches, TakenForGranted } from './postgres-batches.js';
import { CHANNEL, createBell } from './postgres-bell.js';
import { FORGET_PLANS, isTimeForNewPlans } from './postgres-plans.js';
import { postgresUserSearch } from './postgres-user-search.js';

/** Connections of one process; what writes leave is for reads. */
const POOL_SIZE = 10;
const LANES = 4;
const CONNECT_TIMEOUT = 5_000;
const STATEMENT_TIMEOUT = 30_000;

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const CONFLICTS = ['40001', '40P01'];
/** Connection lost, out of resources, shutting down, statement timed out, or a standby that cannot write. */
const AWAY = /^(08|53|57P0|57014|55P03|25006)/;
const NETWORK = /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What the driver itself says, without a code. */
const DRIVER =
  /connection terminated|connection error|timeout exceeded|not queryable|after calling end|query_wait/i;

/** First half of each advisory lock's key, so that other programs' locks are other locks. */
const LOCK_SPACE = 8420;
const LOCKS: Record<LockName, number> = { signals: 1, administration: 2, traffic: 3 };
const RESTORE_LOCK = 4;

/** What every connection of a server's pool is called in the list of the database's sessions. */
export const SERVER_NAME = 'sallyport';

/**
 * Takes the lock of a restore for as long as the session lasts; answers in `free` whether nobody else had it. A server
 * is on the list of sessions before it asks for this lock, and a restore has the lock before it looks at the list: of
 * two that come at once one sees the other.
 */
export const CLAIM = `select pg_try_advisory_lock(${LOCK_SPACE}, ${RESTORE_LOCK}) as free`;

interface PostgresLink extends Link {
  release(): void;
  begin(): void;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (AWAY.test(code) || NETWORK.test(code)) return true;
  return code === '' && error instanceof Error && DRIVER.test(error.message);
}

/** int8 as number: instants and counts stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) =>
    id === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(id, format === 'binary' ? 'binary' : 'text'),
};

async function run(client: pg.PoolClient, text: string, values: readonly unknown[], name?: string) {
  const query = { text, values: [...values], ...(name && { name }) };
  const { rows, rowCount } = await client.query<Record<string, unknown>>(query);
  const result: QueryResult<unknown> = { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  return result;
}

function createPool(url: string, settings: pg.PoolConfig, logger: StoreLogger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    application_name: SERVER_NAME,
    types,
    ...settings,
  });
  // Without these listeners a restart of the database would end this process.
  const lost = (error: Error) => logger.warn(`lost a connection to the database: ${error.message}`);
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/**
 * A transaction begins with its first statement: one of nothing but batches is a single statement, which is a
 * transaction by itself, and one round trip instead of four or, with many jobs, of dozens.
 */
async function acquire(pool: pg.Pool, mayBatch: boolean): Promise<PostgresLink> {
  const client = await pool.connect();
  const batches = createBatches();
  let begun: 'no' | 'when needed' | 'yes' = 'no';

  const send: Link['run'] = async (text, values, name) => {
    if (isTimeForNewPlans(client)) await client.query(FORGET_PLANS);
    return run(client, text, values, name);
  };
  async function end(word: 'commit' | 'rollback'): Promise<void> {
    const isOpen = begun === 'yes';
    begun = 'no';
    if (isOpen) await client.query(word);
  }

  return {
    batch: (batchable, values) => mayBatch && begun !== 'no' && batches.add(batchable, values),
    run: async (text, values, name) => {
      if (begun === 'when needed') {
        begun = 'yes';
        await client.query('begin');
      }
      await batches.flushFor(text, send);
      return send(text, values, name);
    },
    begin: () => {
      begun = 'when needed';
    },
    commit: async () => {
      await batches.flush(send);
      await end('commit');
    },
    rollback: () => {
      batches.clear();
      return end('rollback');
    },
    release: () => client.release(),
  };
}

function toKysely(pool: pg.Pool, mayBatch = true): Db {
  const dialect: KyselyDialect = {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () =>
      createDriver<PostgresLink>({
        acquire: () => acquire(pool, mayBatch),
        release: (link) => link.release(),
        begin: async (link) => link.begin(),
        commit: (link) => link.commit(),
        rollback: (link) => link.rollback(),
        destroy: () => pool.end(),
        isUniqueViolation: (error) => codeOf(error) === UNIQUE_VIOLATION,
        isForeignKeyViolation: (error) => codeOf(error) === FOREIGN_KEY_VIOLATION,
        isUnavailable,
      }),
  };
  return new Kysely<Tables>({ dialect });
}

/**
 * A database may be set to say that it has committed before it has written: what was answered would be gone after its
 * crash. Settings that ask for more than its own disk stay.
 */
async function insistOnWriting(client: pg.ClientBase): Promise<void> {
  await client.query(
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
  );
}

async function connect(url: string, logger: StoreLogger): Promise<Connections> {
  if (!URL.canParse(url) || new URL(url).host === '')
    throw new StoreOpenError('the database URL is not postgres://USER:PASSWORD@HOST:PORT/NAME');
  const lasting = { max: POOL_SIZE, statement_timeout: STATEMENT_TIMEOUT, onConnect: insistOnWriting };
  const pool = createPool(url, lasting, logger);
  const patient = createPool(url, { max: 1 }, logger);
  const db = toKysely(pool);
  const stepwise = toKysely(pool, false);
  const bell = createBell(url, logger);
  const close = async () => {
    await Promise.all([pool.end(), patient.end(), bell.close()]);
  };
  return {
    ...{ read: db, migrate: toKysely(patient), close, bell },
    transact: (work, again) => (again ? stepwise : db).transaction().execute(work),
    integrity: async () => [],
    bytes: async () => {
      const { rows } = await pool.query<{ bytes: number }>(
        'select pg_database_size(current_database()) as bytes',
      );
      return Number(rows[0]?.bytes ?? 0);
    },
  };
}

async function lock(db: Db, name: LockName): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_SPACE)}, ${sql.lit(LOCKS[name])})`.execute(db);
}

async function inventory(db: Db): Promise<string[]> {
  const { rows } = await sql<{ thing: string }>`
    select 'table ' || tablename as thing from pg_tables where schemaname = current_schema()
    union all
    select 'column ' || table_name || '.' || column_name
      from information_schema.columns where table_schema = current_schema()
    union all
    select (case when indexdef like 'CREATE UNIQUE%' then 'unique index ' else 'index ' end) || indexname
      from pg_indexes where schemaname = current_schema()`.execute(db);
  return rows.map(({ thing }) => thing);
}

/** The lock goes with the statement: from then on the connection that asked is what a restore sees. */
async function admit(db: Db): Promise<void> {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock_shared(
    ${sql.lit(LOCK_SPACE)}, ${sql.lit(RESTORE_LOCK)}) as free`.execute(db);
  if (!rows[0]?.free) throw new StoreUnavailable('a restore is under way');
}

/** One statement: the lock is held for no round trip more. */
async function announceSignal(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_SPACE)}, ${sql.lit(LOCKS.signals)}),
    pg_notify(${sql.lit(CHANNEL)}, '')`.execute(db);
}

export const postgres: Dialect = {
  lanes: LANES,
  schema: {
    text: sql`text collate "C"`,
    sequence: 'bigserial',
    sequenceColumn: (column) => column.primaryKey(),
  },
  userSearch: postgresUserSearch,
  lock,
  announceSignal,
  inventory,
  admit,
  connect,
  isConflict: (error) => error instanceof TakenForGranted || CONFLICTS.includes(codeOf(error)),
  describe: (url) => {
    const { host, pathname } = new URL(url);
    return `PostgreSQL at ${host}${pathname}`;
  },
};
