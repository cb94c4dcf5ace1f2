import type { FastifyInstance } from 'fastify';
import { OAuthError } from '../../core/errors.js';
import type { EdgeDeps } from '../context.js';
import { VENDOR_FAMILIES } from '../vendor/families.js';
import { type AppParams, queryOf } from './request.js';

/** Every address of an app's metadata. @see OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3 */
const METADATA_PATHS = [
  '/:applicationId/.well-known/openid-configuration',
  '/.well-known/openid-configuration/:applicationId',
  '/.well-known/oauth-authorization-server/:applicationId',
];

/** First segments under which other pages and calls answer for whatever follows: an app may be called so too. */
const SHARED_SEGMENTS = ['my', 'manage', ...VENDOR_FAMILIES];

/** Documents that anyone may read. */
export function discoveryRoutes(app: FastifyInstance, { core, documents }: EdgeDeps): void {
  const { discovery } = core.oauth;
  const config = { anonymous: true, alwaysAnswered: true };

  for (const path of METADATA_PATHS)
    app.get<{ Params: AppParams }>(path, { config }, async ({ context, params }, reply) =>
      documents.send(reply, discovery.metadata(context, params.applicationId)),
    );

  for (const applicationId of SHARED_SEGMENTS)
    app.get(`/${applicationId}/.well-known/openid-configuration`, { config }, async ({ context }, reply) =>
      documents.send(reply, discovery.metadata(context, applicationId)),
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

  app.route({
    ...{ method: ['GET', 'POST'], url: '/oauth2/keys', config },
    handler: async () => {
      throw new OAuthError('invalid_request', 'bad URL: the key set is that of an app, /oauth2/keys/{appid}');
    },
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
