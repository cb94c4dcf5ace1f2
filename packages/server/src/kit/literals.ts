/**
 * Objects and lists of names that are known only once a statement is: made by a literal that is written then. V8 gives
 * such an object its shape at once and finds each value by its place, where a loop looks up every name twice. ADR 12.
 */

/** A value of the source, by its name or place, as it is or converted. */
export interface Taken {
  readonly from: string | number;
  readonly convert?: ((value: unknown) => unknown) | undefined;
}

/** A value that stands in every list. */
export interface Fixed {
  readonly value: unknown;
}

type Source = Readonly<Record<string, unknown>> | readonly unknown[];

/** A function that makes an object of each source: one field for each of `fields`, in this order. */
export function objectLiteral(
  fields: readonly (Taken & { readonly to: string })[],
): (source: Source) => Record<string, unknown> {
  const body = fields.map((field, at) => `${JSON.stringify(field.to)}: ${expression(field, at)}`);
  return written(
    `{ ${body.join(', ')} }`,
    fields.map(({ convert }) => convert),
  );
}

/** A function that makes a list of each source: one value for each of `items`, in this order. */
export function listLiteral(items: readonly (Taken | Fixed)[]): (source: Source) => unknown[] {
  const body = items.map((item, at) => ('from' in item ? expression(item, at) : `beside[${at}]`));
  return written(
    `[${body.join(', ')}]`,
    items.map((item) => ('from' in item ? item.convert : item.value)),
  );
}

function expression({ from, convert }: Taken, at: number): string {
  const value = `source[${JSON.stringify(from)}]`;
  return convert ? `beside[${at}](${value})` : value;
}

/** Only names, quoted, and places are ever part of `literal`; values come `beside` it. */
function written<T>(literal: string, beside: readonly unknown[]): (source: Source) => T {
  return new Function('beside', `return (source) => (${literal});`)(beside);
}
