/**
 * The one place where records of core become rows and back: camelCase and snake_case, booleans and integers,
 * documents and JSON text. Text, numbers and null are stored as they are.
 */

/** `loginKey` as `login_key`. */
export type Snake<S extends string> = S extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${Snake<Rest>}`
  : S;

/** How a value of a record is kept: booleans as 0 or 1, documents as JSON text. */
export type Stored<T> = T extends boolean ? number : T extends string | number | null ? T : string;

/** The row of a record. */
export type Row<M> = { [K in keyof M & string as Snake<K>]: Stored<M[K]> };

type Kind = 'flag' | 'json';

/** Names each field that is not kept as it is; the compiler asks for exactly those. */
type Kinds<M> = {
  [K in keyof M as M[K] extends boolean
    ? K
    : M[K] extends string | number | null
      ? never
      : K]: M[K] extends boolean ? 'flag' : 'json';
};

export interface Codec<M> {
  toRow(record: M): Row<M>;
  fromRow(row: Row<M>): M;
  /** The record of the first row, or null. */
  first(rows: readonly Row<M>[]): M | null;
}

const columnNames = new Map<string, string>();
const fieldNames = new Map<string, string>();

/** `loginKey` to `login_key`. */
export function columnOf(field: string): string {
  let column = columnNames.get(field);
  if (column === undefined) {
    column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columnNames.set(field, column);
  }
  return column;
}

function fieldOf(column: string): string {
  let field = fieldNames.get(column);
  if (field === undefined) {
    field = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    fieldNames.set(column, field);
  }
  return field;
}

function store(kind: Kind | undefined, value: unknown): unknown {
  if (kind === 'flag') return value ? 1 : 0;
  return kind === 'json' ? JSON.stringify(value) : value;
}

function load(kind: Kind | undefined, value: unknown): unknown {
  if (kind === 'flag') return value === 1;
  return kind === 'json' ? JSON.parse(String(value)) : value;
}

/** The codec of `M`. Columns listed as `derived` serve searches and are no part of the record. */
export function codec<M extends object>(kinds: Kinds<M>, derived: readonly string[] = []): Codec<M> {
  const kindOf = new Map<string, Kind>(Object.entries(kinds));
  const skipped = new Set(derived);
  function toRow(record: M): Row<M> {
    const row: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(record))
      row[columnOf(field)] = store(kindOf.get(field), value);
    return row as Row<M>;
  }
  /** What becomes of a column: null when it is no part of the record. */
  const places = new Map<string, { field: string; kind: Kind | undefined } | null>();
  function placeOf(column: string) {
    let place = places.get(column);
    if (place === undefined) {
      const field = fieldOf(column);
      place = skipped.has(column) ? null : { field, kind: kindOf.get(field) };
      places.set(column, place);
    }
    return place;
  }
  function fromRow(row: Row<M>): M {
    const record: Record<string, unknown> = {};
    for (const [column, value] of Object.entries(row)) {
      const place = placeOf(column);
      if (place) record[place.field] = load(place.kind, value);
    }
    return record as M;
  }
  return {
    toRow,
    fromRow,
    first: ([row]) => (row ? fromRow(row) : null),
  };
}
