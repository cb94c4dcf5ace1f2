import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthorizeAnswer } from '../../core/oauth/authorization-request.js';
import type { Principal } from '../../core/principal.js';
import { type EdgeDeps, SESSION_COOKIE } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { picturesOf } from '../pages/asking-client.js';
import { sendPage } from '../pages/layout.js';
import { wordsFor } from '../pages/words.js';
import { provedRequest } from '../proved-request.js';
import { ConsentPage } from './consent-page.js';
import { FormPostPage } from './form-post-page.js';
import { objectMoved } from './object-moved.js';
import { type AppParams, queryAndForm } from './request.js';

/** The authorization endpoint, and the form of its consent page. @see RFC 6749 section 3.1 */
export function authorizeRoutes(app: FastifyInstance, { core, secure, endpoints }: EdgeDeps): void {
  const config = { anonymous: true };

  app.route<{ Params: AppParams }>({
    method: ['GET', 'POST'],
    url: '/oauth2/authorize/:applicationId',
    config,
    handler: async (request, reply) => {
      const parameters = queryAndForm(request);
      if (typeof parameters.ui_locales === 'string') request.uiLocales = parameters.ui_locales;
      const call = {
        applicationId: request.params.applicationId,
        parameters,
        principal: await signedIn(request),
      };
      return send(request, reply, await core.oauth.authorize(request.context, call));
    },
  });

  app.post<{ Params: AppParams }>('/oauth2/confirm/:applicationId', { config }, async (request, reply) => {
    checkFormPost(request);
    const parameters = queryAndForm(request);
    const call = {
      applicationId: request.params.applicationId,
      parameters,
      principal: await signedIn(request),
      scopes: [parameters.scopes].flat().filter((scope) => typeof scope === 'string'),
    };
    return send(request, reply, await core.oauth.confirm(request.context, call));
  });

  /** By cookie, by a session's handle, or by an app's token, which core then refuses. */
  async function signedIn(request: FastifyRequest): Promise<Principal | null> {
    const { authorization } = request.headers;
    const cookie = request.cookies[SESSION_COOKIE];
    const { principal } = await core.authenticate(request.context, {
      authorization,
      cookie,
      proved: provedRequest(request, core.urls.publicUrl),
    });
    return principal;
  }

  function send(request: FastifyRequest, reply: FastifyReply, answer: AuthorizeAnswer): FastifyReply {
    if (answer.kind === 'redirect') return objectMoved(reply, answer.location);
    const { tenant } = request.context;
    if (answer.kind === 'form') {
      const { action, fields } = answer;
      const body = <FormPostPage tenant={tenant.name} action={action} fields={fields} />;
      const page = { status: 200, title: wordsFor(request).say('Continue'), body, formAction: [action] };
      return sendPage(reply, { ...page, script: 'submitScript' });
    }
    const { question } = answer;
    request.uiLocales = question.uiLocales;
    const token = formToken(request, reply, secure);
    const body = (
      <ConsentPage tenant={tenant.name} question={question} endpoints={endpoints} formToken={token} />
    );
    const formAction = [question.redirectUri];
    return sendPage(reply, {
      status: 200,
      title: wordsFor(request).say('Allow access'),
      body,
      formAction,
      images: picturesOf(question.registered),
    });
  }
}
