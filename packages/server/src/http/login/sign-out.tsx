/** Signing out by browser: a GET asks first, the form's POST does it. Rule 12. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { sendPage } from '../pages/layout.js';
import { SignOutQuestion } from '../pages/sign-out-question.js';
import { clearSessionCookie, cookieSession } from '../session-cookie.js';
import { localPath } from './local-path.js';

const Redirect = z.object({ redirectUrl: z.string().catch('') });

export function signOutRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { core } = deps;
  const config = { anonymous: true };

  app.get('/security/logout', { config }, async (request, reply) => {
    const { redirectUrl } = Redirect.parse(request.query);
    const session = await cookieSession(request, deps);
    if (!session) return signedOut(reply, redirectUrl);
    const fields = { form_token: formToken(request, reply, deps.secure), redirectUrl };
    const { tenant } = request.context;
    const body = <SignOutQuestion tenant={tenant.name} session={session} action="/logout" fields={fields} />;
    return sendPage(reply, { status: 200, title: 'Sign out', body });
  });

  app.post('/logout', { config }, async (request, reply) => {
    checkFormPost(request);
    const { redirectUrl } = Redirect.parse(request.body ?? {});
    const session = await cookieSession(request, deps);
    if (session) await core.sessions.end(request.context, session.sessionId);
    clearSessionCookie(reply, deps);
    return signedOut(reply, redirectUrl);
  });
}

function signedOut(reply: FastifyReply, redirectUrl: string): FastifyReply {
  const target = redirectUrl === '' ? '/login' : localPath(redirectUrl);
  return reply.redirect(target, reply.request.method === 'GET' ? 302 : 303);
}
