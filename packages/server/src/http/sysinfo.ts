import type { FastifyInstance } from 'fastify';
import type { Core } from '../core/core.js';
import { VERSION } from '../version.js';
import { envelope } from './vendor/envelope.js';

const DUMMY = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sallyport</title></head>
<body><p>You can close this page.</p></body></html>`;

/**
 * The open pages of the vendor's `/sysinfo`. `dummy` is where the sample clients let a code land: they read the
 * address of the page, so it must be there and need nothing.
 */
export function sysinfoRoutes(app: FastifyInstance, { urls }: Core): void {
  const route = { method: ['GET', 'POST'], config: { anonymous: true } };
  app.route({
    ...route,
    url: '/sysinfo/dummy',
    handler: async (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(DUMMY),
  });
  app.route({
    ...route,
    url: '/sysinfo/version',
    handler: async (_request, reply) =>
      reply.type('application/json').send(envelope({ Version: VERSION, Product: 'Sallyport' })),
  });
  app.route({
    ...route,
    url: '/sysinfo/about',
    handler: async ({ context: { tenant } }, reply) =>
      reply.type('application/json').send(
        envelope({
          Version: VERSION,
          Product: 'Sallyport',
          TenantId: tenant.code,
          Tenant: tenant.name,
          Url: urls.publicUrl,
        }),
      ),
  });
}
