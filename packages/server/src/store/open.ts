/**
 * Opens the database: connections, migrations, the grouped writer. The store keeps what core's ports describe and
 * decides nothing.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { type AdminStore, type AdminWriter, type Store, StoreUnavailable } from '../core/ports.js';
import type { TrafficStore } from '../core/traffic/port.js';
import type { Clock } from '../kit/clock.js';
import type { Connections, Dialect, StoreLogger } from './dialects/dialect.js';
import { dialectOf } from './dialects/index.js';
import { StoreOpenError } from './errors.js';
import { migrate } from './migrate.js';
import { createAdminWriter, createReader } from './slices.js';
import { type Retention, sweep } from './sweep.js';
import type { Db } from './tables.js';
import { createTrafficStore } from './traffic.js';
import { createWriterQueue } from './writer-queue.js';

export { StoreOpenError } from './errors.js';

export interface OpenStoreOptions {
  /** `sqlite:PATH` or `postgres://…`. */
  url: string;
  clock: Clock;
  logger?: StoreLogger;
  /** Milliseconds to wait for a database that is not there yet. */
  patience?: number;
  retention?: Retention;
  /** Refuses an empty database instead of preparing it. */
  existing?: boolean;
}

/** Every log for good, a redeemed code for a day. */
const KEEP: Retention = { events: null, changes: null, codes: 86_400 };

export interface OpenStore {
  store: Store;
  adminStore: AdminStore;
  trafficStore: TrafficStore;
  /** Resolves when the database answers. @throws StoreUnavailable */
  ping(): Promise<void>;
  /** Removes what expired before `now` (epoch milliseconds), in small batches; answers how many rows. */
  sweep(now: number): Promise<number>;
  /** Faults in the database's own structures, one line each. */
  integrity(): Promise<string[]>;
  /** Size of the database. */
  bytes(): Promise<number>;
  /** Writes that wait for their turn. */
  waiting(): number;
  /** Finishes the writes in hand and closes every connection. */
  close(): Promise<void>;
}

const PATIENCE = 30_000;
const PAUSE = 500;
const SILENT: StoreLogger = { warn: () => {} };

/** One open transaction, as the queue hands it to its jobs. */
interface Unit {
  db: Db;
  writer: AdminWriter;
}

/** Repeats `attempt` while the database is not there; says so once a while. */
async function untilThere(
  attempt: () => Promise<void>,
  where: string,
  options: OpenStoreOptions,
): Promise<void> {
  const { logger = SILENT, patience = PATIENCE } = options;
  for (let waited = 0; ; waited += PAUSE) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (waited >= patience)
        throw new StoreOpenError(`${where} is not there after ${patience / 1_000} s: ${error.message}`);
      if (waited % (10 * PAUSE) === 0) logger.warn(`waiting for ${where}: ${error.message}`);
      await wait(PAUSE);
    }
  }
}

async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}

function assemble(
  connections: Connections,
  dialect: Dialect,
  { clock, retention = KEEP }: OpenStoreOptions,
): OpenStore {
  const { read, transact } = connections;
  const units = new WeakMap<Db, Unit>();
  function unitOf(db: Db): Unit {
    const known = units.get(db);
    if (known) return known;
    const made = { db, writer: createAdminWriter(db, dialect, clock) };
    units.set(db, made);
    return made;
  }
  const queue = createWriterQueue<Unit>({
    transaction: (work, again) => transact((db) => work(unitOf(db)), again),
    lanes: dialect.lanes,
    isConflict: dialect.isConflict,
  });
  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    await queue.close();
    await connections.close();
  }
  return {
    store: {
      read: createReader(read, dialect),
      bell: connections.bell,
      write: (job, meanwhile) => queue.run(({ writer }) => job(writer), true, meanwhile),
    },
    adminStore: { change: (job) => queue.run(({ writer }) => job(writer), false) },
    trafficStore: createTrafficStore(read, (job) =>
      queue.run(async ({ db }) => {
        await dialect.lock(db, 'traffic');
        return job(db);
      }, false),
    ),
    ping: () => ping(read),
    sweep: (now) => sweep((work) => queue.run(({ db }) => work(db), false), now, retention),
    integrity: connections.integrity,
    bytes: connections.bytes,
    waiting: queue.waiting,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/**
 * Opens the database at `options.url`, waiting for it if need be, and brings its schema up to date.
 *
 * @throws StoreOpenError with one clear line: not reachable, not writable, not a database, damaged, or written by a
 * newer program
 */
export async function openStore(options: OpenStoreOptions): Promise<OpenStore> {
  const { url, logger = SILENT } = options;
  const dialect = await dialectOf(url);
  const connections = await dialect.connect(url, logger);
  const where = dialect.describe(url);
  try {
    const prepare = async () => {
      await dialect.admit(connections.migrate);
      await migrate(connections.migrate, dialect, { where, existing: options.existing });
    };
    await untilThere(prepare, where, options);
  } catch (error) {
    await connections.close();
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(`cannot open ${where}: ${error instanceof Error ? error.message : error}`);
  }
  return assemble(connections, dialect, options);
}
