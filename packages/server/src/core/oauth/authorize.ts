/**
 * The authorization endpoint and the answer to its consent page. A request is checked, then dispatched by what is
 * still missing: a sign-in, access to the app, consent; each of these returns here, and this alone chooses the next.
 * @see RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2
 */
import type { Clock } from '../../kit/clock.js';
import type { Subject } from '../access.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import { type Policy, profileNamed, unmet } from '../login/policy.js';
import type { LogoutNotices } from '../logout/logout-notices.js';
import type { Store } from '../ports.js';
import { asKnownNow, type Principal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import type { TokenMint } from '../tokens/issuer.js';
import type { Keys } from '../tokens/keys.js';
import type { Subjects } from '../tokens/subjects.js';
import type { Urls } from '../urls.js';
import { servedApp } from './app.js';
import {
  type AuthorizeAnswer,
  createChecks,
  NotByRedirect,
  promptsOf,
  scopeOf,
  type TrustedRequest,
  trust,
} from './authorization-request.js';
import { answerTo, createAuthorizationResponses } from './authorization-response.js';
import type { ClientAuth } from './client-auth.js';
import { createConsentBook, questionOf } from './consent.js';
import { createExpectedUser } from './expected-user.js';
import { type RawParameters, readParameters, required } from './parameters.js';
import { alreadyAnswered, createParking, type Parked } from './parking.js';
import type { PushedRequests } from './pushed-requests.js';
import type { UnpackRequest } from './request-object.js';
import { mayUseTargets, type Resources } from './resource.js';
import { selectedScope } from './scope.js';
import { appTokenBegetsNothing, type Signer, signerOf } from './signer.js';

/** Parameters of a GET's query or a POST's form, and who sent them. */
export interface AuthorizeCall {
  readonly applicationId: string;
  readonly parameters: RawParameters;
  readonly principal: Principal | null;
}

/** The user's answer to the consent page. */
export interface ConfirmCall extends AuthorizeCall {
  /** Scopes ticked: the values of a repeated field, or the vendor's list with commas. */
  readonly scopes: readonly string[];
}

export interface AuthorizeEndpoint {
  /** Throws {@link OAuthError} for what must not travel by redirect. */
  authorize(context: RequestContext, call: AuthorizeCall): Promise<AuthorizeAnswer>;
  confirm(context: RequestContext, call: ConfirmCall): Promise<AuthorizeAnswer>;
}

interface AuthorizeDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  urls: Urls;
  keys: Keys;
  mint: TokenMint;
  clientAuth: ClientAuth;
  resources: Resources;
  pushed: Pick<PushedRequests, 'find'>;
  unpack: UnpackRequest;
  policy: Policy;
  subjects: Subjects;
  logout: Pick<LogoutNotices, 'participant'>;
}

export function createAuthorizeEndpoint(deps: AuthorizeDeps): AuthorizeEndpoint {
  const { store, clock, audit, directory, urls, clientAuth, pushed, unpack, policy } = deps;
  const checks = createChecks(clientAuth);
  const parking = createParking({ store, clock });
  const consents = createConsentBook({ read: store.read, clock });
  const responses = createAuthorizationResponses(deps);
  const expectsUser = createExpectedUser(deps);

  /** Runs `step`; what it refuses goes to the client by redirect. @see RFC 6749 section 4.1.2.1, RFC 9207 */
  async function answering(
    request: TrustedRequest,
    step: () => Promise<AuthorizeAnswer>,
  ): Promise<AuthorizeAnswer> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof OAuthError) || error instanceof NotByRedirect) throw error;
      const { context, app, client } = request;
      const facts = { appId: app.id, clientId: client.id, detail: `${error.error}: ${error.detail}` };
      await audit.append(context, 'authorize.denied', facts);
      return answerTo(request, urls, { error: error.error, error_description: error.message });
    }
  }

  /** What is still missing, in this order; when nothing is, what the client asked for. */
  async function dispatch(
    request: TrustedRequest,
    principal: Principal | null,
    parked: Parked | null,
  ): Promise<AuthorizeAnswer> {
    const { parameters } = request;
    const signer = signerOf(request, principal);
    // A client by its own token sees no page.
    const isSilent = signer?.kind === 'client' || promptsOf(parameters).includes('none');
    const { trace } = request.context;
    const isExpected = !signer || (await expectsUser(request, signer.subject.user.id));
    if (!signer || !isExpected || !isSignInFresh(request, signer, parked)) {
      if (isSilent) throw new OAuthError('login_required', 'the user must sign in');
      if (signer && !isExpected && parked && signer.authTime >= parked.parkedAt)
        throw new OAuthError('login_required', 'the request is about another user than the one signed in');
      trace?.needs('signIn', signer ? 'the user must sign in anew' : 'nobody is signed in');
      return signIn(request, parked, signer && 'login');
    }
    const { subject } = signer;
    noteSigner(request, signer, parked);
    requireAccess(request, subject);
    if (!(await meetsProfile(request, signer))) {
      if (isSilent) throw new OAuthError('login_required', 'the user must prove more than this session has');
      trace?.needs('profile', `met so far: ${signer.amr.join(' ')}`);
      return signIn(request, parked, 'step-up');
    }
    trace?.passed('profile', signer.amr.join(' '));
    const scope = scopeOf(request);
    if (await consents.isNeeded(request, subject, scope)) {
      if (isSilent) throw new OAuthError('consent_required', 'the user must consent');
      trace?.needs('consent', scope);
      const bounce = await parking.park(request, signer.sessionId, parked);
      return { kind: 'consent', question: questionOf(request, subject, scope, bounce) };
    }
    trace?.passed('consent', consentWords(request.app));
    return await responses.issue(request, signer, { scope, answers: parked?.keyHashes ?? [] });
  }

  /** Whether the session met what the app's profile asks now, and the profile that `acr_values` names. */
  async function meetsProfile(
    { context: { tenant }, app, parameters }: TrustedRequest,
    signer: Signer,
  ): Promise<boolean> {
    if (signer.kind === 'client') return true;
    const asked = profileNamed(tenant, parameters.get('acr_values'));
    if (asked && unmet(asked.challenges, signer.amr).length > 0) return false;
    return await policy.suffices(tenant, signer.subject, app.id, signer);
  }

  /** Parks the request and sends the browser to the login page, spelled as the vendor does. */
  async function signIn(
    request: TrustedRequest,
    before: Parked | null,
    again: 'login' | 'step-up' | null,
  ): Promise<AuthorizeAnswer> {
    const bounce = await parking.park(request, null, before);
    const hint = request.parameters.get('login_hint');
    const username = hint === undefined ? '' : `&username=${encodeURIComponent(hint)}`;
    const target = `Oauth2/Authorize/${request.app.applicationId}?bounce=${bounce}`;
    const prompt = again ? `&prompt=${again}` : '';
    return {
      kind: 'redirect',
      location: `/login?cloudRedirect=${encodeURIComponent(target)}${prompt}${username}`,
    };
  }

  /** `prompt=login` and `max_age` ask for a sign-in later than the request itself. */
  function isSignInFresh(
    { client, parameters }: TrustedRequest,
    { authTime }: Signer,
    parked: Parked | null,
  ): boolean {
    if (parked && authTime >= parked.parkedAt) return true;
    const prompts = promptsOf(parameters);
    if (prompts.includes('login') || prompts.includes('select_account')) return false;
    const maxAge = parameters.get('max_age') ?? client.registered?.metadata.default_max_age;
    return maxAge === undefined || clock.now() - authTime <= Number(maxAge) * 1000;
  }

  return {
    async authorize(context, { applicationId, parameters: raw, principal: signedIn }) {
      const sent = readParameters(raw);
      await directory.catchUp();
      const principal = signedIn && (await asKnownNow(directory, signedIn));
      const app = await servedApp(directory, context, applicationId);
      const bounce = sent.get('bounce');
      const parked = bounce === undefined ? await pushed.find(app, sent) : await parking.find(app.id, bounce);
      const parameters = parked?.parameters ?? (await unpack(context, app, sent));
      noteParked(context, parked);
      const request = await trust(deps, context, app, parameters);
      return await answering(request, async () => {
        if (app.settings.generalUsage.requirePar && !parked) throw notPushed();
        for (const check of checks) await check(request);
        return await dispatch(request, principal, parked);
      });
    },

    async confirm(context, { applicationId, parameters: raw, principal: signedIn, scopes }) {
      const sent = readParameters(raw, ['scopes', 'deniedScopes']);
      await directory.catchUp();
      const principal = signedIn && (await asKnownNow(directory, signedIn));
      const app = await servedApp(directory, context, applicationId);
      if (principal?.kind === 'token') throw appTokenBegetsNothing();
      const parked = await parking.find(app.id, required(sent, 'bounce'));
      if (!principal || parked.shownTo !== principal.sessionId) throw alreadyAnswered();
      const isAllowed = required(sent, 'result') === '1';
      noteParked(context, parked);
      const request = await trust(deps, context, app, parked.parameters);
      return answering(request, async () => {
        for (const check of checks) await check(request);
        const { subject } = principal;
        noteSigner(request, principal, null);
        requireAccess(request, subject);
        if (!(await meetsProfile(request, principal))) return signIn(request, parked, 'step-up');
        const asked = scopeOf(request);
        const answers = parked.keyHashes;
        if (!isAllowed) {
          await responses.deny(request, principal, answers);
          throw new OAuthError('access_denied', 'User denied confirmation');
        }
        const scope = app.settings.scope.allowScopeSelection ? selected(asked, scopes) : asked;
        const consent = await consents.entryFor(request, subject, scope);
        return responses.issue(request, principal, { scope, answers, allowed: { consent } });
      });
    },
  };
}

/** @see RFC 9126 section 4 */
function notPushed(): OAuthError {
  return new OAuthError('invalid_request', 'the app takes pushed authorization requests only');
}

function noteParked({ trace }: RequestContext, parked: Parked | null): void {
  if (!trace || !parked) return;
  for (const keyHash of parked.keyHashes) trace.link('parked', keyHash);
  trace.passed('waiting');
}

/** A sign-in since the request was parked is the one that it waited for. */
function noteSigner({ context: { trace } }: TrustedRequest, signer: Signer, parked: Parked | null): void {
  if (!trace) return;
  const { id: userId, loginName: userName } = signer.subject.user;
  trace.about({ userId, userName });
  trace.passed('signIn', userName);
  if (parked && signer.kind === 'session' && signer.authTime >= parked.parkedAt)
    trace.link('signIn', `${signer.sessionId} ${signer.authTime}`);
}

function consentWords({ settings }: TrustedRequest['app']): string {
  return settings.scope.userMustConfirm ? 'given before' : 'the app does not ask for it';
}

/** Rule 1, at authorize. */
function requireAccess({ context, app, targets }: TrustedRequest, subject: Subject): void {
  if (mayUseTargets(subject, [{ app }, ...targets])) {
    context.trace?.passed('access', subject.user.loginName);
    return;
  }
  throw new OAuthError(
    'access_denied',
    'the user may not use this app',
    `rule 1: ${subject.user.loginName} holds no role of the User Access of the app, or of the API asked for`,
  );
}

/** At least one of the scopes asked for. */
function selected(asked: string, ticked: readonly string[]): string {
  const scope = selectedScope(asked, ticked);
  if (scope === '') throw new OAuthError('access_denied', 'the user allowed no scope');
  return scope;
}
