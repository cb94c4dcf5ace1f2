/**
 * The arguments of a vendor call, however its clients write them: JSON with or without quoted keys, `[]`, nothing,
 * a form, or the query string. protocol 1.1 and traps 11, 12
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AdminError } from '../../core/errors.js';
import { HttpRefusal } from '../errors.js';

/** No call nests deeper, in brackets. */
const DEEPEST = 32;

/** Arguments by lower-cased name. */
export type Arguments = ReadonlyMap<string, unknown>;

/** Has the bodies of this group of routes read as {@link argumentsOf} wants them: any content type, even none. */
export function readLeniently(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    // Some HTTP libraries call every body a form, JSON too.
    async (_: unknown, body: string) =>
      /^\s*[[{]/.test(body) ? readJson(body) : Object.fromEntries(new URLSearchParams(body)),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_: unknown, body: string) => readJson(body));
}

/** The arguments of a call: query and body merged, the body first. */
export function argumentsOf({ query, body }: Pick<FastifyRequest, 'query' | 'body'>): Arguments {
  return collect(query, body);
}

/** A string argument; a number counts as one, anything else as absent. */
export function text(args: Arguments, name: string): string | null {
  const value = args.get(name.toLowerCase());
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** The same for one the call cannot do without. Throws `invalid`. */
export function required(args: Arguments, name: string): string {
  const value = text(args, name);
  if (value === null || value === '') throw AdminError.invalid(name, 'is missing');
  return value;
}

/** A boolean argument, also when written as a string in any case. */
export function flag(args: Arguments, name: string): boolean {
  return optionalFlag(args, name) ?? false;
}

/** The same, undefined when absent. */
export function optionalFlag(args: Arguments, name: string): boolean | undefined {
  const value = args.get(name.toLowerCase());
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  return word === 'true' || (word === 'false' ? false : undefined);
}

/** A whole number, also when written as a string; undefined when it is anything else. */
export function wholeNumber(args: Arguments, name: string): number | undefined {
  const value = text(args, name);
  return value !== null && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Strings from a list, a list within a list, or one alone; empty when it is anything else. */
export function texts(args: Arguments, name: string): string[] {
  return textsIn(args.get(name.toLowerCase()));
}

/** The strings of `value`, however deep in lists. */
export function textsIn(value: unknown): string[] {
  return [value].flat(DEEPEST).filter((item) => typeof item === 'string' && item !== '') as string[];
}

/** An argument that is an object, as arguments of its own; null when it is anything else. */
export function part(args: Arguments, name: string): Arguments | null {
  const value = args.get(name.toLowerCase());
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? collect(value) : null;
}

/** An argument that is a list of objects, each as arguments of its own; empty when it is anything else. */
export function list(args: Arguments, name: string): Arguments[] {
  return listIn(args.get(name.toLowerCase()));
}

/** The objects of a body that is itself a list. */
export function listIn(value: unknown): Arguments[] {
  return Array.isArray(value) ? value.map((item) => collect(item)) : [];
}

function collect(...sources: unknown[]): Arguments {
  const merged = new Map<string, unknown>();
  for (const source of sources)
    if (typeof source === 'object' && source !== null && !Array.isArray(source))
      for (const [name, value] of Object.entries(source)) merged.set(name.toLowerCase(), value);
  return merged;
}

function readJson(body: string): unknown {
  const trimmed = body.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return {};
  const value = tryJson(trimmed) ?? tryJson(quoteKeys(trimmed));
  if (!value) throw new HttpRefusal(400, 'the request body is not JSON');
  if (!isWithin(value.json, DEEPEST)) throw new HttpRefusal(400, 'the request body nests too deep');
  return value.json;
}

function tryJson(text: string): { json: unknown } | null {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return null;
  }
}

/**
 * `{ Script: "…" }` as the JSON it was meant to be. Strings are stepped over whole; one without an end reaches to the
 * end of the text, so that no quote is ever looked at twice.
 */
function quoteKeys(text: string): string {
  return text.replace(
    /"(?:[^"\\]|\\.?)*"?|([{,]\s*)([A-Za-z_$][\w$-]*)(?=\s*:)/g,
    (whole, before: string | undefined, key: string) => (before === undefined ? whole : `${before}"${key}"`),
  );
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}
