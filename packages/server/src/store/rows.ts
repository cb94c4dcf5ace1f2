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

/** What a field or a column is called on the other side; null for a column that is no part of the record. */
type Place = { readonly name: string; readonly kind: Kind | undefined } | null;

/** Copies a record or a row under the names of the other side, each worked out once. */
function copier(placeOf: (name: string) => Place, convert: (kind: Kind, value: unknown) => unknown) {
  const places = new Map<string, Place>();
  return (record: object): Record<string, unknown> => {
    const source = record as Readonly<Record<string, unknown>>;
    const copy: Record<string, unknown> = {};
    // A list of pairs would have to be made for every row; the list of its names is at hand.
    for (const name of Object.keys(source)) {
      let place = places.get(name);
      if (place === undefined) {
        place = placeOf(name);
        places.set(name, place);
      }
      if (place) copy[place.name] = place.kind ? convert(place.kind, source[name]) : source[name];
    }
    return copy;
  };
}

/** The codec of `M`. Columns listed as `derived` serve searches and are no part of the record. */
export function codec<M extends object>(kinds: Kinds<M>, derived: readonly string[] = []): Codec<M> {
  const kindOf = new Map<string, Kind>(Object.entries(kinds));
  const toColumns = copier((field) => ({ name: columnOf(field), kind: kindOf.get(field) }), store);
  const toFields = copier((column) => {
    const name = fieldOf(column);
    return derived.includes(column) ? null : { name, kind: kindOf.get(name) };
  }, load);
  const fromRow = (row: Row<M>) => toFields(row) as M;
  return {
    toRow: (record) => toColumns(record) as Row<M>,
    fromRow,
    first: ([row]) => (row ? fromRow(row) : null),
  };
}
