/**
 * What a transaction adds and marks, sent together: one statement for all that a group of jobs does of it, instead of one
 * and a round trip for each. It is sent before the next statement that could tell, and at the latest before the commit, so
 * that nobody can.
 */
import { type Append, AT, type Batchable, HASH, type Mark, nameOfStatement, ROWS } from '../prepared.js';
import { bindable } from './driver.js';

type Values = Readonly<Record<string, unknown>>;
type Run = (sql: string, parameters: readonly unknown[], name: string) => Promise<unknown>;

/** Fewer rows were changed than had been taken for granted, and so none. */
export class TakenForGranted extends Error {}

/** The SQLSTATE by which the statement says so: division by zero. */
const WRONG_COUNT = '22012';

/** A batchable statement for any number of uses; its parameters stand where `place` says, counted from 1. */
interface Part {
  readonly sql: string;
  /** What must be true of its rows, which `changed` names, where no error would say so. */
  isWhole(changed: string): string | null;
}

function partOf(batchable: Batchable, place: number): Part {
  return batchable.kind === 'append' ? addingOf(batchable, place) : markingOf(batchable, place);
}

function addingOf({ tables: [table], columns, isCounted, text }: Append, place: number): Part {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const rows = `select ${names} from json_populate_recordset(null::"${table}", $${place}::json)`;
  const sql = text.replace(ROWS, () => rows);
  if (!isCounted) return { sql, isWhole: () => null };
  return {
    sql: `${sql} returning 1`,
    isWhole: (changed) => `(select count(*) from ${changed}) = json_array_length($${place}::json)`,
  };
}

/** By a list of hashes and no join, so that no estimate makes PostgreSQL read the whole table. */
function markingOf({ column, text }: Mark, place: number): Part {
  const hashes = `$${place}::text[]`;
  const at = `($${place + 1}::bigint[])[array_position(${hashes}, "${column}")]`;
  return {
    sql: `${text.replace(HASH, () => `any(${hashes})`).replace(AT, () => at)} returning 1`,
    isWhole: (changed) => `(select count(*) from ${changed}) = cardinality(${hashes})`,
  };
}

function parametersOf({ kind }: Batchable, uses: readonly Values[]): unknown[] {
  return kind === 'append'
    ? [jsonOf(uses)]
    : [uses.map(({ hash }) => bindable(hash)), uses.map(({ at }) => at)];
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

function isWrongCount(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === WRONG_COUNT;
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
    // In one order, so that there are few statements, and no two transactions wait for each other.
    const batches = [...waiting].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
    waiting.clear();
    const { sql, name } = wholeOf(batches.map(([batchable]) => batchable));
    const parameters = batches.flatMap(([batchable, uses]) => parametersOf(batchable, uses));
    try {
      await run(sql, parameters, name);
    } catch (error) {
      if (!isWrongCount(error)) throw error;
      throw new TakenForGranted('others were first', { cause: error });
    }
  }

  return {
    add(batchable, values) {
      const uses = waiting.get(batchable) ?? [];
      const isRepeated = batchable.kind === 'mark' && uses.some(({ hash }) => hash === values.hash);
      if (isRepeated || !isPlain(values)) return false;
      uses.push(values);
      waiting.set(batchable, uses);
      return true;
    },
    async flushFor(sql, run) {
      if (waiting.size === 0) return;
      const isTold = [...waiting.keys()].some(({ tables }) => tables.some((table) => sql.includes(table)));
      if (isTold || REACHES_FURTHER.test(sql)) await flush(run);
    },
    flush,
    clear: () => waiting.clear(),
  };
}
