import type { FastifyInstance } from 'fastify';
import './context.js';

/** `/health/live` answers while the process runs; `/health/ready` only while it can serve. */
export function healthRoutes(app: FastifyInstance, ping: () => Promise<void>): void {
  const config = { anonymous: true, anyHost: true, alwaysAnswered: true };
  app.get('/health/live', { config }, async () => ({ status: 'live' }));
  app.get('/health/ready', { config }, async (request, reply) => {
    try {
      await ping();
      return { status: 'ready' };
    } catch (error) {
      request.log.warn({ err: error }, 'not ready');
      return reply.code(503).header('retry-after', 1).send({ status: 'not ready' });
    }
  });
}
