/**
 * The one place where records of core become rows and back: camelCase and snake_case, booleans and integers,
 * documents and JSON text. Text, numbers and null are stored as they are.
 */
import { objectLiteral } from '../kit/literals.js';

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

/** Records of one codec have few shapes; whoever makes more has them worked out again. */
const MOST_SHAPES = 20;

/** Copies a record or a row under the names of the other side, each shape of which is worked out once. */
function copier(placeOf: (name: string) => Place, convert: (kind: Kind, value: unknown) => unknown) {
  let shapes: { readonly names: readonly string[]; readonly copy: ReturnType<typeof objectLiteral> }[] = [];

  function shapeOf(names: readonly string[]) {
    const fields = names.flatMap((from) => {
      const place = placeOf(from);
      if (!place) return [];
      const { name: to, kind } = place;
      return { from, to, convert: kind && ((value: unknown) => convert(kind, value)) };
    });
    return { names, copy: objectLiteral(fields) };
  }

  return (record: object): Record<string, unknown> => {
    const names = Object.keys(record);
    let shape = shapes.find((known) => isSame(known.names, names));
    if (!shape) {
      shape = shapeOf(names);
      shapes = [...shapes.slice(1 - MOST_SHAPES), shape];
    }
    return shape.copy(record as Readonly<Record<string, unknown>>);
  };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, at) => name === others[at]);
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
