/**
 * The edge's table of contents: what every request passes, in order, then the groups of routes. Parses and renders;
 * decides nothing about OAuth, login or scopes.
 */
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerFactory,
  LogController,
} from 'fastify';
import type { Core } from '../core/core.js';
import { newCorrelationId } from '../kit/random.js';
import { apiRoutes } from './admin/routes.js';
import { type AdmissionRules, admitRequests, originForm } from './admission.js';
import type { EdgeDeps } from './context.js';
import { renderBadAddress, renderFailure, renderNotFound } from './failure.js';
import { healthRoutes } from './health.js';
import { loginRoutes } from './login/routes.js';
import { answerCounter, countRequests, type MetricsOptions, metricsRoutes, type Took } from './metrics.js';
import { createPlainPosts } from './oauth/plain-posts.js';
import { oauthRoutes } from './oauth/routes.js';
import { portalRoutes } from './portal/routes.js';
import { limitRates } from './rate-limit.js';
import { createReadyDocuments } from './ready-documents.js';
import { sysinfoRoutes } from './sysinfo.js';
import { recordTraffic } from './traffic.js';
import { createTurns } from './turns.js';
import { vendorRoutes } from './vendor/routes.js';

const BODY_LIMIT = 1024 * 1024;

/** Groups whose routes have schemas bring compilers of their own: Fastify's need not be loaded. */
const NO_COMPILERS = { buildValidator: noCompiler, buildSerializer: noCompiler };

function noCompiler(): never {
  throw new TypeError('a route outside /api/v1 has a schema');
}

export interface EdgeOptions extends AdmissionRules {
  core: Core;
  logger: FastifyBaseLogger;
  /** Addresses or ranges whose forwarding headers are believed. */
  trustedProxies: readonly string[];
  rateLimit: boolean;
  metrics: MetricsOptions;
  /** Makes the listener, plain or TLS. */
  serverFactory: FastifyServerFactory;
  /** Rejects while the database is out of reach. */
  ping(): Promise<void>;
}

/** Builds the edge; nothing listens yet. */
export async function createEdge(options: EdgeOptions): Promise<FastifyInstance> {
  const { core } = options;
  const count = answerCounter(core.metrics);
  const documents = createReadyDocuments(core, count);
  const turns = createTurns(core, options.rateLimit);
  const posts = createPlainPosts({ ...options, count, turns });
  const app = Fastify({
    loggerInstance: options.logger,
    serverFactory: (router, settings) =>
      options.serverFactory(documents.before(posts.before(router)), settings),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    // What comes on a connection that is about to be closed is answered like anything else, and then it is closed.
    return503OnClosing: false,
    genReqId: (request) => posts.refused(request)?.correlationId ?? newCorrelationId(),
    requestIdHeader: false,
    rewriteUrl: originForm,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 1000 },
    frameworkErrors: renderBadAddress,
    schemaController: { compilersFactory: NO_COMPILERS },
  });
  app.decorateRequest('principal', null);
  app.decorateRequest('uiLocales', null);
  app.setErrorHandler(renderFailure);
  app.setNotFoundHandler(renderNotFound);
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: BODY_LIMIT });

  documents.retire(app);
  posts.retire(app);
  const isRefused = ({ raw }: FastifyRequest) => posts.refused(raw) !== undefined;
  const took: Took = ({ raw }, { elapsedTime }) => elapsedTime + (posts.refused(raw)?.milliseconds ?? 0);
  countRequests(app, count, took);
  admitRequests(app, core, { ...options, took });
  recordTraffic(app, core);
  if (options.rateLimit) limitRates(app, core, turns, isRefused);
  await app.register(async (group) => healthRoutes(group, options.ping));
  await app.register(async (group) => sysinfoRoutes(group, core));
  await app.register(async (group) => metricsRoutes(group, options.metrics, core.urls.publicUrl));
  const secure = core.urls.publicUrl.startsWith('https:');
  const deps: EdgeDeps = { core, secure, endpoints: [], documents, posts };
  for (const routes of [oauthRoutes, loginRoutes, vendorRoutes, apiRoutes, portalRoutes])
    await app.register(async (group) => routes(group, deps));
  return app;
}
