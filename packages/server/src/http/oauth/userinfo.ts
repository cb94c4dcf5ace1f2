import type { FastifyInstance } from 'fastify';
import { bearerToken } from '../../core/authenticate.js';
import type { EdgeDeps } from '../context.js';
import { type AppParams, type AppRequest, formOf, isForm } from './request.js';
import { sendJson } from './token.js';

/** GET and POST alike; a POST may hold the token in its form. @see OpenID Connect Core 1.0 section 5.3.1 */
export function userinfoRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  app.route<{ Params: AppParams }>({
    method: ['GET', 'POST'],
    url: '/oauth2/userinfo/:applicationId',
    config: { anonymous: true },
    handler: async (request, reply) => {
      const { applicationId } = request.params;
      const token = bearerToken(request.headers.authorization) ?? tokenInForm(request);
      return sendJson(reply, await core.oauth.userinfo(request.context, { applicationId, token }));
    },
  });
}

/** @see RFC 6750 section 2.2 */
function tokenInForm(request: AppRequest): string | null {
  if (!isForm(request)) return null;
  const { access_token: token } = formOf(request);
  return typeof token === 'string' && token !== '' ? token : null;
}
