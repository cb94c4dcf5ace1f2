/**
 * Documents that are the same for everybody, answered again before the router: nine tenths of what a key set costs is
 * the way to it. What is kept went the whole way once, for the same host and address, less than a second ago and with
 * nothing changed since; whatever differs in any of that goes the whole way. A source that is refused elsewhere (429)
 * may still read them.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Core } from '../core/core.js';
import { headerList } from './header-list.js';
import type { CountAnswer } from './metrics.js';

/** Milliseconds: what changes by the clock alone is seen as fast as what another process changed. */
const LIFE = 1000;
const MOST = 1000;

interface Ready {
  host: string | undefined;
  route: string;
  headers: string[];
  /** Text, not bytes: it leaves in one piece with its headers. */
  body: string;
  encoding: 'latin1' | 'utf8';
  sequence: number;
  until: number;
}

export interface ReadyDocuments {
  /** Answers what is kept; everything else is left to `router`. */
  before(router: RequestListener): RequestListener;
  /** Sends a document of a public GET once it is made, and keeps it for the next who asks. */
  send(reply: FastifyReply, making: Promise<string>): Promise<FastifyReply>;
  /** Nothing is answered before the router once the server closes, so that it can tell its clients to go. */
  retire(app: FastifyInstance): void;
}

export function createReadyDocuments(
  { directory, clock }: Pick<Core, 'directory' | 'clock'>,
  count: CountAnswer,
): ReadyDocuments {
  const ready = new LRUCache<string, Ready>({ max: MOST });
  let isClosing = false;

  function find(request: IncomingMessage): Ready | undefined {
    if (request.method !== 'GET' || !ready.size) return undefined;
    const found = ready.get(request.url ?? '');
    if (!found || found.host !== request.headers.host || !isPlain(request)) return undefined;
    const left = found.until - clock.now();
    return found.sequence === directory.sequence() && left > 0 && left <= LIFE ? found : undefined;
  }

  return {
    before: (router) => (request, response) => {
      const found = find(request);
      if (!found) return router(request, response);
      answer(response, found);
      count(found.route, 200, 0);
    },
    async send(reply, making) {
      const { request } = reply;
      const { method, url = '' } = request.raw;
      // As it was when the making began: what changed meanwhile may be missing.
      const sequence = directory.sequence();
      const body = await making;
      const length = Buffer.byteLength(body);
      reply.header('cache-control', 'public, max-age=300').type('application/json; charset=utf-8');
      const isLogged = request.log.level === 'debug' || request.log.level === 'trace';
      if (method === 'GET' && !url.includes('?') && isPlain(request.raw) && !isLogged && !isClosing)
        ready.set(url, {
          host: request.headers.host,
          route: request.routeOptions.url ?? 'none',
          headers: headerList({ ...reply.getHeaders(), 'content-length': length }).flat(),
          body,
          // As many bytes as characters: ASCII, for which the faster writing is the same.
          encoding: length === body.length ? 'latin1' : 'utf8',
          sequence,
          until: clock.now() + LIFE,
        });
      return reply.send(body);
    },
    retire: (app) =>
      app.addHook('preClose', (done) => {
        isClosing = true;
        ready.clear();
        done();
      }),
  };
}

/** Nothing in the request may lead to another answer: no proxy's word about the host, no proof that wants a nonce. */
function isPlain({ headers }: IncomingMessage): boolean {
  return headers['x-forwarded-host'] === undefined && headers.dpop === undefined;
}

function answer(response: ServerResponse, { headers, body, encoding }: Ready): void {
  response.writeHead(200, headers);
  response.end(body, encoding);
}
