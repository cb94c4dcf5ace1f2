/** What a user allowed a client, and whether it must be asked again. Contract section 7, Consent. */
import type { Clock } from '../../kit/clock.js';
import type { Subject } from '../access.js';
import { logoUrl } from '../admin/views.js';
import type { RunningApp } from '../app-runtime.js';
import type { Consent } from '../model.js';
import type { Reader } from '../ports.js';
import { isVouchedFor, type ShownClient, shownClient } from '../registration/shown-client.js';
import { readClaimsRequest } from '../tokens/claims-request.js';
import { claimsOfScope, USER_CLAIMS } from '../tokens/user-claims.js';
import { promptsOf, type TrustedRequest } from './authorization-request.js';
import { isConfidential } from './client-auth.js';
import { scopesOf, type Target } from './resource.js';
import { scopeNames } from './scope.js';

/** The question put to a signed-in user. */
export interface ConsentQuestion {
  readonly bounce: string;
  readonly applicationId: string;
  readonly appName: string;
  /** Address of the app's logo. */
  readonly logo: string | null;
  readonly clientId: string;
  /** The client's name for people, where it is a user of the directory; null for a public, unverified client. */
  readonly clientName: string | null;
  /** What a registered client says of itself; null for any other. */
  readonly registered: ShownClient | null;
  readonly redirectUri: string;
  readonly loginName: string;
  /** Languages that the client asked for. */
  readonly uiLocales: string | null;
  /** Names of the other apps for whose APIs the tokens will be. */
  readonly resources: readonly string[];
  /** Whether the user may leave scopes out. */
  readonly isSelectable: boolean;
  /** Claims about the user asked for one by one, beyond what the scopes tell. */
  readonly claims: readonly string[];
  readonly scopes: readonly AskedScope[];
}

/** Scopes that no app defines, in words. */
const BUILT_IN: Readonly<Record<string, string>> = {
  openid: 'Know that you signed in, and who you are',
  profile: 'Read your name',
  email: 'Read your e-mail address',
  address: 'Read your postal address',
  phone: 'Read your telephone number',
  offline_access: 'Keep this access after you sign out',
};

export interface ConsentBook {
  isNeeded(request: TrustedRequest, subject: Subject, scope: string): Promise<boolean>;
  /** The entry to keep after the user allowed `scope`; null where each request is asked about. */
  entryFor(request: TrustedRequest, subject: Subject, scope: string): Promise<Consent | null>;
}

export function createConsentBook(deps: { read: Pick<Reader, 'consents'>; clock: Clock }): ConsentBook {
  const { read, clock } = deps;

  async function allowedBefore({ app, client }: TrustedRequest, { user }: Subject): Promise<string[]> {
    const known = await read.consents.find(user.tenantId, user.id, app.id, client.id);
    return scopeNames(known?.scope ?? '');
  }

  return {
    async isNeeded(request, subject, scope) {
      if (promptsOf(request.parameters).includes('consent')) return true;
      const { app, client, targets } = request;
      // Anyone could have registered it: an open session alone must not let it in.
      const isStranger = client.registered !== null && !isVouchedFor(client.registered);
      if (!isStranger && ![app, ...targets.map((target) => target.app)].some(mustConfirm)) return false;
      if (!isRememberable(request) || claimsBeyond(request, scope).length > 0) return true;
      const allowed = await allowedBefore(request, subject);
      return scopeNames(scope).some((name) => !allowed.includes(name));
    },
    async entryFor(request, subject, scope) {
      if (!isRememberable(request)) return null;
      const allowed = new Set([...(await allowedBefore(request, subject)), ...scopeNames(scope)]);
      const { app, client } = request;
      const key = { tenantId: app.tenantId, userId: subject.user.id, appId: app.id, clientId: client.id };
      return { ...key, scope: [...allowed].join(' '), grantedAt: clock.now() };
    },
  };
}

function mustConfirm({ settings }: RunningApp): boolean {
  return settings.scope.userMustConfirm;
}

/**
 * Anyone can pose as a public client whose redirects are not its own, or sit behind a loopback or private-use redirect.
 * The scopes of another app's API may have the names of scopes allowed before. @see RFC 8252 section 8.6
 */
function isRememberable({ app, targets, client, redirectUri }: TrustedRequest): boolean {
  if (targets.some((target) => target.app.id !== app.id)) return false;
  return (isConfidential(client) || client.registered !== null) && redirectUri.startsWith('https://');
}

/** Claims of this server that the request asks for and its scopes do not hold: no scope remembers an answer to them. */
function claimsBeyond({ parameters }: TrustedRequest, scope: string): string[] {
  const { userinfo, idToken } = readClaimsRequest(parameters.get('claims'));
  const told = claimsOfScope(scope);
  const asked = new Set([...userinfo, ...idToken]);
  return USER_CLAIMS.filter((name) => asked.has(name) && !told.includes(name));
}

/** One scope in words. */
export interface AskedScope {
  readonly name: string;
  readonly description: string;
  /** Its patterns, where they are about this server. */
  readonly patterns: readonly string[];
  /** Whether they open the path `subject`, as `matchSubject` makes it. */
  opens(subject: string): boolean;
}

/** What a scope list means to a person, and which other apps' APIs it is about. */
export function askedScopes(app: RunningApp, targets: readonly Target[], scope: string) {
  const { scopes } = scopesOf(targets);
  const opens = app.template === 'OAuth2Client' ? app.scopes : null;
  return {
    resources: targets.filter((target) => target.app.id !== app.id).map((target) => target.app.name),
    scopes: scopeNames(scope).map((name) => ({
      name,
      description: scopes.get(name)?.description || BUILT_IN[name] || name,
      patterns: opens?.get(name)?.restRegex ?? [],
      opens: (subject: string) => app.opens(name, subject),
    })),
  };
}

export function questionOf(
  request: TrustedRequest,
  { user }: Subject,
  scope: string,
  bounce: string,
): ConsentQuestion {
  const { app, client, redirectUri, targets } = request;
  return {
    bounce,
    applicationId: app.applicationId,
    appName: app.name,
    logo: logoUrl(app),
    clientId: client.id,
    clientName: client.user?.user.displayName ?? null,
    registered: client.registered && shownClient(client.registered),
    redirectUri,
    uiLocales: request.parameters.get('ui_locales') ?? null,
    loginName: user.loginName,
    claims: claimsBeyond(request, scope),
    isSelectable: app.settings.scope.allowScopeSelection,
    ...askedScopes(app, targets, scope),
  };
}
