/** What every request passes before any route: its Host, its path, its tenant; and what every answer carries. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core/core.js';
import type { Tenant } from '../core/model.js';
import type { RequestContext } from '../core/request-context.js';
import { matchSubject } from '../core/scope-patterns.js';
import { sha256 } from '../kit/digest.js';
import { isLoopbackHost } from '../kit/loopback.js';
import { DEVICE_COOKIE } from './context.js';
import { HttpRefusal } from './errors.js';

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

/** Adds the hooks, in the order in which they refuse. */
export function admitRequests(app: FastifyInstance, core: Core, rules: AdmissionRules): void {
  const publicHost = new URL(core.urls.publicUrl).host;
  const safeHeaders = core.urls.publicUrl.startsWith('https:')
    ? { ...SAFE_HEADERS, 'strict-transport-security': 'max-age=31536000' }
    : SAFE_HEADERS;

  // Without a promise, unless the tenant must be read: every request passes here.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(safeHeaders);
    if (request.routeOptions.config.anyHost) return done();
    const host = request.host.toLowerCase();
    if (host !== publicHost && !isLoopbackName(host, rules.port()))
      throw new HttpRefusal(421, `this server is ${core.urls.publicUrl}; the request named another host`);
    matchSubject(request.raw.url ?? '');
    const admit = (tenant: Tenant) => {
      request.context = contextOf(request, tenant);
      done();
    };
    const tenant = core.directory.knownTenant(publicHost);
    if (tenant) admit(tenant);
    else core.directory.tenantByHost(publicHost).then(admit, done);
  });

  app.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode >= 500) request.log.error(lineOf(request, reply), 'request');
    else if (request.log.level === 'debug' || request.log.level === 'trace')
      request.log.debug(lineOf(request, reply), 'request');
    done();
  });
}

/** The query stays out of the log: it may hold what should not be in a URL. */
function lineOf(request: FastifyRequest, reply: FastifyReply): object {
  return {
    method: request.method,
    path: request.raw.url?.split('?', 1)[0],
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
  };
}

function contextOf(request: FastifyRequest, tenant: Tenant): RequestContext {
  const device = request.cookies[DEVICE_COOKIE];
  return {
    tenant,
    source: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 256),
    correlationId: request.id,
    isAbandoned: () => request.raw.socket.destroyed || request.raw.socket.readableEnded,
    ...(device && { deviceHash: sha256(device) }),
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
