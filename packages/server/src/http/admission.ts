/** What every request passes before any route: its Host, its path, its tenant; and what every answer carries. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core/core.js';
import type { RequestContext } from '../core/request-context.js';
import { matchSubject } from '../core/scope-patterns.js';
import { sha256 } from '../kit/digest.js';
import { isLoopbackHost } from '../kit/loopback.js';
import { DEVICE_COOKIE } from './context.js';
import { HttpRefusal } from './errors.js';
import type { Took } from './metrics.js';

export interface AdmissionRules {
  /** Port the server listens on: loopback names with it are served too. */
  port(): number;
}

/** Headers of every answer; a page replaces the policy by its own. */
const SAFE_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The headers of every answer, by name; under https browsers are told to stay there. @see RFC 6797 section 6.1 */
export function safeHeadersOf(publicUrl: string): Readonly<Record<string, string>> {
  return publicUrl.startsWith('https:')
    ? { ...SAFE_HEADERS, 'strict-transport-security': 'max-age=31536000' }
    : SAFE_HEADERS;
}

/** Whether a request may name this host: the public one, or a loopback name with the port that is listened on. */
export function hostRule(publicUrl: string, { port }: AdmissionRules): (host: string) => boolean {
  const publicHost = new URL(publicUrl).host;
  return (host) => {
    const named = host.toLowerCase();
    return named === publicHost || isLoopbackName(named, port());
  };
}

/** Adds the hooks, in the order in which they refuse. */
export function admitRequests(
  app: FastifyInstance,
  core: Core,
  rules: AdmissionRules & { took: Took },
): void {
  const publicHost = new URL(core.urls.publicUrl).host;
  const safeHeaders = safeHeadersOf(core.urls.publicUrl);
  const isServed = hostRule(core.urls.publicUrl, rules);

  // Without a promise, unless the tenant must be read: every request passes here.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(safeHeaders);
    if (request.routeOptions.config.anyHost) return done();
    if (!isServed(request.host))
      throw new HttpRefusal(421, `this server is ${core.urls.publicUrl}; the request named another host`);
    matchSubject(request.raw.url ?? '');
    const admit = (tenant: RequestContext['tenant']) => {
      const device = request.cookies[DEVICE_COOKIE];
      const facts = { tenant, source: request.ip, correlationId: request.id };
      request.context = contextOf(request.raw, { ...facts, ...(device && { deviceHash: sha256(device) }) });
      done();
    };
    const tenant = core.directory.knownTenant(publicHost);
    if (tenant) admit(tenant);
    else core.directory.tenantByHost(publicHost).then(admit, done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    const line = () => lineOf(request, reply, rules.took(request, reply));
    if (reply.statusCode >= 500) request.log.error(line(), 'request');
    else if (request.log.level === 'debug' || request.log.level === 'trace')
      request.log.debug(line(), 'request');
    done();
  });
}

/** The query stays out of the log: it may hold what should not be in a URL. */
function lineOf(request: FastifyRequest, reply: FastifyReply, milliseconds: number): object {
  return {
    method: request.method,
    path: request.raw.url?.split('?', 1)[0],
    status: reply.statusCode,
    ms: Math.round(milliseconds),
  };
}

/** What of a request is read from itself, beside what was found out about it. */
export function contextOf(
  { headers, socket }: IncomingMessage,
  facts: Omit<RequestContext, 'userAgent' | 'isAbandoned'>,
): RequestContext {
  return {
    userAgent: (headers['user-agent'] ?? '').slice(0, 256),
    isAbandoned: () => socket.destroyed || socket.readableEnded,
    ...facts,
  };
}

function isLoopbackName(host: string, port: number): boolean {
  const [, name, number] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  return name !== undefined && isLoopbackHost(name) && Number(number ?? 80) === port;
}

/** An absolute-form request target as its path; the authority replaces the Host. @see RFC 9112 section 3.2.2 */
export function originForm(request: IncomingMessage): string {
  const [, authority, path] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '') ?? [];
  if (authority === undefined || path === undefined) return request.url ?? '/';
  request.headers.host = authority;
  return path.startsWith('/') ? path : `/${path}`;
}
