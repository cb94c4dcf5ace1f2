/** Who am I, and no more: whoami, logout and their relatives. protocol sections 3.4 and 4 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../core/principal.js';
import { type EdgeDeps, SESSION_COOKIE } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { clearSessionCookie, setSessionCookie } from '../session-cookie.js';
import { envelope, refusal, sendEnvelope, textOrNull } from './envelope.js';

export function securityRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { core } = deps;

  app.route({
    method: ['GET', 'POST'],
    url: '/security/whoami',
    handler: async (request, reply) => {
      const { user } = principalOf(request).subject;
      return sendEnvelope(
        reply,
        envelope({
          User: user.loginName,
          UserUuid: user.id,
          TenantId: request.context.tenant.code,
          UserName: user.loginName,
          DisplayName: textOrNull(user.displayName),
        }),
      );
    },
  });

  app.post('/security/logout', async (request, reply) => {
    await signOut(request, reply, deps);
    return sendEnvelope(reply, envelope(null));
  });

  app.post('/usermgmt/signoutcurrentsession', async (request, reply) => {
    await signOut(request, reply, deps);
    return sendEnvelope(reply, envelope(null));
  });

  app.post('/usermgmt/signouteverywhere', async (request, reply) => {
    const principal = principalOf(request);
    await core.sessions.endAllOf(request.context, principal.subject.user);
    if (principal.kind === 'token') await core.sessions.endToken(request.context, principal);
    clearSessionCookie(reply, deps);
    return sendEnvelope(reply, envelope(null));
  });

  app.post('/security/refreshtoken', async (request, reply) => {
    const principal = principalOf(request);
    if (principal.kind === 'token') throw new HttpRefusal(403, 'an access token cannot renew a session');
    const { correlationId, tenant } = request.context;
    const cookie = request.cookies[SESSION_COOKIE];
    const session = await core.store.read.sessions.find(tenant.id, principal.sessionId);
    if (!principal.byCookie || cookie === undefined || !session)
      return sendEnvelope(reply, refusal('There is no session cookie to renew.', correlationId));
    setSessionCookie(reply, deps, { cookie, session }, false);
    return sendEnvelope(reply, envelope(null));
  });
}

/** The caller, on routes behind the gate. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (!principal) throw new HttpRefusal(401, 'not signed in');
  return principal;
}

/** By session: the session ends. By an app's token: that token and its family end. Rule 12. */
async function signOut(request: FastifyRequest, reply: FastifyReply, deps: EdgeDeps): Promise<void> {
  const { context } = request;
  const { sessions } = deps.core;
  const principal = principalOf(request);
  if (principal.kind === 'token') return sessions.endToken(context, principal);
  await sessions.end(context, principal.sessionId);
  clearSessionCookie(reply, deps);
}
