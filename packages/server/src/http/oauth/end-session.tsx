import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EndSession } from '../../core/oauth/end-session.js';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { sendPage } from '../pages/layout.js';
import { SignOutQuestion } from '../pages/sign-out-question.js';
import { sendSignedOut } from '../pages/signed-out-page.js';
import { wordsFor } from '../pages/words.js';
import { clearSessionCookie, cookieSession } from '../session-cookie.js';
import { objectMoved } from './object-moved.js';
import { type AppParams, type AppRequest, formOf, queryAndForm } from './request.js';

/** Signing out by an app: asks, by GET, and does it by the POST of its own page. Rule 12. */
export function endSessionRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { core } = deps;
  const config = { anonymous: true };
  const url = '/oauth2/endsession/:applicationId';

  app.get<{ Params: AppParams }>(url, { config }, async (request, reply) => {
    const asked = await wanted(request);
    const session = await cookieSession(request, deps);
    if (!session) return signedOut(request, reply, asked);
    const fields = { ...asked.parameters, form_token: formToken(request, reply, deps.secure) };
    const action = endpoint(asked.applicationId);
    const { tenant } = request.context;
    const body = <SignOutQuestion tenant={tenant.name} session={session} action={action} fields={fields} />;
    const formAction = asked.location === null ? [] : [asked.location];
    return sendPage(reply, { status: 200, title: wordsFor(request).say('Sign out'), body, formAction });
  });

  app.post<{ Params: AppParams }>(url, { config }, async (request, reply) => {
    if (formOf(request).form_token === undefined) return asGet(request, reply);
    checkFormPost(request);
    const asked = await wanted(request);
    const session = await cookieSession(request, deps);
    const frames = session ? await core.sessions.end(request.context, session.sessionId) : [];
    clearSessionCookie(reply, deps);
    return signedOut(request, reply, asked, frames);
  });

  function wanted(request: AppRequest): Promise<EndSession> {
    const { applicationId } = request.params;
    const { form_token: _, ...parameters } = queryAndForm(request);
    if (typeof parameters.ui_locales === 'string') request.uiLocales = parameters.ui_locales;
    return core.oauth.endSession(request.context, { applicationId, parameters });
  }

  /** A POST of another site comes without the session's cookie; the GET that follows brings it. */
  async function asGet(request: AppRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { applicationId, parameters } = await wanted(request);
    return objectMoved(reply, `${endpoint(applicationId)}?${new URLSearchParams(parameters)}`);
  }
}

function endpoint(applicationId: string): string {
  return `/oauth2/endsession/${applicationId}`;
}

function signedOut(
  request: FastifyRequest,
  reply: FastifyReply,
  { location }: EndSession,
  frames: readonly string[] = [],
): FastifyReply {
  return sendSignedOut(reply, { tenant: request.context.tenant.name, frames, location });
}
