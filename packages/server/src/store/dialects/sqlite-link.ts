/** A connection to SQLite: its statements, held open, each with its result at hand at once. */
import type { DatabaseSync, StatementSyncInstance } from '@photostructure/sqlite';
import { LRUCache } from 'lru-cache';
import { objectLiteral } from '../../kit/literals.js';
import type { DirectRun } from '../prepared.js';
import { bindable, type Link } from './driver.js';

const STATEMENTS_KEPT = 500;

export type Database = InstanceType<typeof DatabaseSync>;

/** Runs statements on one connection. */
export interface SqliteLink extends Link {
  /** The statement, held open. */
  prepare(sql: string): DirectRun;
  exec(sql: string): void;
  inTransaction(): boolean;
}

/** One statement; its result is at hand at once. */
function toRun(statement: StatementSyncInstance): DirectRun {
  if (statement.columns().length === 0)
    return (parameters) => ({
      rows: [],
      numAffectedRows: BigInt(statement.run(...parameters.map(bindable)).changes),
    });
  const rowOf = namer(statement);
  return (parameters) => {
    // An array for each row, by the setting: what the library's types do not tell.
    const values: unknown[][] = statement.all(...parameters.map(bindable));
    return { rows: values.map(rowOf), numAffectedRows: BigInt(values.length) };
  };
}

/** Rows by the names of their columns. The library's own way through the native interface takes twice as long. */
function namer(statement: StatementSyncInstance): (values: readonly unknown[]) => Record<string, unknown> {
  statement.setReturnArrays(true);
  const literal = () => {
    const names = statement.columns().map(({ name }) => name);
    return { width: names.length, rowOf: objectLiteral(names.map((to, from) => ({ to, from }))) };
  };
  let now = literal();
  return (values) => {
    // A migration may have given `select *` more columns; none renames one that a running server reads.
    if (values.length !== now.width) now = literal();
    return now.rowOf(values);
  };
}

/** Keeps the statements of `database`, the least used of which makes room. */
export function createLink(database: Database): SqliteLink {
  const statements = new LRUCache<string, DirectRun>({ max: STATEMENTS_KEPT });
  function prepare(sql: string): DirectRun {
    const known = statements.get(sql);
    if (known) return known;
    const made = toRun(database.prepare(sql));
    statements.set(sql, made);
    return made;
  }
  return {
    run: async (sql, parameters) => prepare(sql)(parameters),
    prepare,
    exec: (sql) => database.exec(sql),
    inTransaction: () => database.isTransaction,
  };
}
