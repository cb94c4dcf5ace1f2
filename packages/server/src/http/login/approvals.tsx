/** Sign-ins on other devices that wait for the user of this session. */
import type { FastifyInstance } from 'fastify';
import type { VNode } from 'preact';
import { z } from 'zod';
import type { WaitingSignIn } from '../../core/login/approvals.js';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { Card, sendPage } from '../pages/layout.js';
import { type Text, useWords, wordsFor } from '../pages/words.js';
import { cookieSession } from '../session-cookie.js';
import { SignInFacts } from './link.js';
import { loginPath } from './login-page.js';

const TITLE: Text = 'Sign-ins to approve';
const PATH = '/login/approvals';
const field = z.string().catch('');
const Decision = z.object({ id: field, number: field.transform((text) => text.trim()), decision: field });
const SAID: Readonly<Record<'approved' | 'denied' | 'unknown', Text>> = {
  approved: 'Approved. The sign-in goes on where it was begun.',
  denied: 'The sign-in was ended. If it was not you who began it, change your password.',
  unknown: 'That sign-in is over.',
};

export function approvalRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { approvals } = deps.core;
  const config = { anonymous: true };

  app.get(PATH, { config }, async (request, reply) => {
    const session = await cookieSession(request, deps);
    if (!session) return reply.redirect(loginPath(PATH.slice(1)), 302);
    const waiting = await approvals.waitingFor(request.context, session);
    const { say } = wordsFor(request);
    const token = formToken(request, reply, deps.secure);
    const body = (
      <Card tenant={request.context.tenant.name} heading={say(TITLE)}>
        {waiting.length === 0 && (
          <p>{say('Nothing waits for you. Open this page again once you sign in elsewhere.')}</p>
        )}
        {waiting.map((one) => (
          <Question waiting={one} formToken={token} key={one.id} />
        ))}
        <p class="ways">
          <a href={PATH}>{say('Look again')}</a>
          <a href="/my">{say('User Portal')}</a>
        </p>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say(TITLE), body });
  });

  app.post(PATH, { config }, async (request, reply) => {
    checkFormPost(request);
    const session = await cookieSession(request, deps);
    if (!session) return reply.redirect(loginPath(PATH.slice(1)), 303);
    const { id, number, decision } = Decision.parse(request.body ?? {});
    const given = decision === 'approve' ? number : null;
    const { say } = wordsFor(request);
    const said = SAID[await approvals.decideInSession(request.context, session, id, given)];
    const body = (
      <Card tenant={request.context.tenant.name} heading={say(TITLE)}>
        <p>{say(said)}</p>
        <p class="ways">
          <a href={PATH}>{say('Back')}</a>
        </p>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say(TITLE), body });
  });
}

function Question({ waiting, formToken: token }: { waiting: WaitingSignIn; formToken: string }): VNode {
  const { say } = useWords();
  const label = `number-${waiting.id}`;
  return (
    <form method="post" action={PATH}>
      <input type="hidden" name="form_token" value={token} />
      <input type="hidden" name="id" value={waiting.id} />
      <SignInFacts waiting={waiting} />
      <div class="field">
        <label for={label}>{say('The number shown there')}</label>
        <input
          id={label}
          name="number"
          type="text"
          inputMode="numeric"
          class="code"
          autocomplete="off"
          required
        />
      </div>
      {waiting.code !== null && (
        <p class="fine">{say('Or type this code there: {code}', { code: waiting.code })}</p>
      )}
      <div class="actions">
        <button class="button" type="submit" name="decision" value="deny" formNoValidate>
          {say('No, end it')}
        </button>
        <button class="button primary" type="submit" name="decision" value="approve">
          {say('Yes, sign me in')}
        </button>
      </div>
    </form>
  );
}
