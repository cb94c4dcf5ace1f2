/**
 * Statements of fixed shape: Kysely builds and compiles each one once per database, later runs only bind. On
 * PostgreSQL they carry a name, so that the server parses them once per connection; SQLite keys its prepared
 * statements by their text.
 */
import { createHash } from 'node:crypto';
import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Db } from './tables.js';

/** What a statement answered: its rows, and how many rows it changed. */
export interface Answer<O> {
  rows: O[];
  changed: number;
}

/** A compiled query with the name under which the server may keep it. */
export interface NamedQuery<O = unknown> extends CompiledQuery<O> {
  readonly statementName: string;
}

/** Runs one compiled statement outside any transaction. */
export type DirectRun = <O>(query: CompiledQuery<O>) => Promise<QueryResult<O>>;

/**
 * A database of one connection that is always at hand may say so: its statements outside a transaction then skip
 * Kysely's acquiring, wrapping and releasing, which costs more than a look-up by key. A transaction has an executor
 * of its own and never comes here.
 */
const directRuns = new WeakMap<object, DirectRun>();

/** Lets every prepared statement on `db` run by `run`. */
export function runDirectly(db: Db, run: DirectRun): void {
  directRuns.set(db.getExecutor(), run);
}

/** Stands for a parameter while the statement is built; must reach the compiler untouched. */
class Marker {
  constructor(readonly name: string) {}

  toString(): string {
    throw new Error(`the parameter "${this.name}" of a prepared statement is not a value yet`);
  }
}

function compile<P extends object, O>(
  build: (db: Db, p: P) => Compilable<O>,
  db: Db,
  sample: P,
): NamedQuery<O> {
  const markers = Object.fromEntries(Object.keys(sample).map((name) => [name, new Marker(name)]));
  // The builder sees markers where the values of the run will be.
  const query = build(db, markers as P).compile();
  const statementName = createHash('sha256').update(query.sql).digest('base64url').slice(0, 32);
  return { ...query, statementName };
}

/**
 * A statement of fixed shape, compiled at its first run. `build` must hand its parameters to Kysely as they come:
 * it never sees their values.
 */
export function prepared<P extends object, O>(
  build: (db: Db, p: P) => Compilable<O>,
): (db: Db, p: P) => Promise<Answer<O>> {
  const compiled = new WeakMap<object, NamedQuery<O>>();
  return async (db, p) => {
    const executor = db.getExecutor();
    const { adapter } = executor;
    let query = compiled.get(adapter);
    if (!query) {
      query = compile(build, db, p);
      compiled.set(adapter, query);
    }
    const values = p as Readonly<Record<string, unknown>>;
    const parameters = query.parameters.map((value) =>
      value instanceof Marker ? values[value.name] : value,
    );
    const bound = { ...query, parameters } as NamedQuery<O>;
    const direct = directRuns.get(executor);
    const { rows, numAffectedRows } = direct ? await direct<O>(bound) : await db.executeQuery<O>(bound);
    return { rows, changed: Number(numAffectedRows ?? 0n) };
  };
}
