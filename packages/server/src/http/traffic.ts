/**
 * The one place where the edge looks at requests for the recorded traffic. While nothing is recorded, a request pays
 * one look-up; while something is, what is seen is handed to core when the answer is out, and nothing waits for it.
 */

import type { StepKind } from '@sallyport/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core/core.js';
import type { Exchange } from '../core/traffic/mask.js';
import type { Trace } from '../core/traffic/trace.js';
import { sha256 } from '../kit/digest.js';
import './context.js';
import { headerList } from './header-list.js';

/** What is gathered of a request under way. */
interface Gathered {
  readonly trace: Trace;
  /** Settles once the trace knows the app that the path names. */
  readonly named: Promise<void>;
  readonly startedAt: number;
  readonly body: Buffer[];
  size: number;
  answer: string;
}

/** Bytes of a body that are looked at. */
const MOST_BYTES = 256_000;

const OAUTH: Readonly<Record<string, StepKind>> = {
  authorize: 'authorize',
  confirm: 'confirm',
  token: 'token',
  introspect: 'introspect',
  revoke: 'revoke',
  par: 'push',
  userinfo: 'userinfo',
  endsession: 'endSession',
  device: 'oauth',
  register: 'oauth',
};
const BROWSER_KINDS: readonly StepKind[] = ['authorize', 'confirm', 'login', 'endSession'];

/** What a request is in a flow; null for pages and files that are part of none, and for the portal itself. */
function kindOf(request: FastifyRequest): StepKind | null {
  const path = (request.raw.url ?? '').split('?', 1)[0]?.toLowerCase() ?? '';
  const [, first = '', second = ''] = path.split('/');
  if (first === 'oauth2') return OAUTH[second] ?? null;
  if (first === 'device') return 'oauth';
  if (first === 'login') return path.startsWith('/login/assets') ? null : 'login';
  if (first === 'security' && second === 'startauthentication') return 'start';
  if (first === 'security' && second === 'advanceauthentication') return 'advance';
  if (path.startsWith('/api/v1')) {
    const isPortal = request.headers.authorization === undefined;
    return isPortal || path.startsWith('/api/v1/traffic') ? null : 'call';
  }
  return request.routeOptions.config.anonymous || request.routeOptions.url === undefined ? null : 'call';
}

export function recordTraffic(app: FastifyInstance, core: Core): void {
  const { traffic, directory } = core;
  const gathered = new WeakMap<FastifyRequest, Gathered>();

  app.addHook('onRequest', (request, _reply, done) => {
    const trace = request.context ? traffic.open(request.context.tenant.id) : null;
    if (!trace || kindOf(request) === null) return done();
    request.context.trace = trace;
    const named = noteApp(request, trace);
    gathered.set(request, { trace, named, startedAt: core.clock.now(), body: [], size: 0, answer: '' });
    done();
  });

  /** By the path, so that a request refused before its parameters are read is known by its app. */
  async function noteApp(request: FastifyRequest, trace: Trace): Promise<void> {
    const { applicationId } = { applicationId: '', ...(request.params as object) };
    if (!request.routeOptions.url?.startsWith('/oauth2/') || applicationId === '') return;
    const found = await directory.app(request.context.tenant.id, applicationId).catch(() => null);
    trace.about({ appId: found?.id ?? null });
  }

  app.addHook('preParsing', (request, _reply, payload, done) => {
    const kept = gathered.get(request);
    if (kept)
      payload.on('data', (chunk: Buffer) => {
        kept.size += chunk.length;
        if (kept.size <= MOST_BYTES) kept.body.push(chunk);
      });
    done(null, payload);
  });

  app.addHook('onSend', (request, _reply, payload, done) => {
    const kept = gathered.get(request);
    if (kept && typeof payload === 'string') kept.answer = payload;
    done();
  });

  app.addHook('onResponse', (request, reply, done) => {
    const kept = gathered.get(request);
    if (kept) finish(request, reply, kept);
    done();
  });

  function finish(request: FastifyRequest, reply: FastifyReply, kept: Gathered): void {
    const kind = kindOf(request);
    if (kind === null) return;
    const { trace, named, startedAt, answer } = kept;
    try {
      linkWaiting(request, trace);
      const finished = {
        kind,
        lane: laneOf(request, kind),
        correlationId: request.id,
        startedAt,
        duration: Math.round(reply.elapsedTime * 10) / 10,
        failed: hasFailed(reply.statusCode, trace, answer),
        exchange: exchangeOf(request, reply, kept),
      };
      // A request may be refused before its app was looked up.
      void named.then(() => traffic.close(request.context.tenant.id, trace, finished));
    } catch (err) {
      request.log.warn({ err }, 'a request is missing from the recorded traffic');
    }
  }
}

/** The pages around a sign-in carry the key of the request that waits for it. */
function linkWaiting(request: FastifyRequest, trace: Trace): void {
  for (const source of [request.query, request.body]) {
    if (typeof source !== 'object' || source === null) continue;
    for (const [name, value] of Object.entries(source)) {
      if (typeof value !== 'string') continue;
      const key = /^bounce$/i.test(name)
        ? value
        : /^cloudRedirect$/i.test(name)
          ? new URLSearchParams(value.split('?')[1]).get('bounce')
          : null;
      if (key) trace.link('parked', sha256(key));
    }
  }
}

/** A browser says so by headers that no script may write; a program's calls of the sign-in do not. */
function laneOf({ headers }: FastifyRequest, kind: StepKind): 'browser' | 'client' {
  if (BROWSER_KINDS.includes(kind)) return 'browser';
  if (kind === 'oauth') return headers['sec-fetch-site'] === undefined ? 'client' : 'browser';
  const isSignIn = kind === 'start' || kind === 'advance';
  return isSignIn && headers['sec-fetch-site'] !== undefined ? 'browser' : 'client';
}

/** By its status, by a denial that it left, or by the vendor's envelope. A device that waits has not failed. */
function hasFailed(status: number, { events, notes }: Trace, answer: string): boolean {
  const waits = status === 400 && events.length === 0 && notes.at(-1)?.outcome === 'needed';
  if (status >= 400) return !waits;
  if (events.some(({ type }) => /\.(denied|failure|reuse)$/.test(type))) return true;
  return answer.startsWith('{"success":false');
}

function exchangeOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, size, answer }: Gathered,
): Exchange {
  const raw = size > MOST_BYTES ? ' '.repeat(size) : Buffer.concat(body).toString('utf8');
  return {
    method: request.method,
    url: request.raw.url ?? '',
    requestHeaders: headerList(request.headers),
    requestBody: raw,
    parsedBody: request.body,
    status: reply.statusCode,
    responseHeaders: headerList(reply.getHeaders()),
    responseBody: answer,
  };
}
