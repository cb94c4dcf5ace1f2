/**
 * Rows that a transaction adds, sent together: one statement for all that a group of jobs has added, instead of one and
 * a round trip for each. They are sent before the next statement that could see them, and at the latest before the commit,
 * so that nobody can tell.
 */
import { type Append, nameOfStatement } from '../prepared.js';
import { bindable } from './driver.js';

/** A statement that adds any number of rows to each of some tables; its parameters are their JSON. */
interface Adding {
  readonly sql: string;
  readonly name: string;
}

type Row = Readonly<Record<string, unknown>>;
type Run = (sql: string, parameters: readonly unknown[], name: string) => Promise<unknown>;

const known = new Map<string, Adding>();

function insertOf({ table, columns }: Append, place: number): string {
  const names = columns.map((column) => `"${column}"`).join(', ');
  return `insert into "${table}" (${names}) select ${names} from json_populate_recordset(null::"${table}", $${place})`;
}

function addingOf(appends: readonly Append[]): Adding {
  const key = appends.map(({ table, columns }) => [table, ...columns].join()).join(';');
  let adding = known.get(key);
  if (!adding) {
    const inserts = appends.map((append, at) => insertOf(append, at + 1));
    const before = inserts.slice(0, -1).map((insert, at) => `added_${at} as (${insert})`);
    const sql = `${before.length > 0 ? `with ${before.join(', ')} ` : ''}${inserts.at(-1)}`;
    adding = { sql, name: nameOfStatement(sql) };
    known.set(key, adding);
  }
  return adding;
}

/** What JSON can say and PostgreSQL's text cannot hold: NUL, and halves of a surrogate pair. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

function storable(value: unknown): unknown {
  const bound = bindable(value);
  return typeof bound === 'string' ? Buffer.from(bound).toString() : bound;
}

/** As text that the ordinary way of a parameter would have stored. */
function jsonOf(rows: readonly Row[]): string {
  const json = JSON.stringify(rows);
  if (!UNSTORABLE.test(json)) return json;
  return JSON.stringify(rows, (_, value) => storable(value));
}

/** Statements that reach tables which they do not name, and those after which others wait for this transaction. */
const REACHES_FURTHER = /^\s*delete\b|pg_advisory_xact_lock/i;

/** Whether JSON says of each value what a parameter would: no number without end, none too long. */
function isPlain(row: Row): boolean {
  return Object.values(row).every((value) =>
    typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'bigint',
  );
}

export interface Appends {
  /** False for a row that must go the ordinary way. */
  add(append: Append, row: Row): boolean;
  /** Sends the rows of all tables, in one statement, if `sql` could see one of them. */
  flushFor(sql: string, run: Run): Promise<void>;
  /** Sends the rows of all tables, in one statement. */
  flush(run: Run): Promise<void>;
  clear(): void;
}

/** The rows of one connection's transaction. */
export function createAppends(): Appends {
  const waiting = new Map<Append, Row[]>();

  async function flush(run: Run): Promise<void> {
    if (waiting.size === 0) return;
    const { sql, name } = addingOf([...waiting.keys()]);
    const rows = [...waiting.values()].map(jsonOf);
    waiting.clear();
    await run(sql, rows, name);
  }

  return {
    add(append, row) {
      if (!isPlain(row)) return false;
      const rows = waiting.get(append);
      if (rows) rows.push(row);
      else waiting.set(append, [row]);
      return true;
    },
    async flushFor(sql, run) {
      if (waiting.size === 0) return;
      const isSeen = [...waiting.keys()].some(({ table }) => sql.includes(table));
      if (isSeen || REACHES_FURTHER.test(sql)) await flush(run);
    },
    flush,
    clear: () => waiting.clear(),
  };
}
