/**
 * Statements of fixed shape: Kysely builds and compiles each one once per database, later runs only bind. On
 * PostgreSQL they carry a name, so that the server parses them once per connection; SQLite keys its prepared
 * statements by their text.
 */
import { createHash } from 'node:crypto';
import {
  type Compilable,
  type CompiledQuery,
  type Expression,
  type Insertable,
  type InsertQueryBuilder,
  type InsertResult,
  type QueryResult,
  sql,
} from 'kysely';
import { listLiteral } from '../kit/literals.js';
import type { Db, Tables } from './tables.js';

/** What a statement answered: its rows, and how many rows it changed. */
export interface Answer<O> {
  rows: O[];
  changed: number;
}

/** A compiled query with the name under which the server may keep it. */
export interface NamedQuery<O = unknown> extends CompiledQuery<O> {
  readonly statementName: string;
}

/** Stand in a batchable text for what is known only when it runs: the query for the rows, or a hash and an instant. */
export const ROWS = '{rows}';
export const HASH = '{hash}';
export const AT = '{at}';

/** Adds rows to a table. */
export interface Append {
  readonly kind: 'append';
  readonly name: string;
  readonly tables: readonly [string];
  readonly columns: readonly string[];
  /** Whether a row may be left out without an error. */
  readonly isCounted: boolean;
  /** Its text, with {@link ROWS}. */
  readonly text: string;
}

/** Writes an instant into the row that a hash names. */
export interface Mark {
  readonly kind: 'mark';
  readonly name: string;
  /** The tables that it writes and reads. */
  readonly tables: readonly string[];
  /** The column of the hash. */
  readonly column: string;
  /** Its text, with {@link HASH} and {@link AT}. */
  readonly text: string;
}

/** A statement of which a transaction may do many as one. */
export type Batchable = Append | Mark;

/** A use of a batchable statement, whose answer is nearly always the same: one row changed. */
export interface BatchableQuery<O = unknown> extends NamedQuery<O> {
  readonly batchable: Batchable;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Runs one statement of a database that is always at hand; an error is thrown as core's ports name it. */
export type DirectRun = (parameters: readonly unknown[]) => QueryResult<unknown>;

/**
 * A database of one connection that nobody waits for may say so: its prepared statements then skip Kysely's acquiring,
 * wrapping and releasing, which costs more than a look-up by key.
 */
const direct = new WeakMap<object, (sql: string) => DirectRun>();

/** Lets every prepared statement on `db` run by what `prepare` makes of its text. */
export function runDirectly(db: Db, prepare: (sql: string) => DirectRun): void {
  direct.set(db.getExecutor(), prepare);
}

/** Stands for a parameter while the statement is built; must reach the compiler untouched. */
class Marker {
  constructor(readonly name: string) {}

  toString(): string {
    throw new Error(`the parameter "${this.name}" of a prepared statement is not a value yet`);
  }
}

/** The name under which a server may keep the statement. */
export function nameOfStatement(sql: string): string {
  return createHash('sha256').update(sql).digest('base64url').slice(0, 32);
}

function compile<P extends object, O>(
  build: (db: Db, p: P) => Compilable<O>,
  db: Db,
  sample: P,
): NamedQuery<O> {
  const markers = Object.fromEntries(Object.keys(sample).map((name) => [name, new Marker(name)]));
  // The builder sees markers where the values of the run will be.
  const query = build(db, markers as P).compile();
  return { ...query, statementName: nameOfStatement(query.sql) };
}

/** A statement with the places of its parameters; what stands in none is bound as it was built. */
interface Statement<O> {
  readonly query: NamedQuery<O>;
  /** Runs it without Kysely, where its database is always at hand. */
  readonly run: DirectRun | null;
  bind(values: Readonly<Record<string, unknown>>): unknown[];
}

function statementOf<O>(query: NamedQuery<O>, run: DirectRun | null): Statement<O> {
  const places = query.parameters.map((value) =>
    value instanceof Marker ? { from: value.name } : { value },
  );
  return { query, run, bind: listLiteral(places) };
}

/** Statements of one shape, each compiled once per database. */
function createStatements<P extends object, O>(build: (db: Db, p: P) => Compilable<O>) {
  const known = new WeakMap<object, Statement<O>>();
  return (db: Db, sample: P): Statement<O> => {
    const executor = db.getExecutor();
    const prepareDirectly = direct.get(executor);
    // Every transaction of a database has an executor of its own, and all of them share its adapter.
    const key = prepareDirectly ? executor : executor.adapter;
    let statement = known.get(key);
    if (!statement) {
      const query = compile(build, db, sample);
      statement = statementOf(query, prepareDirectly?.(query.sql) ?? null);
      known.set(key, statement);
    }
    return statement;
  };
}

/**
 * A statement of fixed shape, compiled at its first run. `build` must hand its parameters to Kysely as they come:
 * it never sees their values.
 */
export function prepared<P extends object, O>(
  build: (db: Db, p: P) => Compilable<O>,
): (db: Db, p: P) => Promise<Answer<O>> {
  const prepare = createStatements(build);
  return async (db, p) => {
    const { query, run, bind } = prepare(db, p);
    const parameters = bind(p as Readonly<Record<string, unknown>>);
    const { rows, numAffectedRows } = run
      ? run(parameters)
      : await db.executeQuery<O>({ ...query, parameters } as NamedQuery<O>);
    // What a row looks like is known to whoever wrote the query.
    return { rows: rows as O[], changed: Number(numAffectedRows ?? 0n) };
  };
}

/** A statement of fixed shape that the database may do together with its like; answers whether it changed a row. */
function batchable<P extends object>(
  build: (db: Db, p: P) => Compilable<unknown>,
  describe: (db: Db, sample: P, name: string) => Batchable,
): (db: Db, p: P) => Promise<boolean> {
  const prepare = createStatements(build);
  let described: Batchable | undefined;
  return async (db, p) => {
    const { query, run, bind } = prepare(db, p);
    const values = p as Readonly<Record<string, unknown>>;
    const parameters = bind(values);
    if (run) return hasChanged(run(parameters));
    described ??= describe(db, p, query.statementName);
    const batched: BatchableQuery = { ...query, parameters, batchable: described, values };
    return hasChanged(await db.executeQuery(batched));
  };
}

function hasChanged({ numAffectedRows = 0n }: QueryResult<unknown>): boolean {
  return numAffectedRows > 0n;
}

/** The text of a statement that binds nothing. */
function textOf(query: Compilable<unknown>): string {
  const { sql: text, parameters } = query.compile();
  if (parameters.length > 0) throw new Error(`what a batch does must stand in its text: ${text}`);
  return text;
}

type Adding<T extends keyof Tables> = InsertQueryBuilder<Tables, T, InsertResult>;

/**
 * Adds a row to `table` and answers whether it did. The database may put it together with others of the transaction: it
 * is there for every later statement that names the table, but of a key that is taken the transaction may hear as late as
 * at its commit.
 *
 * @param onConflict says what becomes of a row whose key is taken, which may be nothing: then the answer is false, and
 *   should it come late, the transaction is done again, as for {@link marking}
 */
export function appending<T extends keyof Tables & string>(
  table: T,
  onConflict?: (adding: Adding<T>) => Adding<T>,
): (db: Db, row: Insertable<Tables[T]>) => Promise<boolean> {
  const finish = onConflict ?? ((adding) => adding);
  return batchable(
    (db, row: Insertable<Tables[T]>) => finish(db.insertInto(table).values(row)),
    (db, row, name) => {
      const columns = Object.keys(row);
      const named = columns as (keyof Tables[T] & string)[];
      const text = textOf(finish(db.insertInto(table).columns(named).expression(sql.raw(ROWS))));
      return { kind: 'append', name, tables: [table], columns, isCounted: onConflict !== undefined, text };
    },
  );
}

/** How a row is marked, and by what. */
interface Marking {
  /** The table of the row, and every other that `build` reads. */
  tables: readonly (keyof Tables & string)[];
  /** The column of the hash. */
  column: string;
  /** May compare the hash with that column alone. */
  build(
    db: Db,
    p: { hash: string | Expression<string>; at: number | Expression<number> },
  ): Compilable<unknown>;
}

/**
 * Writes the instant `at` into the row that `hash` names, and answers whether it did. The database may do it together with
 * others of the transaction, and answer before: should a row turn out not to be there, or not to fit any more, the
 * transaction fails and is done again, with the true answer.
 */
export function marking({
  tables,
  column,
  build,
}: Marking): (db: Db, p: { hash: string; at: number }) => Promise<boolean> {
  return batchable(build, (db, _, name) => {
    const text = textOf(build(db, { hash: sql.raw<string>(HASH), at: sql.raw<number>(AT) }));
    return { kind: 'mark', name, tables, column, text };
  });
}
