/**
 * What a transaction adds and marks, sent together: one statement for all that a group of jobs does of it, instead of one
 * and a round trip for each. It is sent before the next statement that could tell, and at the latest before the commit, so
 * that nobody can.
 */
import { type Append, type Batchable, type Mark, nameOfStatement } from '../prepared.js';
import { bindable } from './driver.js';

type Values = Readonly<Record<string, unknown>>;
type Run = (sql: string, parameters: readonly unknown[], name: string) => Promise<unknown>;

/** SQLSTATE of a statement that changed fewer rows than were taken for granted: division by zero. */
export const WRONG_COUNT = '22012';

/** A batchable statement for any number of uses; its parameters stand where `place` says, counted from 1. */
interface Part {
  readonly sql: string;
  /** What must be true of its rows, which `changed` names, where no error would say so. */
  isWhole(changed: string): string | null;
}

function partOf(batchable: Batchable, place: number): Part {
  return batchable.kind === 'append' ? addingOf(batchable, place) : markingOf(batchable, place);
}

function addingOf({ table, columns, isCounted, textFrom }: Append, place: number): Part {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const sql = textFrom(`select ${names} from json_populate_recordset(null::"${table}", $${place}::json)`);
  if (!isCounted) return { sql, isWhole: () => null };
  return {
    sql: `${sql} returning 1`,
    isWhole: (changed) => `(select count(*) from ${changed}) = json_array_length($${place}::json)`,
  };
}

/** By a list of hashes and no join, so that no estimate makes PostgreSQL read the whole table. */
function markingOf({ column, textWith }: Mark, place: number): Part {
  const hashes = `$${place}::text[]`;
  const at = `($${place + 1}::bigint[])[array_position(${hashes}, "${column}")]`;
  return {
    sql: `${textWith(`any(${hashes})`, at)} returning 1`,
    isWhole: (changed) => `(select count(*) from ${changed}) = cardinality(${hashes})`,
  };
}

function parametersOf({ kind }: Batchable, uses: readonly Values[]): unknown[] {
  return kind === 'append' ? [jsonOf(uses)] : [uses.map(({ hash }) => hash), uses.map(({ at }) => at)];
}

/** A statement that does any number of each of some batchable ones. */
interface Whole {
  readonly sql: string;
  readonly name: string;
}

const known = new Map<string, Whole>();

function wholeOf(batchables: readonly Batchable[]): Whole {
  const key = batchables.map(({ name }) => name).join();
  let whole = known.get(key);
  if (!whole) {
    const sql = textOf(batchables);
    whole = { sql, name: nameOfStatement(sql) };
    known.set(key, whole);
  }
  return whole;
}

function textOf(batchables: readonly Batchable[]): string {
  let place = 1;
  const parts = batchables.map((batchable) => {
    const part = partOf(batchable, place);
    place += batchable.kind === 'append' ? 1 : 2;
    return part;
  });
  const conditions = parts.flatMap(({ isWhole }, at) => isWhole(`part_${at}`) ?? []);
  // A condition that does not hold divides by zero: nothing is changed then, though the statement be the transaction.
  const last = conditions.length === 0 ? parts.pop()?.sql : `select 1 / (${conditions.join(' and ')})::int`;
  const before = parts.map(({ sql }, at) => `part_${at} as (${sql})`);
  return `${before.length > 0 ? `with ${before.join(', ')} ` : ''}${last}`;
}

/** What JSON can say and PostgreSQL's text cannot hold: NUL, and halves of a surrogate pair. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

function storable(value: unknown): unknown {
  const bound = bindable(value);
  return typeof bound === 'string' ? Buffer.from(bound).toString() : bound;
}

/** As text that the ordinary way of a parameter would have stored. */
function jsonOf(rows: readonly Values[]): string {
  const json = JSON.stringify(rows);
  if (!UNSTORABLE.test(json)) return json;
  return JSON.stringify(rows, (_, value) => storable(value));
}

/** Statements that reach tables which they do not name, and those after which others wait for this transaction. */
const REACHES_FURTHER = /^\s*delete\b|pg_advisory_xact_lock/i;

/** Whether JSON says of each value what a parameter would: no number without end, none too long. */
function isPlain(values: Values): boolean {
  return Object.values(values).every((value) =>
    typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'bigint',
  );
}

const tables = new WeakMap<Batchable, readonly string[]>();

/** The tables that a batchable statement reads or writes. */
function tablesOf(batchable: Batchable): readonly string[] {
  let its = tables.get(batchable);
  if (!its) {
    const text = batchable.kind === 'append' ? batchable.textFrom('') : batchable.textWith('', '');
    its = Array.from(text.matchAll(/\b(?:into|update|from|join) "(\w+)"/g), ([, table]) => table ?? '');
    tables.set(batchable, its);
  }
  return its;
}

export interface Batches {
  /** False for a use that must go the ordinary way. */
  add(batchable: Batchable, values: Values): boolean;
  /** Sends all, in one statement, if `sql` could tell whether it was done. */
  flushFor(sql: string, run: Run): Promise<void>;
  /** Sends all, in one statement. */
  flush(run: Run): Promise<void>;
  clear(): void;
}

/** The batches of one connection's transaction. */
export function createBatches(): Batches {
  const waiting = new Map<Batchable, Values[]>();

  async function flush(run: Run): Promise<void> {
    if (waiting.size === 0) return;
    const { sql, name } = wholeOf([...waiting.keys()]);
    const parameters = [...waiting].flatMap(([batchable, uses]) => parametersOf(batchable, uses));
    waiting.clear();
    await run(sql, parameters, name);
  }

  return {
    add(batchable, values) {
      if (!isPlain(values)) return false;
      const uses = waiting.get(batchable);
      if (uses) uses.push(values);
      else waiting.set(batchable, [values]);
      return true;
    },
    async flushFor(sql, run) {
      if (waiting.size === 0) return;
      const isTold = [...waiting.keys()].some((batchable) =>
        tablesOf(batchable).some((table) => sql.includes(table)),
      );
      if (isTold || REACHES_FURTHER.test(sql)) await flush(run);
    },
    flush,
    clear: () => waiting.clear(),
  };
}
