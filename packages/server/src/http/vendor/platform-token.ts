/** `/OAuth2/RefreshPlatformToken`: a new JWT of the session, by the cookies that a vendor's client keeps. protocol 5.2 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PlatformToken } from '../../core/login/platform-tokens.js';
import type { EdgeDeps } from '../context.js';
import { checkFormPost } from '../form-token.js';
import { platformFields } from './authentication.js';
import { envelope, refusal, sendEnvelope } from './envelope.js';

export function platformTokenRoutes(app: FastifyInstance, { core, secure }: EdgeDeps): void {
  app.post('/oauth2/refreshplatformtoken', { config: { anonymous: true } }, async (request, reply) => {
    checkFormPost(request);
    const { context } = request;
    const { code } = context.tenant;
    await core.directory.ensureFresh();
    const sent = request.cookies[`refreshToken-${code}`] ?? '';
    const renewed = await core.platformTokens.renew(context, sent);
    if (!renewed)
      return sendEnvelope(
        reply,
        refusal('The session has ended. Sign in again.', context.correlationId),
        401,
      );
    setCookies(reply, code, renewed);
    return sendEnvelope(reply, envelope(platformFields(renewed)));
  });

  function setCookies(reply: FastifyReply, code: string, { token, refreshToken }: PlatformToken): void {
    const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    reply.setCookie(`idToken-${code}`, token, options);
    reply.setCookie(`refreshToken-${code}`, refreshToken, options);
  }
}
