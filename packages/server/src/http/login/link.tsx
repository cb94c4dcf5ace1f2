/** The page behind the link of a message: it lets a sign-in that waits on another device go on, or ends it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { z } from 'zod';
import type { WaitingSignIn } from '../../core/login/approvals.js';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken } from '../form-token.js';
import { Card, sendPage } from '../pages/layout.js';
import { useWords, wordsFor } from '../pages/words.js';
import { sendRefusal } from '../refusals.js';

const field = z.string().catch('');
const Token = z.object({ token: field });
const Decision = z.object({ token: field, decision: field });

export function linkRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { approvals } = deps.core;
  const config = { anonymous: true };

  /** Nothing happens by opening the page: mail programs open links by themselves. */
  app.get('/login/link', { config }, async (request, reply) => {
    const { token } = Token.parse(request.query);
    const waiting = await approvals.find(request.context, token);
    if (!waiting) return isOver(request, reply);
    const { say } = wordsFor(request);
    const formValue = formToken(request, reply, deps.secure);
    const body = (
      <Card tenant={request.context.tenant.name} heading={say('Is this you?')}>
        <SignInFacts waiting={waiting} />
        <form method="post" action="/login/link">
          <input type="hidden" name="form_token" value={formValue} />
          <input type="hidden" name="token" value={token} />
          <div class="actions">
            <button id="deny" class="button" type="submit" name="decision" value="deny">
              {say('No, end it')}
            </button>
            <button id="approve" class="button primary" type="submit" name="decision" value="approve">
              {say('Yes, sign me in')}
            </button>
          </div>
        </form>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say('Confirm a sign-in'), body });
  });

  app.post('/login/link', { config }, async (request, reply) => {
    checkFormPost(request);
    const { token, decision } = Decision.parse({ ...queryOf(request), ...bodyOf(request) });
    const isApproved = decision === 'approve';
    if (!(await approvals.decide(request.context, token, isApproved))) return isOver(request, reply);
    const { say } = wordsFor(request);
    const body = (
      <Card tenant={request.context.tenant.name} heading={say(isApproved ? 'Confirmed' : 'Ended')}>
        <p>
          {say(
            isApproved
              ? 'The sign-in goes on where it was begun. You can close this page.'
              : 'The sign-in was ended. Whoever began it knows your password: change it.',
          )}
        </p>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say('Confirm a sign-in'), body });
  });
}

/** Who signs in, from where, with what. */
export function SignInFacts({ waiting }: { waiting: WaitingSignIn }): VNode {
  const { loginName, source, userAgent, startedAt } = waiting;
  const { say } = useWords();
  return (
    <dl class="facts">
      <dt>{say('User')}</dt>
      <dd>{loginName}</dd>
      <dt>{say('Address')}</dt>
      <dd>{source}</dd>
      <dt>{say('Program')}</dt>
      <dd>{userAgent === '' ? say('unknown') : userAgent}</dd>
      <dt>{say('Begun')}</dt>
      <dd>{new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19)} UTC</dd>
    </dl>
  );
}

function isOver(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'This sign-in is over, was decided already, or has expired.';
  return sendRefusal(request, reply, { status: 400, code: 'expired', message });
}

function queryOf({ query }: FastifyRequest): object {
  return typeof query === 'object' && query !== null ? query : {};
}

function bodyOf({ body }: FastifyRequest): object {
  return typeof body === 'object' && body !== null ? body : {};
}
