import type { FastifyInstance } from 'fastify';
import { presentedToken } from '../../core/authenticate.js';
import type { PresentedToken } from '../../core/possession.js';
import type { EdgeDeps } from '../context.js';
import { provedRequest } from '../proved-request.js';
import { type AppParams, type AppRequest, formOf, isForm } from './request.js';
import { sendJson, sendJwt } from './token.js';

/** GET and POST alike; a POST may hold the token in its form. @see OpenID Connect Core 1.0 section 5.3.1 */
export function userinfoRoutes(app: FastifyInstance, { core }: EdgeDeps): void {
  app.route<{ Params: AppParams }>({
    method: ['GET', 'POST'],
    url: '/oauth2/userinfo/:applicationId',
    config: { anonymous: true },
    handler: async (request, reply) => {
      const { applicationId } = request.params;
      const proved = provedRequest(request, core.urls.publicUrl);
      const presented = presentedToken(request.headers.authorization, proved) ?? tokenInForm(request);
      const { claims, jwt } = await core.oauth.userinfo(request.context, { applicationId, presented });
      return jwt === null ? sendJson(reply, claims) : sendJwt(reply, 'application/jwt', jwt);
    },
  });
}

/** @see RFC 6750 section 2.2 */
function tokenInForm(request: AppRequest): PresentedToken | null {
  if (!isForm(request)) return null;
  const { access_token: token } = formOf(request);
  if (typeof token !== 'string' || token === '') return null;
  return { token, scheme: 'Bearer', request: undefined };
}
