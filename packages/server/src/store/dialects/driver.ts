/**
 * The Kysely driver both dialects share. It turns the database's errors into those of core's ports, and it refuses
 * to commit a transaction in which a statement failed: PostgreSQL would roll it back without a word, SQLite would
 * keep the other half.
 */
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import { StoreUnavailable, UniqueViolation } from '../../core/ports.js';
import { ParentGone } from '../errors.js';
import type { Batchable, BatchableQuery } from '../prepared.js';

/** One physical connection. */
export interface Link {
  run(sql: string, parameters: readonly unknown[], statementName?: string): Promise<QueryResult<unknown>>;
  /**
   * Does it before the transaction's next statement that could tell, or its commit, which fail should it not change one
   * row; false to have `run` do it.
   */
  batch?(batchable: Batchable, values: Readonly<Record<string, unknown>>): boolean;
}

/** What the database's errors mean. */
export interface Faults {
  isUniqueViolation(error: unknown): boolean;
  isForeignKeyViolation(error: unknown): boolean;
  isUnavailable(error: unknown): boolean;
}

/** Where connections come from and what their errors mean. */
export interface Links<L extends Link> extends Faults {
  acquire(): Promise<L>;
  release(link: L): void;
  begin(link: L): Promise<void>;
  commit(link: L): Promise<void>;
  rollback(link: L): Promise<void>;
  destroy(): Promise<void>;
}

interface Held<L> {
  link: L;
  /** What the first failed statement since the transaction began said. */
  fault: Error | null;
}

/** A failure of the database as core's ports name it. */
export function toError(links: Faults, error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if (links.isUniqueViolation(error)) return new UniqueViolation('the value is taken', { cause });
  if (links.isForeignKeyViolation(error)) return new ParentGone('what this belongs to is gone', { cause });
  if (links.isUnavailable(error))
    return new StoreUnavailable(`the database is away: ${cause.message}`, { cause });
  return cause;
}

/** A NUL fits in no text column of PostgreSQL; it becomes U+FFFD, on SQLite too, and so matches nothing real. */
export function bindable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

function isBatchable(query: CompiledQuery): query is BatchableQuery {
  return 'batchable' in query;
}

/** What a batchable statement is taken to have done. */
const ONE_ROW = { rows: [], numAffectedRows: 1n };

function statementNameOf(query: CompiledQuery): string | undefined {
  return 'statementName' in query ? String(query.statementName) : undefined;
}

/** A Kysely driver over `links`. */
export function createDriver<L extends Link>(links: Links<L>): Driver {
  const held = new WeakMap<DatabaseConnection, Held<L>>();
  async function attempt<T>(state: Held<L> | null, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const fault = toError(links, error);
      if (state) state.fault ??= fault;
      throw fault;
    }
  }
  function stateOf(connection: DatabaseConnection): Held<L> {
    const state = held.get(connection);
    if (!state) throw new Error('this connection belongs to another driver');
    return state;
  }
  function hold(link: L): DatabaseConnection {
    const state: Held<L> = { link, fault: null };
    const connection: DatabaseConnection = {
      executeQuery: async <R>(query: CompiledQuery) => {
        if (isBatchable(query) && link.batch?.(query.batchable, query.values)) return ONE_ROW;
        return attempt(
          state,
          // What a row looks like is known to whoever wrote the query.
          () =>
            link.run(query.sql, query.parameters.map(bindable), statementNameOf(query)) as Promise<
              QueryResult<R>
            >,
        );
      },
      streamQuery: () => {
        throw new Error('rows are read page by page, never streamed');
      },
    };
    held.set(connection, state);
    return connection;
  }
  return {
    init: async () => {},
    acquireConnection: async () => hold(await attempt(null, () => links.acquire())),
    releaseConnection: async (connection) => links.release(stateOf(connection).link),
    beginTransaction: async (connection) => {
      const state = stateOf(connection);
      state.fault = null;
      await attempt(state, () => links.begin(state.link));
    },
    commitTransaction: async (connection) => {
      const state = stateOf(connection);
      if (state.fault) throw state.fault;
      await attempt(state, () => links.commit(state.link));
    },
    rollbackTransaction: async (connection) => {
      const state = stateOf(connection);
      await attempt(state, () => links.rollback(state.link));
    },
    destroy: () => links.destroy(),
  };
}
