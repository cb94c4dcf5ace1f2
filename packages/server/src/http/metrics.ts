/** What the edge counts, and `/metrics`: open on loopback, by token elsewhere. Contract section 5. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sameSecret, sha256 } from '../kit/digest.js';
import { isLoopbackHost } from '../kit/loopback.js';
import { type FamilySnapshot, type Metrics, mergeSnapshots, printMetrics } from '../kit/metrics.js';
import { HttpRefusal } from './errors.js';
import { localityOf } from './source.js';

export interface MetricsOptions {
  /** Opens `/metrics` to whoever bears it; null leaves it to loopback. */
  token: string | null;
  /** The figures of every process that shares this port. */
  gather(): Promise<FamilySnapshot[][]>;
}

/** Status codes by their hundreds: a bounded label. */
const CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'];

/** Counts one answer; `route` is a pattern, never a path that was asked for. */
export type CountAnswer = (route: string, status: number, seconds: number) => void;

export function answerCounter(metrics: Metrics): CountAnswer {
  const answers = metrics.counter('sallyport_http_requests_total', 'Answers by route and status class.', [
    'route',
    'status',
  ]);
  const durations = metrics.histogram(
    'sallyport_http_request_duration_seconds',
    'Time to answer, by route.',
    ['route'],
  );
  return (route, status, seconds) => {
    answers.add([route, CLASSES[Math.floor(status / 100)] ?? 'other']);
    durations.observe([route], seconds);
  };
}

/** Milliseconds that an answer took, with what the request had taken when it came to the router. */
export type Took = (request: FastifyRequest, reply: FastifyReply) => number;

/** Counts every answer of the router. */
export function countRequests(app: FastifyInstance, count: CountAnswer, took: Took): void {
  app.addHook('onResponse', (request, reply, done) => {
    count(request.routeOptions.url ?? 'none', reply.statusCode, took(request, reply) / 1000);
    done();
  });
}

export function metricsRoutes(app: FastifyInstance, options: MetricsOptions, publicUrl: string): void {
  const { token, gather } = options;
  const isLocal = localityOf(publicUrl);
  const config = { anonymous: true, anyHost: true };
  app.get('/metrics', { config }, async (request, reply) => {
    // Asked by a loopback name: a page elsewhere whose name resolves here must not read it.
    const isOpen = isLocal(request) && isLoopbackHost(request.hostname);
    if (!isOpen && !bears(request, token)) {
      reply.header('www-authenticate', 'Bearer realm="metrics"');
      throw new HttpRefusal(401, 'metrics are for loopback, or for the bearer of SALLYPORT_METRICS_TOKEN');
    }
    const text = printMetrics(mergeSnapshots(await gather()));
    return reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(text);
  });
}

function bears(request: FastifyRequest, token: string | null): boolean {
  const [, given] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === null || given === undefined) return false;
  return sameSecret(sha256(given), sha256(token));
}
