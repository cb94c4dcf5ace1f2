import type { FastifyInstance } from 'fastify';
import type { EdgeDeps } from '../context.js';
import { type AppParams, queryOf } from './request.js';

/** Every address of an app's metadata. @see OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3 */
const METADATA_PATHS = [
  '/:applicationId/.well-known/openid-configuration',
  '/.well-known/openid-configuration/:applicationId',
  '/.well-known/oauth-authorization-server/:applicationId',
];

/** Documents that anyone may read. */
export function discoveryRoutes(app: FastifyInstance, { core, documents }: EdgeDeps): void {
  const { discovery } = core.oauth;
  const config = { anonymous: true };

  for (const path of METADATA_PATHS)
    app.get<{ Params: AppParams }>(path, { config }, async ({ context, params }, reply) =>
      documents.send(reply, discovery.metadata(context, params.applicationId)),
    );

  // The vendor's own address of the same document.
  app.get('/oauth2/GetMeta', { config }, async (request, reply) => {
    const [, applicationId] =
      Object.entries(queryOf(request)).find(([name]) => name.toLowerCase() === 'servicename') ?? [];
    return documents.send(reply, discovery.metadata(request.context, String(applicationId ?? '')));
  });

  app.route<{ Params: AppParams }>({
    method: ['GET', 'POST'],
    url: '/oauth2/keys/:applicationId',
    config,
    handler: async ({ context, params }, reply) =>
      documents.send(reply, discovery.keys(context, params.applicationId)),
  });

  app.get<{ Params: AppParams }>(
    '/.well-known/oauth-protected-resource/:applicationId',
    { config },
    async ({ context, params }, reply) =>
      documents.send(reply, discovery.resourceOf(context, params.applicationId)),
  );

  app.get('/.well-known/oauth-protected-resource', { config }, async ({ context }, reply) =>
    documents.send(reply, discovery.resource(context)),
  );
}
