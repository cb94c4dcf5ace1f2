/**
 * A listener on this machine that catches one authorization response from the user's browser.
 * @see RFC 8252 sections 7.3 and 8.3
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AbortedError, InvalidArgumentError, TimeoutError } from '../errors.js';

export interface LoopbackOptions {
  /** Path of the redirect URI as the app lists it; `/callback` unless told. The port is any free one. */
  readonly path?: string;
}

export interface ReceiveOptions {
  /** The state of the pending authorization: a request with another is turned away and waiting goes on. */
  readonly state: string;
  /** Seconds to wait for the browser; 300 unless told. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

export interface Loopback {
  /** Such as `http://127.0.0.1:49152/callback`: the redirect URI of the authorization to start. */
  readonly redirectUri: string;
  /**
   * Waits for the browser and closes the listener. Call it before the browser is opened, and validate what it
   * gives.
   *
   * @throws TimeoutError, AbortedError
   */
  receive(options: ReceiveOptions): Promise<URL>;
  close(): void;
}

const DEFAULT_TIMEOUT_SECONDS = 300;

/** Milliseconds for the last page to leave; connections that a browser opened ahead are then dropped. */
const PARTING_MS = 1000;

/**
 * Listens on 127.0.0.1 at a free port.
 *
 * @throws InvalidArgumentError for a path that is none
 */
export async function openLoopback({ path = '/callback' }: LoopbackOptions = {}): Promise<Loopback> {
  if (!/^\/[\w./~-]*$/.test(path))
    throw new InvalidArgumentError('the path of a redirect URI begins with a slash');
  let take: (url: URL) => boolean = () => false;
  const server = createServer((request, response) => {
    const url = readRequest(request, origin, path);
    if (url === null || !take(url))
      return respond(response, 404, 'Nothing here', 'No sign-in waits for this.');
    if (url.searchParams.has('error')) {
      return respond(response, 200, 'Not signed in', 'You may close this window and return to the terminal.');
    }
    respond(response, 200, 'Signed in', 'You may close this window and return to the terminal.');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${portOf(server.address())}`;
  const close = () => {
    server.close();
    setTimeout(() => server.closeAllConnections(), PARTING_MS).unref();
  };

  async function receive({ state, timeoutSeconds, signal }: ReceiveOptions): Promise<URL> {
    const timeout = AbortSignal.timeout((timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000);
    const end = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await new Promise<URL>((resolve, reject) => {
        take = (url) => {
          if (url.searchParams.get('state') !== state) return false;
          resolve(url);
          take = () => false;
          return true;
        };
        const stop = () => {
          const late = new TimeoutError('the browser did not come back in time');
          reject(signal?.aborted ? new AbortedError() : late);
        };
        if (end.aborted) stop();
        end.addEventListener('abort', stop, { once: true });
      });
    } finally {
      close();
    }
  }

  return { redirectUri: origin + path, receive, close };
}

/** The URL of a request for the redirect URI, by the name it has: a rebound host name is not ours. */
function readRequest(request: IncomingMessage, origin: string, path: string): URL | null {
  const target = request.url ?? '';
  if (request.method !== 'GET' || `http://${request.headers.host}` !== origin) return null;
  if (!URL.canParse(target, origin)) return null;
  const url = new URL(target, origin);
  return url.origin === origin && url.pathname === path ? url : null;
}

/** A page that repeats nothing of the request, and that no script, cache or Referer header carries further. */
function respond(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(
    `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`,
  );
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('the listener has no port');
  return address.port;
}
