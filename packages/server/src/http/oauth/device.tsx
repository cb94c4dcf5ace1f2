/** Where a user types the code that a device shows. Plain forms; nothing is allowed without a press of a button. */
import type { Endpoint } from '@sallyport/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ComponentChildren, VNode } from 'preact';
import { z } from 'zod';
import type { DeviceQuestion, Verification } from '../../core/oauth/device.js';
import { appTokenBegetsNothing } from '../../core/oauth/signer.js';
import type { SessionPrincipal } from '../../core/principal.js';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { Card, sendPage } from '../pages/layout.js';
import { Say } from '../pages/say.js';
import { type Text, useWords, wordsFor } from '../pages/words.js';
import { cookieSession } from '../session-cookie.js';
import { Asker, DenyOrAllow, LetInAt, ScopeField } from './consent-page.js';

const TITLE: Text = 'Connect a device';
const PATH = '/device';
const field = z
  .string()
  .max(64)
  .catch('')
  .transform((text) => text.trim());
const Query = z.object({ user_code: field });
const Post = z.object({
  user_code: field,
  result: z.enum(['0', '1']).optional().catch(undefined),
  scopes: z
    .union([z.string(), z.array(z.string())])
    .transform((scopes) => [scopes].flat())
    .catch([]),
});

const SAID = {
  approved: 'Done. The device is connected; you may close this window and go on there.',
  denied: 'The device gets nothing. You may close this window.',
  'no-access': 'You may not use this app. Ask your administrator.',
  unknown:
    'This code is not known here: it may be mistyped, expired or already used. After several wrong codes, wait a while.',
} as const satisfies Record<string, Text>;

export function deviceRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { device } = deps.core.oauth;
  const config = { anonymous: true };

  app.get(PATH, { config }, async (request, reply) => {
    const { user_code: userCode } = Query.parse(request.query);
    const session = await signedIn(request);
    if (!session) return reply.redirect(loginFor(userCode), 302);
    return showForm(request, reply, session, userCode, null);
  });

  app.post(PATH, { config }, async (request, reply) => {
    checkFormPost(request);
    const { user_code: userCode, result, scopes } = Post.parse(request.body ?? {});
    const session = await signedIn(request);
    if (!session) return reply.redirect(loginFor(userCode), 303);
    const { context } = request;
    if (result === undefined)
      return answer(request, reply, session, userCode, await device.verify(context, session, userCode));
    const decision = { isAllowed: result === '1', scopes };
    const outcome = await device.decide(context, session, userCode, decision);
    if (outcome !== 'approved' && outcome !== 'denied')
      return answer(request, reply, session, userCode, { outcome });
    const heading = outcome === 'approved' ? 'Connected' : 'Not connected';
    const { say } = wordsFor(request);
    return send(reply, request, say(heading), <p id={outcome}>{say(SAID[outcome])}</p>);
  });

  /** By cookie alone: an app's token begets nothing. Rule 15. */
  async function signedIn(request: FastifyRequest): Promise<SessionPrincipal | null> {
    if (request.headers.authorization !== undefined) throw appTokenBegetsNothing();
    return cookieSession(request, deps);
  }

  function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    session: SessionPrincipal,
    userCode: string,
    verified: Verification,
  ): FastifyReply {
    if (verified.outcome === 'step-up') return reply.redirect(`${loginFor(userCode)}&prompt=step-up`, 303);
    if (verified.outcome !== 'question')
      return showForm(request, reply, session, userCode, SAID[verified.outcome]);
    const token = formToken(request, reply, deps.secure);
    const { loginName } = session.subject.user;
    const body = (
      <Question
        question={verified.question}
        endpoints={deps.endpoints}
        userCode={userCode}
        loginName={loginName}
        formToken={token}
      />
    );
    const heading = wordsFor(request).say('Allow access to {app}?', { app: verified.question.appName });
    return send(reply, request, heading, body);
  }

  function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    { subject }: SessionPrincipal,
    userCode: string,
    fault: Text | null,
  ): FastifyReply {
    const token = formToken(request, reply, deps.secure);
    const { loginName } = subject.user;
    const body = <CodeForm userCode={userCode} fault={fault} loginName={loginName} formToken={token} />;
    return send(reply, request, wordsFor(request).say(TITLE), body);
  }
}

function send(reply: FastifyReply, request: FastifyRequest, heading: string, children: ComponentChildren) {
  const body = (
    <Card tenant={request.context.tenant.name} heading={heading}>
      {children}
    </Card>
  );
  return sendPage(reply, { status: 200, title: wordsFor(request).say(TITLE), body });
}

function loginFor(userCode: string): string {
  const target = userCode === '' ? 'device' : `device?${new URLSearchParams({ user_code: userCode })}`;
  return `/login?${new URLSearchParams({ cloudRedirect: target })}`;
}

interface CodeFormProps {
  userCode: string;
  fault: Text | null;
  loginName: string;
  formToken: string;
}

function CodeForm({ userCode, fault, loginName, formToken: token }: CodeFormProps): VNode {
  const { say } = useWords();
  return (
    <form method="post" action={PATH}>
      <input type="hidden" name="form_token" value={token} />
      {fault !== null && (
        <p class="say error" role="alert" id="device-fault">
          {say(fault)}
        </p>
      )}
      <div class="field">
        <label for="user_code">{say('The code on the device')}</label>
        <input
          id="user_code"
          name="user_code"
          type="text"
          class="code"
          value={userCode}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxLength={20}
          required
          autofocus
        />
      </div>
      <p class="fine">
        <Say
          text="You are signed in as {name}. Go on only if the code is on a device in front of you: whoever sent you a code wants your access."
          values={{ name: <strong>{loginName}</strong> }}
        />
      </p>
      <div class="actions">
        <button id="continue" class="button primary" type="submit">
          {say('Continue')}
        </button>
      </div>
    </form>
  );
}

interface QuestionProps {
  question: DeviceQuestion;
  endpoints: readonly Endpoint[];
  userCode: string;
  loginName: string;
  formToken: string;
}

function Question({ question, endpoints, userCode, loginName, formToken: token }: QuestionProps): VNode {
  const { scopes, resources, isSelectable, askedFrom, askedAt } = question;
  const { say } = useWords();
  return (
    <>
      <Asker {...question} />
      <form method="post" action={PATH}>
        <input type="hidden" name="form_token" value={token} />
        <input type="hidden" name="user_code" value={userCode} />
        <fieldset>
          <legend>{say('It asks to:')}</legend>
          {scopes.map((scope) => (
            <ScopeField key={scope.name} scope={scope} endpoints={endpoints} isSelectable={isSelectable} />
          ))}
        </fieldset>
        <LetInAt resources={resources} />
        <p class="fine">
          <Say
            text="The device shows {code}; it asked from {place} at {time} UTC. You are signed in as {name}."
            values={{
              code: <strong>{userCode}</strong>,
              place: askedFrom,
              time: new Date(askedAt).toISOString().slice(11, 16),
              name: <strong>{loginName}</strong>,
            }}
          />
        </p>
        <DenyOrAllow />
      </form>
    </>
  );
}
