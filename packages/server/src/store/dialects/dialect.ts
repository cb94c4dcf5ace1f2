/**
 * What the two databases do differently, as one record each. Nothing outside this folder asks which database it
 * is talking to.
 */
import type { ColumnBuilderCallback, Expression } from 'kysely';
import type { SignalBell } from '../../core/ports.js';
import type { Db } from '../tables.js';
import type { UserSearch } from './user-search.js';

/** Locks over the whole database, held until the transaction ends. */
export type LockName = 'signals' | 'administration' | 'traffic';

/** Hears, in one line each, that the database is not there yet or that a connection to it was lost. */
export interface StoreLogger {
  warn(message: string): void;
}

/** Open connections. */
export interface Connections {
  /** Sees committed state only. */
  read: Db;
  /**
   * Runs `work` in one transaction, `lanes` of them at once at most, and resolves once it is committed. A transaction
   * in which a statement failed is rolled back, whatever became of the failure. The `Db` may be the same each time.
   *
   * @param again whether the work failed before: then no answer is taken for granted
   */
  transact<T>(work: (db: Db) => Promise<T>, again?: boolean): Promise<T>;
  /** For migrations, which may take their time. */
  migrate: Db;
  bell: SignalBell;
  close(): Promise<void>;
  /** Faults of the database's own structures, one line each; empty when sound. */
  integrity(): Promise<string[]>;
  /** Size of the database. */
  bytes(): Promise<number>;
}

export interface Dialect {
  /** Group transactions that may be in flight at once. */
  lanes: number;
  schema: {
    /** Type of every text column: compared byte by byte, in the same order on both. */
    text: Expression<unknown> | 'text';
    /** A number the database counts up by itself. */
    sequence: 'integer' | 'bigserial';
    sequenceColumn: ColumnBuilderCallback;
  };
  userSearch: UserSearch;
  /** Takes `name` until the end of the transaction, waiting for whoever holds it. */
  lock(db: Db, name: LockName): Promise<void>;
  /** Takes the lock `signals`, and rings the bell of every process once the transaction is committed. */
  announceSignal(db: Db): Promise<void>;
  /** What the schema holds: `table NAME`, `column TABLE.NAME`, `index NAME`, `unique index NAME`, `trigger NAME`. */
  inventory(db: Db): Promise<string[]>;
  /** Lets a server in, by one of its connections. @throws StoreUnavailable while a restore is under way */
  admit(db: Db): Promise<void>;
  /** Opens `url`. @throws StoreOpenError when waiting would not help */
  connect(url: string, logger: StoreLogger): Promise<Connections>;
  /** The database chose this transaction as a victim, or an answer was taken for granted: the same again may well succeed. */
  isConflict(error: unknown): boolean;
  /** The database for messages: without user and password. */
  describe(url: string): string;
}
