/**
 * The portal's one way to the server: `/api/v1`, typed by the contract. Knows problem answers, entity tags, cursor
 * pages and the header that marks a native client for the CSRF guard; knows no resource.
 */
import { type Page, Problem, page as pageOf } from '@sallyport/contract';
import type { z } from 'zod';
import { inWords } from './i18n/in-words.js';
import { signInAgain } from './sign-in-again.js';

/** A refusal by the server. `errors` are faults by field, with dots between the steps of the path. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.status = problem.status;
    this.problem = problem;
  }

  /** Faults keyed by field, in the reader's language: ready for a form. */
  get fieldErrors(): Record<string, string> {
    return Object.fromEntries(
      (this.problem.errors ?? []).map(({ field, message }) => [field, inWords(message)]),
    );
  }
}

/** No answer at all: the server or the way to it is down. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A value with the entity tag to send back as `If-Match`. */
export interface Versioned<T> {
  value: T;
  etag: string;
}

type Query = Record<string, string | number | boolean | undefined>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Call {
  query?: Query;
  body?: unknown;
  /** Sent as it is, in place of a body. */
  file?: Blob;
  etag?: string;
  /** Has a session that has ended be an error like others: what asks by itself must not leave the page. */
  stays?: boolean;
}

/** Address of a call, for showing and for sending. Path parts are to be encoded by `path`. */
export function apiUrl(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return `/api/v1${path}${given.length > 0 ? `?${search}` : ''}`;
}

/** Joins path parts, each encoded. */
export function path(...parts: string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

async function send(
  method: Method,
  target: string,
  { query, body, file, etag, stays = false }: Call,
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json', 'x-centrify-native-client': '1' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (etag !== undefined) headers.set('if-match', etag);
  if (file !== undefined) headers.set('content-type', file.type);
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (file !== undefined) init.body = file;
  const response = await fetch(apiUrl(target, query), init).catch((cause: unknown) => {
    throw new Unreachable('the server does not answer', { cause });
  });
  if (response.ok) return response;
  // The page is being left: nothing more is to be drawn.
  if (response.status === 401 && method === 'GET' && !stays) return signInAgain();
  throw new ApiError(await problemOf(response));
}

async function problemOf(response: Response): Promise<Problem> {
  const said = Problem.safeParse(await response.json().catch(() => null));
  return said.data ?? { type: 'about:blank', title: response.statusText, status: response.status };
}

async function call<T extends z.ZodType>(method: Method, target: string, schema: T, options: Call = {}) {
  const response = await send(method, target, options);
  return { value: schema.parse(await response.json()), etag: response.headers.get('etag') ?? '' };
}

/** Reads and writes. Everything throws `ApiError` or `Unreachable`. */
export const api = {
  async get<T extends z.ZodType>(target: string, schema: T, query?: Query): Promise<z.infer<T>> {
    return (await call('GET', target, schema, query ? { query } : {})).value;
  },

  /** One page of a list. */
  page<T extends z.ZodType>(target: string, item: T, query?: Query): Promise<Page<z.infer<T>>> {
    return api.get(target, pageOf(item), query);
  },

  /** A list short enough not to be paged. */
  async list<T extends z.ZodType>(target: string, item: T, query?: Query): Promise<z.infer<T>[]> {
    return (await api.page(target, item, query)).items;
  },

  /** Every item of a list, each page read once it is come to. */
  async *each<T extends z.ZodType>(target: string, item: T): AsyncGenerator<z.infer<T>> {
    let after: string | undefined;
    do {
      const { items, next } = await api.page(target, item, { limit: 200, after });
      yield* items;
      after = next;
    } while (after !== undefined);
  },

  /** A short list that a page asks for again and again, unasked by its reader. */
  async poll<T extends z.ZodType>(target: string, item: T): Promise<z.infer<T>[]> {
    return (await call('GET', target, pageOf(item), { stays: true })).value.items;
  },

  /** With the entity tag, for a form that will be saved. */
  read<T extends z.ZodType>(target: string, schema: T): Promise<Versioned<z.infer<T>>> {
    return call('GET', target, schema);
  },

  /** Writes `body`; with `etag`, only when nobody else wrote meanwhile (412 otherwise). */
  write<T extends z.ZodType>(
    method: 'POST' | 'PUT' | 'PATCH',
    target: string,
    schema: T,
    body: unknown,
    etag?: string,
  ): Promise<Versioned<z.infer<T>>> {
    return call(method, target, schema, etag === undefined ? { body } : { body, etag });
  },

  /** Puts a file in its place, or with null takes away what is there. */
  put<T extends z.ZodType>(
    target: string,
    schema: T,
    file: Blob | null,
    etag: string,
  ): Promise<Versioned<z.infer<T>>> {
    return file ? call('PUT', target, schema, { file, etag }) : call('DELETE', target, schema, { etag });
  },

  /** An action whose answer, if any, does not matter. */
  async act(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', target: string, options: Call = {}): Promise<void> {
    await send(method, target, options);
  },
};
