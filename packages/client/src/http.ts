/**
 * One request, one answer. Every function of this library that reaches a server does so through `exchange`, which
 * takes any `fetch`, never follows a redirect (it would carry the credentials along), and shows each exchange,
 * masked, to an observer.
 */
import { parseSecureUrl } from './endpoint.js';
import {
  AbortedError,
  InvalidArgumentError,
  NetworkError,
  TimeoutError,
  UnexpectedResponseError,
} from './errors.js';
import { mask, type RecordedRequest, type RecordedResponse, redactorOf } from './mask.js';

/** How to reach the server; every function that does takes these last. */
export interface HttpOptions {
  /** Instead of the runtime's own `fetch`: for a proxy, a test, a cache. */
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** Seconds a request may take, its answer included; 30 unless told. */
  readonly timeoutSeconds?: number;
  /** Sees each completed exchange, with every secret already masked. */
  readonly onExchange?: (request: RecordedRequest, response: RecordedResponse) => void;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Hides, in a text of this answer, whatever secret the request carried. */
  readonly redact: (text: string) => string;
}

const DEFAULT_TIMEOUT_SECONDS = 30;

/**
 * Sends one request and reads its whole answer, whatever its status.
 *
 * @throws InvalidArgumentError for a URL or header that cannot be sent
 * @throws NetworkError, TimeoutError, AbortedError
 * @throws UnexpectedResponseError for a redirect
 */
export async function exchange(request: HttpRequest, options: HttpOptions = {}): Promise<Answer> {
  const url = parseSecureUrl(request.url, 'the URL');
  const headers = readHeaders(request.headers ?? {});
  const recorded = { method: request.method, url: url.href, headers: [...headers], body: request.body ?? '' };
  const startedAt = Date.now();
  const response = await send(url, request, headers, options);
  const { onExchange } = options;
  if (onExchange !== undefined) {
    const shown = mask({
      request: { ...recorded, startedAt },
      response: { ...response, headers: [...response.headers], duration: Date.now() - startedAt },
    });
    onExchange(shown.request, shown.response);
  }
  if (response.status < 200 || (response.status >= 300 && response.status < 400)) {
    throw new UnexpectedResponseError(`${url.origin} answered with a redirect`, response.status);
  }
  const redact = redactorOf({ ...recorded, startedAt });
  return { status: response.status, headers: response.headers, body: response.body, redact };
}

interface ReceivedResponse {
  status: number;
  statusText: string;
  headers: Headers;
  body: string;
}

async function send(
  url: URL,
  request: HttpRequest,
  headers: Headers,
  options: HttpOptions,
): Promise<ReceivedResponse> {
  const timeout = AbortSignal.timeout((options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const init: RequestInit = {
    method: request.method,
    headers,
    redirect: 'manual',
    credentials: 'omit',
    signal,
  };
  if (request.body !== undefined) init.body = request.body;
  try {
    const response = await (options.fetch ?? fetch)(url.href, init);
    const body = await response.text();
    return { status: response.status, statusText: response.statusText, headers: response.headers, body };
  } catch (error) {
    if (options.signal?.aborted) throw new AbortedError();
    if (timeout.aborted) throw new TimeoutError(`${url.origin} did not answer in time`);
    throw new NetworkError(`cannot reach ${url.origin}${reasonOf(error)}`, { cause: error });
  }
}

/** Headers are read here first, because the runtime's own refusal repeats the value. */
function readHeaders(entries: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(entries)) {
    try {
      headers.set(name, value);
    } catch {
      throw new InvalidArgumentError(`the header "${name}" would hold a character that HTTP does not allow`);
    }
  }
  return headers;
}

/** The system's word for it, such as ` (ECONNREFUSED)`, where the runtime tells. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof reason === 'string' ? ` (${reason})` : '';
}
