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

function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function fieldOf(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function store(kind: Kind, value: unknown): unknown {
  return kind === 'flag' ? Number(Boolean(value)) : JSON.stringify(value);
}

function load(kind: Kind, value: unknown): unknown {
  return kind === 'flag' ? value === 1 : JSON.parse(String(value));
}

/** The codec of `M`. Columns listed as `derived` serve searches and are no part of the record. */
export function codec<M extends object>(kinds: Kinds<M>, derived: readonly string[] = []): Codec<M> {
  const kindOf = new Map<string, Kind>(Object.entries(kinds));
  /** The other name of a field or a column, worked out once; null for a column that is no part of the record. */
  type Place = { name: string; kind: Kind | undefined } | null;
  const columns = new Map<string, Place>();
  const fields = new Map<string, Place>(derived.map((column) => [column, null]));

  function toRow(record: M): Row<M> {
    const row: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(record)) {
      let place = columns.get(field);
      if (place === undefined) {
        place = { name: columnOf(field), kind: kindOf.get(field) };
        columns.set(field, place);
      }
      if (place) row[place.name] = place.kind ? store(place.kind, value) : value;
    }
    return row as Row<M>;
  }

  function fromRow(row: Row<M>): M {
    const record: Record<string, unknown> = {};
    for (const [column, value] of Object.entries(row)) {
      let place = fields.get(column);
      if (place === undefined) {
        const field = fieldOf(column);
        place = { name: field, kind: kindOf.get(field) };
        fields.set(column, place);
      }
      if (place) record[place.name] = place.kind ? load(place.kind, value) : value;
    }
    return record as M;
  }

  return {
    toRow,
    fromRow,
    first: ([row]) => (row ? fromRow(row) : null),
  };
}
