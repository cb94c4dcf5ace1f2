/** Reading JSON that others wrote: what it holds is checked, never assumed. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a JSON text, or `undefined` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is a string with something in it, else null: the vendor's answers mix null, absent and empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
