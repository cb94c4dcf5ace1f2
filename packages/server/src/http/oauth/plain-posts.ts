/**
 * What programs ask for most, answered before the router: forms posted to the token and introspection endpoints that
 * are as plain as can be, so that no hook would have anything to do for them. The way through the router is a fifth of
 * what an introspection costs. Whatever is out of the ordinary goes that way, and so does every refusal, which is
 * rendered and logged there alone. ADR 12.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { all as addressesOf, compile } from '@fastify/proxy-addr';
import { parse as parseForm } from 'fast-querystring';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Core } from '../../core/core.js';
import type { RawParameters } from '../../core/oauth/parameters.js';
import type { RequestContext } from '../../core/request-context.js';
import { newCorrelationId } from '../../kit/random.js';
import { type AdmissionRules, contextOf, hostRule, safeHeadersOf } from '../admission.js';
import { failureOf } from '../errors.js';
import type { CountAnswer } from '../metrics.js';
import { GUESSED, guessWait, tooMany, tooManyRefused } from '../rate-limit.js';
import type { Turns } from '../turns.js';
import { OPEN_HEADERS } from './cors.js';
import {
  type AnswerPost,
  introspectionAnswer,
  type PostAnswer,
  SIGNED_HEADERS,
  TOKEN_HEADERS,
  tokenAnswer,
} from './token.js';

/** Spelled as our documents spell it; the router understands more. */
const PATH = /^\/oauth2\/(token|introspect)\/([\w-]{1,100})$/;
const FORM = /^application\/x-www-form-urlencoded(?: ?; ?charset="?utf-8"?)?$/i;
/** What is plain bears no proof. */
const UNPROVED = { proof: undefined, method: 'POST', urls: [] };
/** Bytes of a form that is read here. */
const LARGEST = 16_384;

export interface PlainPostsOptions extends AdmissionRules {
  core: Core;
  logger: FastifyBaseLogger;
  trustedProxies: readonly string[];
  rateLimit: boolean;
  count: CountAnswer;
  turns: Turns;
}

/** A request that was refused here, for the router to answer. */
interface Refused {
  readonly error: unknown;
  readonly correlationId: string;
  /** What it has taken. */
  readonly milliseconds: number;
}

export interface PlainPosts {
  /** Answers what is plain and succeeds; everything else is left to `router`. */
  before(router: RequestListener): RequestListener;
  /** What a request was refused for, if it was. */
  refused(request: IncomingMessage): Refused | undefined;
  /** Throws what a request was refused for, where the routes of `group` would begin to read it. */
  rethrow(group: FastifyInstance): void;
  /** Everything goes to the router once the server closes, so that it can tell its clients to go. */
  retire(app: FastifyInstance): void;
}

/** A request that no hook would touch. */
interface PlainPost {
  readonly route: string;
  readonly answer: AnswerPost;
  readonly applicationId: string;
  readonly context: RequestContext;
  /** Under which name its refusal is counted; null for one that is free. */
  readonly source: string | null;
}

/** Nothing is answered here until `before` stands in front of a router, whose group calls `rethrow`. */
export function createPlainPosts(options: PlainPostsOptions): PlainPosts {
  const recognise = createRecogniser(options);
  const send = createSender(options.core.urls.publicUrl);
  const guessesOf = options.rateLimit ? guessWait(options.core) : () => 0;
  const refusals = new WeakMap<IncomingMessage, Refused>();
  let isClosing = false;

  async function serve(
    { route, answer, applicationId, context, source }: PlainPost,
    request: IncomingMessage,
    response: ServerResponse,
    router: RequestListener,
  ): Promise<void> {
    const startedAt = performance.now();
    try {
      const { authorization, accept } = request.headers;
      const body: RawParameters = parseForm(await textOf(request));
      const guessed = tooMany(guessesOf({ ip: context.source, headers: request.headers }, body), GUESSED);
      if (guessed) throw guessed;
      const asking = { applicationId, authorization, query: {}, body, proved: UNPROVED };
      const job = () => answer(context, asking, accept);
      send(response, await (source === null ? job() : inTurn(options.turns, source, job)));
      options.count(route, 200, (performance.now() - startedAt) / 1000);
    } catch (error) {
      const milliseconds = performance.now() - startedAt;
      refusals.set(request, { error, correlationId: context.correlationId, milliseconds });
      router(request, response);
    }
  }

  return {
    before: (router) => (request, response) => {
      const post = isClosing ? null : recognise(request);
      if (post) void serve(post, request, response, router);
      else router(request, response);
    },
    refused: (request) => refusals.get(request),
    rethrow: (group) =>
      group.addHook('preParsing', (request, _reply, payload, done) => {
        const refusal = refusals.get(request.raw);
        done(refusal ? asError(refusal.error) : null, payload);
      }),
    retire: (app) =>
      app.addHook('preClose', (done) => {
        isClosing = true;
        done();
      }),
  };
}

/** Tells what is plain, in the order of the hooks that it stands for; null for what the router must see. */
function createRecogniser(options: PlainPostsOptions): (request: IncomingMessage) => PlainPost | null {
  const { core, logger, trustedProxies, turns } = options;
  const { publicUrl } = core.urls;
  const publicHost = new URL(publicUrl).host;
  const isServed = hostRule(publicUrl, options);
  const isTrusted = trustedProxies.length > 0 ? compile([...trustedProxies]) : null;
  const answers = { token: tokenAnswer(core), introspect: introspectionAnswer(core) };

  const sourceOf = (request: IncomingMessage) =>
    isTrusted ? addressesOf(request, isTrusted).at(-1) : request.socket.remoteAddress;

  return (request) => {
    if (request.method !== 'POST') return null;
    const [, endpoint, applicationId] = PATH.exec(request.url ?? '') ?? [];
    if ((endpoint !== 'token' && endpoint !== 'introspect') || !applicationId) return null;
    if (!isPlain(request) || logger.level === 'debug' || logger.level === 'trace') return null;
    // Host, tenant and source, as the router's admission finds them.
    if (!isServed(request.headers.host ?? '')) return null;
    const tenant = core.directory.knownTenant(publicHost);
    const ip = sourceOf(request);
    if (!tenant || ip === undefined) return null;
    // Recorded traffic shows what the hooks saw.
    if (core.traffic.open(tenant.id)) return null;
    const source = turns.sourceOf({ ip, headers: request.headers });
    if (source !== null && turns.wait(source) > 0) return null;
    const context = contextOf(request, { tenant, source: ip, correlationId: newCorrelationId() });
    const route = `/oauth2/${endpoint}/:applicationId`;
    return { route, answer: answers[endpoint], applicationId, context, source };
  };
}

/** Nothing but a form and a client's name and secret: no proof, no cookie, no proxy's word about the host. */
function isPlain({ headers }: IncomingMessage): boolean {
  const size = Number(headers['content-length']);
  if (!(size > 0 && size <= LARGEST) || headers['transfer-encoding'] !== undefined) return false;
  if (headers.cookie !== undefined || headers.dpop !== undefined) return false;
  return headers['x-forwarded-host'] === undefined && FORM.test(headers['content-type'] ?? '');
}

/** The body. Never settles when the client hangs up first. */
function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => resolve(text));
  });
}

/** Sends what succeeded, with the headers of the router. */
function createSender(publicUrl: string): (response: ServerResponse, answer: PostAnswer) => void {
  const safe = safeHeadersOf(publicUrl);
  const written = (own: PostAnswer['headers']) => Object.entries({ ...safe, ...OPEN_HEADERS, ...own }).flat();
  const known = new Map([TOKEN_HEADERS, SIGNED_HEADERS].map((own) => [own, written(own)] as const));
  return (response, { headers, text }) => {
    const length = Buffer.byteLength(text);
    response.writeHead(200, [...(known.get(headers) ?? []), 'content-length', String(length)]);
    // As many bytes as characters: ASCII, for which the faster writing is the same.
    response.end(text, length === text.length ? 'latin1' : 'utf8');
  };
}

/** What `job` answers, in its turn; counted where it is refused. */
async function inTurn<T>(turns: Turns, source: string, job: () => Promise<T>): Promise<T> {
  if (!(await turns.enter(source))) throw tooManyRefused(turns, source);
  try {
    return await job();
  } catch (error) {
    turns.count(source, failureOf(error).status);
    throw error;
  } finally {
    turns.leave(source);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
