/** The sign-in page as plain forms. Its script takes the first step by Start/AdvanceAuthentication, and waits. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { z } from 'zod';
import type { LoginPackage, LoginStep } from '../../core/login/login.js';
import type { OfferedMechanism } from '../../core/login/package.js';
import { asksForDevice, profileNamed } from '../../core/login/policy.js';
import type { Answer, Shown } from '../../core/mechanisms/mechanism.js';
import type { Tenant } from '../../core/model.js';
import { type WaitingRequest, waitingRequest } from '../../core/oauth/parking.js';
import { type ShownClient, shownClient } from '../../core/registration/shown-client.js';
import type { EdgeDeps } from '../context.js';
import { checkFormPost, formToken, openFromBrowser, sealToBrowser } from '../form-token.js';
import { picturesOf } from '../pages/asking-client.js';
import { sendPage } from '../pages/layout.js';
import type { Text } from '../pages/words.js';
import { sendRefusal } from '../refusals.js';
import { cookieSession, setDeviceCookie, setSessionCookie } from '../session-cookie.js';
import { AnswerPage, ChoicePage } from './challenge-page.js';
import { localPath } from './local-path.js';
import { CredentialsPage, type LoginForm, loginPath } from './login-page.js';

/** Title of the page, as the vendor's samples look for it. */
const TITLE = 'User Portal';
const FAILED: Text = 'That did not work. Check it and try again.';
const FAILED_LATER: Text =
  'That answer was not right, and the sign-in has ended. Start again with your password.';
const STARTED_ANEW: Text = 'That sign-in has expired. Start again.';
const INCOMPLETE: Text = 'Enter your name and your password.';
const NOT_YET: Text = 'It is not confirmed yet. Confirm it, then go on.';
const UNSATISFIABLE: Text =
  'Your account lacks a way of signing in that is asked for here. Contact your administrator.';

/** A field of a form or query: one string, whatever came. */
const field = z.string().catch('');
const LoginQuery = z.object({ cloudRedirect: field, username: field, prompt: field });
const ACTIONS = ['answer', 'choose', 'poll', 'retry', 'other', 'passkey'] as const;
const LoginPost = z.object({
  cloudRedirect: field,
  username: field.transform((name) => name.trim()),
  persistent: field.transform((word) => word === 'true'),
  remember: field.transform((word) => word === 'true'),
  password: field,
  /** A login that the page's script began, by its SessionId. */
  session: field,
  transaction: field,
  mechanism: field,
  action: z.enum(ACTIONS).catch('answer'),
  answer: field,
  number: field,
});
type LoginPost = z.infer<typeof LoginPost>;
type Carried = Pick<LoginForm, 'cloudRedirect' | 'username' | 'persistent' | 'remember'>;

/** The page under way, and the login that its form carries along. */
interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  carried: Carried;
}

export function loginFormRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { login } = deps.core;
  const config = { anonymous: true };

  app.get('/login', { config }, async (request, reply) => {
    const { prompt, ...query } = LoginQuery.parse(request.query);
    const session = await cookieSession(request, deps);
    if (session && prompt !== 'login' && prompt !== 'step-up')
      return reply.redirect(localPath(query.cloudRedirect), 302);
    const exchange = { request, reply, carried: { ...query, persistent: false, remember: false } };
    if (!session || prompt !== 'step-up') return showCredentials(exchange, null);
    const step = await login.stepUp(
      request.context,
      session,
      aimsOf(request.context.tenant, await waiting(request, query)),
    );
    if (step === null) return reply.redirect(localPath(query.cloudRedirect), 302);
    const carried = { ...exchange.carried, username: session.subject.user.loginName };
    return goOn({ ...exchange, carried }, step);
  });

  app.post('/login', { config }, async (request, reply) => {
    checkFormPost(request);
    const post = LoginPost.parse(request.body ?? {});
    const exchange = { request, reply, carried: post };
    if (post.session !== '') return takeUp(exchange, post.session);
    if (post.transaction !== '') return takeStep(exchange, post);
    if (post.username === '' || post.password === '') return showCredentials(exchange, INCOMPLETE);
    return takeCredentials(exchange, post);
  });

  /** For the script, which has the browser offer the passkeys it knows beside the user name. */
  app.post('/login/passkey', { config }, async (request, reply) => {
    checkFormPost(request);
    const { cloudRedirect } = LoginQuery.parse(request.body ?? {});
    const aims = aimsOf(request.context.tenant, await waiting(request, { cloudRedirect }));
    const offer = await login.passkey.offer(request.context, aims);
    if (!offer) return reply.code(204).send();
    formToken(request, reply, deps.secure);
    reply.header('cache-control', 'no-store');
    return { options: offer.options, transaction: sealToBrowser(request, offer.sessionId) };
  });

  async function takeCredentials(exchange: Exchange, post: LoginPost) {
    const { context } = exchange.request;
    const started = await login.start(
      context,
      post.username,
      aimsOf(context.tenant, await waiting(exchange.request, post)),
    );
    const password = started.challenges[0]?.mechanisms.find(({ name }) => name === 'UP');
    if (!password) return showChallenge(exchange, started);
    const operation = { mechanismId: password.id, action: 'answer', answer: post.password } as const;
    return goOn(exchange, await login.advance(context, started.sessionId, [operation]));
  }

  /** Goes on where the script has brought the login to. */
  async function takeUp(exchange: Exchange, sessionId: string) {
    const asked = await login.current(exchange.request.context, sessionId);
    return asked ? showChallenge(exchange, asked) : showCredentials(exchange, FAILED);
  }

  async function takeStep(exchange: Exchange, post: LoginPost) {
    const { request } = exchange;
    const { context } = request;
    const sessionId = openFromBrowser(request, post.transaction);
    if (sessionId !== null && post.action === 'passkey')
      return goOn(exchange, await login.passkey.take(context, sessionId, post.answer));
    const asked = sessionId === null ? null : await login.current(context, sessionId);
    if (sessionId === null || !asked) return showCredentials(exchange, STARTED_ANEW);
    const chosen = asked.challenges[0]?.mechanisms.find(({ id }) => id === post.mechanism);
    if (post.action === 'other') return showChallenge(exchange, asked);
    if (chosen && (post.action === 'choose' || post.action === 'retry'))
      return present(exchange, asked, chosen);
    const answer = answerOf(request.body, post.answer);
    const action = post.action === 'poll' ? 'poll' : 'answer';
    const step = await login.advance(
      context,
      sessionId,
      [{ mechanismId: post.mechanism, action, answer }],
      post.remember,
    );
    if (step.summary === 'Failure' && action === 'answer') return showCredentials(exchange, FAILED_LATER);
    if (step.summary !== 'OobPending' || !chosen) return goOn(exchange, step);
    const number = /^\d{2}$/.test(post.number) ? { number: post.number } : {};
    return showAnswer(exchange, asked, chosen, number, NOT_YET);
  }

  async function goOn(exchange: Exchange, step: LoginStep): Promise<FastifyReply> {
    const { request, reply, carried } = exchange;
    switch (step.summary) {
      case 'Failure':
        return showCredentials(exchange, FAILED);
      // Nothing is under way on this page.
      case 'ChallengeMet':
      case 'OobPending':
        return showCredentials(exchange, STARTED_ANEW);
      case 'NoncommitalSuccess':
        return showCredentials(exchange, step.message, false);
      case 'CannotSatisfyChallenges':
        return sendRefusal(request, reply, {
          status: 403,
          code: 'access_denied',
          message: UNSATISFIABLE,
          again: { href: loginPath(''), text: 'Sign in as somebody else' },
        });
      case 'LoginSuccess':
        setSessionCookie(reply, deps, step.session, carried.persistent);
        setDeviceCookie(reply, deps, step.device);
        return reply.redirect(localPath(carried.cloudRedirect), reply.request.method === 'GET' ? 302 : 303);
      default:
        return showChallenge(exchange, step);
    }
  }

  /** A single mechanism needs no choosing. */
  function showChallenge(exchange: Exchange, asked: LoginPackage): Promise<FastifyReply> {
    const mechanisms = asked.challenges[0]?.mechanisms ?? [];
    const [only] = mechanisms;
    return only && mechanisms.length === 1
      ? present(exchange, asked, only)
      : showChoice(exchange, asked, mechanisms);
  }

  async function showChoice(exchange: Exchange, asked: LoginPackage, mechanisms: OfferedMechanism[]) {
    const form = await challengeForm(exchange, asked);
    return show(exchange, <ChoicePage {...form} mechanisms={mechanisms} />);
  }

  /** Starts the mechanism, so that what it sends is under way when the page is read. */
  async function present(
    exchange: Exchange,
    asked: LoginPackage,
    mechanism: OfferedMechanism,
  ): Promise<FastifyReply> {
    if (mechanism.answerType === 'Text') return showAnswer(exchange, asked, mechanism, {});
    const operation = { mechanismId: mechanism.id, action: 'start', answer: '' } as const;
    const step = await login.advance(exchange.request.context, asked.sessionId, [operation]);
    if (step.summary !== 'OobPending') return goOn(exchange, step);
    return showAnswer(exchange, asked, mechanism, step.shown);
  }

  async function showAnswer(
    exchange: Exchange,
    asked: LoginPackage,
    mechanism: OfferedMechanism,
    shown: Pick<Shown, 'number' | 'options'>,
    reminder?: string,
  ) {
    const form = await challengeForm(exchange, asked);
    const say = reminder === undefined ? form.say : { text: reminder, isError: true };
    const hasOthers = (asked.challenges[0]?.mechanisms.length ?? 0) > 1;
    const page = <AnswerPage {...form} {...{ say, mechanism, shown, hasOthers }} />;
    return show(exchange, page);
  }

  async function showCredentials(exchange: Exchange, text: string | null, isError = true) {
    const say = text === null ? null : { text, isError };
    return show(exchange, <CredentialsPage {...(await formOf(exchange, say))} />);
  }

  async function challengeForm(exchange: Exchange, asked: LoginPackage) {
    const say = asked.message === null ? null : { text: asked.message, isError: false };
    const form = await formOf(exchange, say);
    return { ...form, transaction: sealToBrowser(exchange.request, asked.sessionId) };
  }

  /** A form answered by the redirect of the waiting request must be allowed to lead there. */
  async function show({ request, reply, carried }: Exchange, body: VNode) {
    const asked = await waiting(request, carried);
    const redirect = asked?.redirectUri ?? null;
    const client = await clientOf(request.context.tenant, asked);
    return sendPage(reply, {
      status: 200,
      title: TITLE,
      body,
      formAction: redirect === null ? [] : [redirect],
      images: picturesOf(client),
      script: 'loginScript',
    });
  }

  /** The request that the sign-in serves; its client's languages are those of the page. */
  async function waiting(
    request: FastifyRequest,
    { cloudRedirect }: Pick<Carried, 'cloudRedirect'>,
  ): Promise<WaitingRequest | null> {
    const bounce = new URLSearchParams(cloudRedirect.split('?')[1]).get('bounce');
    const asked = bounce === null ? null : await waitingRequest(deps.core, bounce);
    request.uiLocales = asked?.uiLocales ?? null;
    return asked;
  }

  /** The registered client that waits for this sign-in; null for any other. */
  async function clientOf({ id }: Tenant, asked: WaitingRequest | null): Promise<ShownClient | null> {
    const { directory, oauth } = deps.core;
    const app = asked && (await directory.appById(id, asked.appId));
    if (!app || !oauth.clients.governs(app, asked.clientId)) return null;
    const client = await oauth.clients.find(app, asked.clientId);
    return client && shownClient(client);
  }

  async function formOf({ request, reply, carried }: Exchange, say: LoginForm['say']): Promise<LoginForm> {
    const { cloudRedirect, username, persistent, remember } = carried;
    const { tenant } = request.context;
    const asked = await waiting(request, carried);
    const appId = asked?.appId;
    const app = appId === undefined ? null : await deps.core.directory.appById(tenant.id, appId);
    return {
      tenant: tenant.name,
      formToken: formToken(request, reply, deps.secure),
      application: app?.applicationId ?? '',
      next: localPath(cloudRedirect),
      client: await clientOf(tenant, asked),
      recovers: login.recovers,
      approvalsUrl: `${deps.core.urls.publicUrl}/login/approvals`,
      knowsDevices: asksForDevice(tenant),
      ...{ cloudRedirect, username, persistent, remember, say },
    };
  }
}

function aimsOf(tenant: Tenant, waiting: WaitingRequest | null) {
  const profile = profileNamed(tenant, waiting?.acrValues)?.name;
  return { appId: waiting?.appId ?? null, profile };
}

/** One field, or one per question: `answer.{id}`. */
function answerOf(body: unknown, single: string): Answer {
  const fields = Object.entries(typeof body === 'object' && body !== null ? body : {});
  const parts = fields.flatMap(([name, value]: [string, unknown]) =>
    name.startsWith('answer.') && typeof value === 'string' ? [[name.slice('answer.'.length), value]] : [],
  );
  return parts.length > 0 ? Object.fromEntries(parts) : single;
}
