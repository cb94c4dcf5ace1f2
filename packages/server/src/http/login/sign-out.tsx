/** Signing out by browser: a GET asks first, the form's POST does it. Rule 12. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { sendPage } from '../pages/layout.js';
import { SignOutQuestion } from '../pages/sign-out-question.js';
import { sendSignedOut } from '../pages/signed-out-page.js';
import { wordsFor } from '../pages/words.js';
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
    return sendPage(reply, { status: 200, title: wordsFor(request).say('Sign out'), body });
  });

  app.post('/logout', { config }, async (request, reply) => {
    checkFormPost(request);
    const { redirectUrl } = Redirect.parse(request.body ?? {});
    const session = await cookieSession(request, deps);
    const frames = session ? await core.sessions.end(request.context, session.sessionId) : [];
    clearSessionCookie(reply, deps);
    if (frames.length === 0) return signedOut(reply, redirectUrl);
    const { tenant } = request.context;
    return sendSignedOut(reply, { tenant: tenant.name, frames, location: targetOf(redirectUrl) });
  });
}

function signedOut(reply: FastifyReply, redirectUrl: string): FastifyReply {
  return reply.redirect(targetOf(redirectUrl), reply.request.method === 'GET' ? 302 : 303);
}

function targetOf(redirectUrl: string): string {
  return redirectUrl === '' ? '/login' : localPath(redirectUrl);
}
