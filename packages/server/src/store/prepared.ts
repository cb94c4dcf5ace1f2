/**
 * Statements of fixed shape: Kysely builds and compiles each one once per database, later runs only bind. On
 * PostgreSQL they carry a name, so that the server parses them once per connection; SQLite keys its prepared
 * statements by their text.
 */
import { createHash } from 'node:crypto';
import type { Compilable, CompiledQuery, Insertable, QueryResult } from 'kysely';
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

/** Rows of one shape that are added to a table. */
export interface Append {
  readonly table: string;
  readonly columns: readonly string[];
}

/** A query that adds `row`, whose answer nobody asks for: the database may add it later in the transaction. */
export interface AppendingQuery<O = unknown> extends NamedQuery<O> {
  readonly append: Append;
  readonly row: Readonly<Record<string, unknown>>;
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

/**
 * Adds a row to `table`. The database may put it together with others of the transaction: it is there for every later
 * statement that names the table, but a key that is taken may be told of as late as at the commit.
 */
export function appending<T extends keyof Tables & string>(
  table: T,
): (db: Db, row: Insertable<Tables[T]>) => Promise<void> {
  const prepare = createStatements((db: Db, row: Insertable<Tables[T]>) => db.insertInto(table).values(row));
  let append: Append | undefined;
  return async (db, row) => {
    const { query, run, bind } = prepare(db, row);
    const values = row as Readonly<Record<string, unknown>>;
    if (run) return void run(bind(values));
    append ??= { table, columns: Object.keys(values) };
    const parameters = bind(values);
    await db.executeQuery({ ...query, parameters, append, row: values } as AppendingQuery);
  };
}
