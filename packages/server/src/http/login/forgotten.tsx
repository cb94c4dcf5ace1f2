/** A forgotten password: the page that asks for the name, and the one that the mail leads to. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EdgeDeps } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { checkFormPost, formToken, sealToBrowser } from '../form-token.js';
import { Card, sendPage } from '../pages/layout.js';
import { type Text, wordsFor } from '../pages/words.js';
import { sendRefusal } from '../refusals.js';
import { loginPath } from './login-page.js';

const TITLE: Text = 'Forgotten password';
const field = z.string().catch('');
const ForgottenForm = z.object({ username: field.transform((name) => name.trim()), cloudRedirect: field });
const Token = z.object({ token: field });

export function forgottenRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { login } = deps.core;
  const config = { anonymous: true };

  app.get('/login/forgot', { config }, async (request, reply) => {
    requireMail();
    return showQuestion(request, reply, ForgottenForm.parse(request.query).cloudRedirect);
  });

  app.post('/login/forgot', { config }, async (request, reply) => {
    requireMail();
    checkFormPost(request);
    const { username, cloudRedirect } = ForgottenForm.parse(request.body ?? {});
    if (username === '') return showQuestion(request, reply, cloudRedirect);
    const { sessionId } = await login.start(request.context, username);
    const { say, told } = wordsFor(request);
    const step = await login.forgot(request.context, sessionId);
    const message = step.summary === 'NoncommitalSuccess' ? told(step.message) : say('That did not work.');
    const body = (
      <Card tenant={request.context.tenant.name} heading={say('Look into your mail')}>
        <p class="say">{message}</p>
        <p class="ways">
          <a href={loginPath(cloudRedirect)}>{say('Back to the sign-in')}</a>
        </p>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say(TITLE), body });
  });

  /** Nothing happens by opening the page: mail programs open links by themselves. */
  app.get('/login/recover', { config }, async (request, reply) => {
    const { token } = Token.parse(request.query);
    const asked = await login.recover(request.context, token);
    if (!asked)
      return sendRefusal(request, reply, {
        status: 400,
        code: 'expired',
        message: 'This link was used already, or has expired. Ask for a new one.',
        again: { href: '/login/forgot', text: 'Ask for a new link' },
      });
    const { say } = wordsFor(request);
    const formValue = formToken(request, reply, deps.secure);
    const body = (
      <Card tenant={request.context.tenant.name} heading={say('A new password')}>
        <p class="say">{say('Go on to choose the password of your account.')}</p>
        <form method="post" action="/login">
          <input type="hidden" name="form_token" value={formValue} />
          <input type="hidden" name="transaction" value={sealToBrowser(request, token)} />
          <input type="hidden" name="action" value="other" />
          <button id="signin" class="button primary" type="submit">
            {say('Continue')}
          </button>
        </form>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say(TITLE), body });
  });

  function requireMail(): void {
    if (!login.recovers)
      throw new HttpRefusal(404, 'passwords cannot be recovered here; ask your administrator');
  }

  function showQuestion(request: FastifyRequest, reply: FastifyReply, cloudRedirect: string) {
    const { say } = wordsFor(request);
    const body = (
      <Card tenant={request.context.tenant.name} heading={say('Forgot your password?')}>
        <p class="say">
          {say('Type your user name. The way to a new password goes to the mail address of that account.')}
        </p>
        <form method="post" action="/login/forgot">
          <input type="hidden" name="form_token" value={formToken(request, reply, deps.secure)} />
          <input type="hidden" name="cloudRedirect" value={cloudRedirect} />
          <div class="field">
            <label for="username">{say('User name')}</label>
            <input
              id="username"
              name="username"
              type="text"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              autofocus
            />
          </div>
          <button id="signin" class="button primary" type="submit">
            {say('Send the mail')}
          </button>
        </form>
        <p class="ways">
          <a href={loginPath(cloudRedirect)}>{say('Back to the sign-in')}</a>
        </p>
      </Card>
    );
    return sendPage(reply, { status: 200, title: say(TITLE), body });
  }
}
