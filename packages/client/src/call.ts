/**
 * REST methods with a bearer token: the vendor's, which answer in an envelope, and the resources of `/api/v1`,
 * which answer plainly and refuse with problem details.
 *
 * @see RFC 6750 section 2.1, RFC 9457
 */
import { normalizeEndpoint } from './endpoint.js';
import { InvalidArgumentError } from './errors.js';
import { type Answer, exchange, type HttpOptions } from './http.js';
import { isObject, parseJson } from './json.js';
import { readRefusal } from './refusal.js';

/** Says that a program is calling, not a page: its presence alone counts. */
export const NATIVE_CLIENT_HEADERS = { 'x-centrify-native-client': 'true' } as const;

export interface CallTarget {
  readonly method: string;
  /** From the leading slash on, query included. */
  readonly path: string;
}

export interface CallRequest extends CallTarget {
  readonly bearerToken?: string;
  /** Sent as JSON; a POST without one sends `{}`. */
  readonly data?: unknown;
  /** Such as `If-Match` for a resource of `/api/v1`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallResult {
  readonly status: number;
  readonly headers: Headers;
  /** The answer whole: parsed if it is JSON, else its text; null when empty. */
  readonly body: unknown;
  /** `Result` of an envelope; otherwise the same as `body`. */
  readonly result: unknown;
}

/** Where a bare path is read with GET: resources, as opposed to the vendor's methods. */
const RESOURCES = /^\/(api|health|sysinfo|metrics|\.well-known)(\/|$)/i;

/**
 * Reads `METHOD /path` or a bare `/path`. Bare, a method of the vendor is a POST, as is anything with data; a
 * resource without data is a GET.
 *
 * @example parseCallTarget('/security/whoami', false) // { method: 'POST', path: '/security/whoami' }
 * @throws InvalidArgumentError
 */
export function parseCallTarget(text: string, hasData: boolean): CallTarget {
  const [, method, path = ''] = /^(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(text.trim()) ?? [];
  if (path === '') throw new InvalidArgumentError('expected "/path" or "METHOD /path"');
  const bareMethod = RESOURCES.test(path) && !hasData ? 'GET' : 'POST';
  return { method: method?.toUpperCase() ?? bareMethod, path };
}

/**
 * Invokes a REST method and hands back its answer.
 *
 * @throws VendorError for an envelope with `success: false`
 * @throws ProblemError for problem details, OAuthResponseError for a refused token
 * @throws UnexpectedResponseError, InvalidArgumentError, and the errors of {@link exchange}
 */
export async function call(
  endpoint: string,
  request: CallRequest,
  options?: HttpOptions,
): Promise<CallResult> {
  return processCallResponse(await callRequest(endpoint, request, options));
}

/** The first half of {@link call}: sends, and reads the answer as it is. */
export async function callRequest(
  endpoint: string,
  request: CallRequest,
  options?: HttpOptions,
): Promise<Answer> {
  const { method, path, bearerToken, data } = request;
  const isBare = data === undefined && method !== 'POST';
  const headers = {
    accept: 'application/json',
    ...NATIVE_CLIENT_HEADERS,
    ...(bearerToken !== undefined && { authorization: `Bearer ${bearerToken}` }),
    ...(!isBare && { 'content-type': 'application/json' }),
    ...request.headers,
  };
  const url = normalizeEndpoint(endpoint) + checkPath(path);
  if (isBare) return exchange({ method, url, headers }, options);
  if (method === 'GET' || method === 'HEAD') throw new InvalidArgumentError(`${method} takes no data`);
  return exchange({ method, url, headers, body: JSON.stringify(data ?? {}) }, options);
}

/** The second half of {@link call}. */
export function processCallResponse(answer: Answer): CallResult {
  const { status, headers } = answer;
  const json = parseJson(answer.body);
  const isRefused = isObject(json) && json.success === false;
  if (isRefused || status < 200 || status >= 300) throw readRefusal(answer);
  const body = answer.body === '' ? null : (json ?? answer.body);
  const isEnvelope = isObject(body) && body.success === true && 'Result' in body;
  return { status, headers, body, result: isEnvelope ? body.Result : body };
}

/** A path that a URL would quietly change would call another method than the one written. */
function checkPath(path: string): string {
  const [bare = ''] = path.split('?');
  const hasDotSegment = bare.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  if (path.startsWith('/') && !path.startsWith('//') && !hasDotSegment && !/[\\#\s]/.test(path)) return path;
  throw new InvalidArgumentError(
    'a path begins with one slash and has no dot segment, backslash or fragment',
  );
}
