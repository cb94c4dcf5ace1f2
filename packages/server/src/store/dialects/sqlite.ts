/**
 * SQLite, embedded: on one WAL file a connection that writes, and answers between its transactions, and one that only
 * reads; `synchronous=FULL`, so that what was committed survives a power cut.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import {
  Kysely,
  type Dialect as KyselyDialect,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StoreOpenError } from '../errors.js';
import { type DirectRun, runDirectly } from '../prepared.js';
import type { Db, Tables } from '../tables.js';
import type { Connections, Dialect } from './dialect.js';
import { createDriver, toError } from './driver.js';
import { FAULTS, isBusy, PRIMARY, primaryOf } from './sqlite-faults.js';
import { sqliteInventory } from './sqlite-inventory.js';
import { createLink, type Database, type SqliteLink } from './sqlite-link.js';
import { joinPlace } from './sqlite-lock.js';
import { sqliteUserSearch } from './sqlite-user-search.js';

/** Milliseconds a statement may block the event loop while another process writes. */
const READER_PATIENCE = 5_000;
const WRITER_PATIENCE = 20;
/** Milliseconds between two attempts to begin, and how many there are: 5 s in all. */
const BEGIN_PAUSE = 5;
const BEGIN_ATTEMPTS = 200;
/**
 * The WAL is carried over every 16 MiB: most pages have then changed more than once and are copied once. 8 MiB of cache
 * hold the pages where new hashes go, so that a write need not read.
 */
const WRITER_PRAGMAS =
  'pragma journal_size_limit=67108864; pragma wal_autocheckpoint=4000; pragma cache_size=-8192';
/** A database no larger than this is read whole at every start; of a larger one `doctor` does it. */
const READ_WHOLE = 16 * 1024 * 1024;

function pathOf(url: string): string {
  return url.replace(/^sqlite:(\/\/)?/, '');
}

/** Begins as a writer, without stopping the event loop while another process holds the file. */
async function begin(link: SqliteLink): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      link.exec('begin immediate');
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === BEGIN_ATTEMPTS) throw error;
      await wait(BEGIN_PAUSE);
    }
  }
}

/** SQLite can undo a schema change; Kysely's own adapter does not rely on it, and then needs a lock of its own. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function toKysely(database: Database, link = createLink(database)): Db {
  const dialect: KyselyDialect = {
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () =>
      createDriver({
        acquire: async () => link,
        release: () => {},
        begin,
        commit: async () => link.exec('commit'),
        rollback: async () => {
          if (link.inTransaction()) link.exec('rollback');
        },
        destroy: async () => database.close(),
        ...FAULTS,
      }),
  };
  return new Kysely<Tables>({ dialect });
}

/** Lets the prepared statements of `db`, each of which `prepare` makes, run without Kysely. */
function direct(db: Db, prepare: (sql: string) => DirectRun, onFault: (fault: Error) => void = () => {}): Db {
  runDirectly(db, (sql) => {
    let run: DirectRun | undefined;
    return (parameters) => {
      try {
        run ??= prepare(sql);
        return run(parameters);
      } catch (error) {
        const fault = toError(FAULTS, error);
        onFault(fault);
        throw fault;
      }
    };
  });
  return db;
}

/**
 * The reader is one connection that nobody has to wait for. After each commit it must read anew what it had at hand,
 * but the writer need not: between two transactions the writer's connection answers the prepared statements, most of which
 * look for a single row. Pages of lists, which would take the room of what is written next, are always the reader's.
 */
function toReader(database: Database, writer: SqliteLink): Db {
  const link = createLink(database);
  return direct(toKysely(database, link), (sql) => {
    const own = lazily(() => link.prepare(sql));
    // What is no question must meet the reader's refusal to write.
    if (!/^select\b/i.test(sql)) return own();
    const ofWriter = lazily(() => writer.prepare(sql));
    return (parameters) => {
      if (writer.inTransaction()) return own()(parameters);
      try {
        return ofWriter()(parameters);
      } catch {
        // The writer waits for no lock: the reader does, or says what is wrong.
        return own()(parameters);
      }
    };
  });
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The writer is one connection too: one transaction at a time, in the order of the queue. */
function toWriter(database: Database, link: SqliteLink): Connections['transact'] {
  let fault: Error | null = null;
  const onFault = (error: Error) => {
    fault ??= error;
  };
  const watched: SqliteLink = {
    ...link,
    run: async (sql, parameters) => {
      try {
        return await link.run(sql, parameters);
      } catch (error) {
        onFault(toError(FAULTS, error));
        throw error;
      }
    },
  };
  const db = direct(toKysely(database, watched), link.prepare, onFault);

  function end(word: 'commit' | 'rollback'): void {
    try {
      if (word === 'commit' || link.inTransaction()) link.exec(word);
    } catch (error) {
      throw toError(FAULTS, error);
    }
  }

  return async (work) => {
    fault = null;
    await begin(link).catch((error: unknown) => {
      throw toError(FAULTS, error);
    });
    try {
      const result = await work(db);
      if (fault) throw fault;
      end('commit');
      return result;
    } catch (error) {
      try {
        end('rollback');
      } catch {
        // What went wrong first says more.
      }
      throw error;
    }
  };
}

function openFaultOf(path: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const code = primaryOf(error);
  if (code === PRIMARY.notADatabase) return new StoreOpenError(`${path} is not a SQLite database`);
  if (code === PRIMARY.corrupt) return new StoreOpenError(`${path} is damaged (${reason}): restore a backup`);
  return new StoreOpenError(`cannot open ${path}: ${reason}`);
}

async function openFile(path: string, patience: number, pragmas: string): Promise<Database> {
  for (let attempt = 1; ; attempt++) {
    try {
      const database = new DatabaseSync(path, { timeout: patience, enableForeignKeyConstraints: true });
      database.exec(`pragma journal_mode=wal; pragma synchronous=full; pragma temp_store=memory; ${pragmas}`);
      database.prepare('select count(*) from sqlite_schema').all();
      return database;
    } catch (error) {
      if (!isBusy(error) || attempt === BEGIN_ATTEMPTS) throw openFaultOf(path, error);
      await wait(BEGIN_PAUSE);
    }
  }
}

/** @throws StoreOpenError when a page of a small database is damaged */
function refuseDamaged(path: string, database: Database): void {
  if (bytes(database) > READ_WHOLE) return;
  let fault: string;
  try {
    const [first]: Record<string, unknown>[] = database.prepare('pragma quick_check(1)').all();
    fault = String(first?.quick_check ?? 'ok');
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  if (fault !== 'ok')
    throw new StoreOpenError(`${path} is damaged (${fault.replaceAll('\n', ' ')}): restore a backup`);
}

async function connect(url: string): Promise<Connections> {
  const path = pathOf(url);
  if (path === '' || path.startsWith(':'))
    throw new StoreOpenError('the database needs a file: sqlite:PATH, readers and the writer share it');
  const leave = await joinPlace(path);
  try {
    return await openPair(path, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

async function openPair(path: string, leave: () => void): Promise<Connections> {
  const writer = await openFile(path, WRITER_PATIENCE, WRITER_PRAGMAS);
  const reader = await openFile(path, READER_PATIENCE, 'pragma query_only=on');
  try {
    refuseDamaged(path, reader);
  } catch (error) {
    reader.close();
    writer.close();
    throw error;
  }
  const link = createLink(writer);
  const read = toReader(reader, link);
  const close = async () => {
    reader.close();
    // The last close would do this, were no prepared statement still waiting to be collected.
    writer.exec('pragma wal_checkpoint(truncate)');
    writer.close();
    leave();
  };
  return {
    ...{ read, migrate: toKysely(writer), close },
    // A file tells nobody that it has changed.
    bell: { onRing: () => undefined },
    transact: toWriter(writer, link),
    integrity: async () => integrity(reader),
    bytes: async () => bytes(reader),
  };
}

function bytes(database: Database): number {
  const sql = 'select page_count * page_size as bytes from pragma_page_count, pragma_page_size';
  const rows: Record<string, unknown>[] = database.prepare(sql).all();
  return Number(rows[0]?.bytes ?? 0);
}

function integrity(database: Database): string[] {
  const checks: Record<string, unknown>[] = database.prepare('pragma quick_check').all();
  const orphans: Record<string, unknown>[] = database.prepare('pragma foreign_key_check').all();
  const faults = checks.map((row) => String(row.quick_check)).filter((line) => line !== 'ok');
  return [...faults, ...orphans.map((row) => `${row.table}: a row refers to a missing row of ${row.parent}`)];
}

/** A database in memory, which nobody else sees. */
export function openScratch(): Db {
  return toKysely(new DatabaseSync(':memory:'));
}

export const sqlite: Dialect = {
  lanes: 1,
  schema: {
    text: 'text',
    sequence: 'integer',
    sequenceColumn: (column) => column.primaryKey().autoIncrement(),
  },
  userSearch: sqliteUserSearch,
  // There is one writer, and it is in a transaction already.
  lock: async () => {},
  announceSignal: async () => {},
  inventory: sqliteInventory,
  // Whoever is connected has been let in.
  admit: async () => {},
  connect: (url) => connect(url),
  isConflict: () => false,
  describe: pathOf,
};
