/** `/Security/StartAuthentication` and `/Security/AdvanceAuthentication`: protocol sections 2 and 3. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LoginOperation, LoginStep } from '../../core/login/login.js';
import type { PlatformToken } from '../../core/login/platform-tokens.js';
import type { Answer } from '../../core/mechanisms/mechanism.js';
import type { Principal, SessionPrincipal } from '../../core/principal.js';
import { type EdgeDeps, SESSION_COOKIE } from '../context.js';
import { HttpRefusal } from '../errors.js';
import { checkFormPost } from '../form-token.js';
import { provedRequest } from '../proved-request.js';
import { setDeviceCookie, setSessionCookie } from '../session-cookie.js';
import { type Arguments, argumentsOf, flag, list, text } from './body.js';
import { envelope, refusal, sendEnvelope, textOrNull } from './envelope.js';
import { packageResult, VERSION, wireChallenge } from './package.js';

/** The one text of every failure, known to the vendor's clients. protocol 3.2 */
const FAILED =
  'Authentication (login or challenge) has failed. Please try again or contact your system administrator.';
const UNSATISFIABLE =
  'Your account lacks a way of signing in that is asked for here. Contact your system administrator.';
/** At most this many operations come in one call. */
const MOST_OPERATIONS = 10;

const ACTIONS = new Map<string, LoginOperation['action']>([
  ['answer', 'answer'],
  ['startoob', 'start'],
  ['retryoob', 'start'],
  ['poll', 'poll'],
]);

export function authenticationRoutes(app: FastifyInstance, deps: EdgeDeps): void {
  const { core } = deps;
  const podFqdn = new URL(core.urls.publicUrl).host;
  const config = { anonymous: true };

  app.post('/security/startauthentication', { config }, async (request, reply) => {
    const principal = await callerOf(request, deps);
    if (principal?.kind === 'token') throw byToken();
    const args = argumentsOf(request);
    const user = text(args, 'User')?.trim() ?? '';
    const { tenant, correlationId } = request.context;
    if ((text(args, 'Version') ?? VERSION) !== VERSION)
      return sendEnvelope(reply, refusal(`Version must be "${VERSION}".`, correlationId));
    if (user.startsWith('@')) return sendEnvelope(reply, envelope({ PodFqdn: podFqdn }));
    if (principal) return sendEnvelope(reply, envelope(signedInResult(request, principal, podFqdn)));
    if (user === '') return sendEnvelope(reply, refusal('User is missing.', correlationId));
    const appId = await appIdOf(request, core, text(args, 'ApplicationId'));
    const platformToken = flag(args, 'PlatformTokenResponse');
    const step = await core.login.start(request.context, user, { appId, platformToken });
    return sendEnvelope(reply, envelope(packageResult(step, tenant, core.login.recovers)));
  });

  app.post('/security/advanceauthentication', { config }, async (request, reply) => {
    const caller = await callerOf(request, deps);
    const args = argumentsOf(request);
    const { correlationId } = request.context;
    const sessionId = text(args, 'SessionId');
    if (caller?.kind === 'token' && !(await core.login.isOnDemand(request.context, sessionId ?? '')))
      throw byToken();
    if (sessionId && text(args, 'Action')?.toLowerCase() === 'forgotpassword')
      return sendStep(request, reply, await core.login.forgot(request.context, sessionId), podFqdn);
    const operations = operationsOf(args);
    if (!sessionId || !operations)
      return sendEnvelope(
        reply,
        refusal('SessionId, MechanismId or Action is missing or unknown.', correlationId),
      );
    const remember = flag(args, 'RememberDevice');
    const step = await core.login.advance(request.context, sessionId, operations, remember);
    if (step.summary === 'LoginSuccess') {
      setSessionCookie(reply, deps, step.session, flag(args, 'PersistentLogin'));
      setDeviceCookie(reply, deps, step.device);
    }
    const asked = step.summary === 'LoginSuccess' && step.platformToken;
    const platform = asked
      ? await core.platformTokens.issue(request.context, step.subject, step.session.session)
      : null;
    return sendStep(request, reply, step, podFqdn, platform);
  });
}

/** Rule 15: an app's access token must not beget a session. */
function byToken(): HttpRefusal {
  return new HttpRefusal(403, 'an access token cannot start a sign-in');
}

/** Whose cookie or token came along, if any. Refuses what rule 12 refuses. */
async function callerOf(request: FastifyRequest, { core }: EdgeDeps): Promise<Principal | null> {
  checkAnonymousPost(request);
  const { authorization } = request.headers;
  const cookie = request.cookies[SESSION_COOKIE];
  if (!authorization && !cookie) return null;
  await core.directory.ensureFresh();
  const { principal } = await core.authenticate(request.context, {
    authorization,
    cookie,
    proved: provedRequest(request, core.urls.publicUrl),
  });
  return principal;
}

/** JSON without any cookie, from no page, is a program's call: nothing rides on a browser there. Rule 12. */
function checkAnonymousPost(request: FastifyRequest): void {
  const { origin, cookie, 'content-type': type = 'application/json' } = request.headers;
  if (origin === undefined && cookie === undefined && /^application\/json\b/i.test(type)) return;
  checkFormPost(request);
}

/** What the call asks to be done, in order; null when any of it is not understood. */
function operationsOf(args: Arguments): LoginOperation[] | null {
  const several = list(args, 'MultipleOperations');
  const operations = (several.length > 0 ? several : [args]).map((operation): LoginOperation | null => {
    const mechanismId = text(operation, 'MechanismId');
    const action = ACTIONS.get((text(operation, 'Action') ?? 'answer').toLowerCase());
    return mechanismId && action ? { mechanismId, action, answer: answerOf(operation) } : null;
  });
  const understood = operations.filter((operation) => operation !== null);
  return understood.length === operations.length && operations.length <= MOST_OPERATIONS ? understood : null;
}

function sendStep(
  request: FastifyRequest,
  reply: FastifyReply,
  step: LoginStep,
  podFqdn: string,
  platform: PlatformToken | null = null,
): FastifyReply {
  const { summary } = step;
  const { tenant, correlationId } = request.context;
  switch (summary) {
    case 'Failure':
      return sendEnvelope(reply, refusal(FAILED, correlationId, { Summary: summary }));
    case 'CannotSatisfyChallenges':
      return sendEnvelope(reply, refusal(UNSATISFIABLE, correlationId, { Summary: summary }));
    case 'NoncommitalSuccess':
      return sendEnvelope(reply, envelope({ ClientMessage: step.message, Summary: summary }));
    case 'OobPending':
      return sendEnvelope(
        reply,
        envelope({
          Summary: summary,
          GeneratedAuthValue: step.shown.number ?? null,
          ...(step.shown.options ? { PublicKeyOptions: step.shown.options } : {}),
        }),
      );
    case 'ChallengeMet':
      return sendEnvelope(
        reply,
        envelope({
          ...userResult(step.subject.user, tenant.code, podFqdn),
          AuthLevel: authLevel(step.amr),
          Auth: null,
          Summary: 'LoginSuccess',
        }),
      );
    case 'LoginSuccess':
      return sendEnvelope(
        reply,
        envelope({
          ...userResult(step.subject.user, tenant.code, podFqdn),
          AuthLevel: authLevel(step.amr),
          Auth: step.session.handle,
          ...(platform && platformFields(platform)),
          Summary: summary,
        }),
      );
    default:
      return sendEnvelope(
        reply,
        envelope({
          SessionId: step.sessionId,
          Challenges: step.challenges.map(wireChallenge),
          ClientMessage: step.message,
          Summary: summary,
        }),
      );
  }
}

/** protocol 3.3 */
export function platformFields({ token, refreshToken, lifetime }: PlatformToken) {
  return { Token: token, RefreshToken: refreshToken, TokenLifetime: lifetime };
}

/** `High` once two mechanisms were met. */
function authLevel(amr: string[]): string {
  return amr.filter((name) => name !== 'RESET').length > 1 ? 'High' : 'Normal';
}

/** A caller who is signed in already learns who they are; the session's second handle was given once. */
function signedInResult({ context }: FastifyRequest, { subject }: SessionPrincipal, podFqdn: string) {
  return {
    ...userResult(subject.user, context.tenant.code, podFqdn),
    AuthLevel: 'Normal',
    Auth: null,
    Summary: 'LoginSuccess',
  };
}

function userResult(
  user: { id: string; loginName: string; displayName: string; email: string },
  tenantCode: string,
  podFqdn: string,
) {
  return {
    DisplayName: textOrNull(user.displayName),
    UserId: user.id,
    EmailAddress: textOrNull(user.email),
    UserDirectory: 'CDS',
    PodFqdn: podFqdn,
    User: user.loginName,
    CustomerID: tenantCode,
    SystemID: tenantCode,
    SourceDsType: 'CDS',
  };
}

/** The app that a client says it signs in to; what it may then do there is judged again when it does. */
async function appIdOf(
  { context }: FastifyRequest,
  core: EdgeDeps['core'],
  applicationId: string | null,
): Promise<string | null> {
  const app = applicationId && (await core.directory.app(context.tenant.id, applicationId));
  return app ? app.id : null;
}

/** A string, or strings by name where a mechanism asks several things. */
function answerOf(operation: Arguments): Answer {
  const given = operation.get('answer');
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return text(operation, 'Answer') ?? '';
  const parts = Object.entries(given).filter((part): part is [string, string] => typeof part[1] === 'string');
  return Object.fromEntries(parts);
}
