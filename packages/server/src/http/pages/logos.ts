/** Logos of apps, which consent pages and portals show. Each is a PNG of this server's own making. */
import type { FastifyInstance } from 'fastify';
import type { Core } from '../../core/core.js';
import { HttpRefusal } from '../errors.js';

export function logoFileRoutes(app: FastifyInstance, { core }: { core: Core }): void {
  app.get<{ Params: { file: string } }>(
    '/assets/logos/:file',
    { config: { anonymous: true } },
    async (request, reply) => {
      const [, digest] = /^([0-9a-f]{32})\.png$/i.exec(request.params.file) ?? [];
      const png = digest && (await core.admin.logos.find(request.context.tenant, digest.toLowerCase()));
      if (!png) throw new HttpRefusal(404, 'there is no such logo');
      return reply
        .type('image/png')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('cross-origin-resource-policy', 'same-origin')
        .header('x-content-type-options', 'nosniff')
        .send(png);
    },
  );
}
