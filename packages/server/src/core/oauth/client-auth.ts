/**
 * Who the client is, and whether it proved it. Rule 2: a client id that is the login name of a user flagged as OAuth
 * confidential client is a confidential client, its password the secret; any other is public.
 * @see RFC 6749 sections 2.2 and 2.3
 */
import type { Clock } from '../../kit/clock.js';
import type { Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { GeneratedSecrets } from '../login/client-secrets.js';
import type { Credentials } from '../login/credentials.js';
import { mustChangePassword } from '../login/password-life.js';
import type { Policy } from '../login/policy.js';
import { foldLoginName } from '../login-name.js';
import type { RegisteredClient } from '../model.js';
import type { Store } from '../ports.js';
import type { ClientKeys } from '../registration/client-keys.js';
import type { ClientRegistry } from '../registration/client-registry.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import { claimedClient, createAssertionCheck, JWT_BEARER } from './client-assertion.js';
import type { Parameters } from './parameters.js';

export interface Client {
  /** As tokens name it: the login name as stored, for a confidential client. */
  readonly id: string;
  /** The user whose secret authenticates it; null for a public or a registered client. */
  readonly user: Subject | null;
  /** What it registered, or describes itself by; null for every other client. */
  readonly registered: RegisteredClient | null;
}

/** Whether the client proves itself wherever it comes with a secret of its own. @see RFC 6749 section 2.1 */
export function isConfidential({ user, registered }: Client): boolean {
  return user !== null || (registered !== null && registered.metadata.token_endpoint_auth_method !== 'none');
}

/** Whether no person's password is its secret: that has an end, and its failures are forgiven by the next right one. */
export function isProgram({ user, registered }: Client): boolean {
  return registered !== null || user?.user.confidentialClient === true;
}

/** What an assertion presents. */
interface PresentedAssertion {
  readonly id: string;
  readonly assertion: string;
}

/** A client id with the secret that came beside it, as received and, where that differs, form-decoded. */
interface Presented {
  readonly id: string;
  readonly secret: string | null;
  readonly otherSpelling?: string;
}

export interface ClientAuth {
  /** The client of that id, if the app's Client ID Type admits it; unproved. */
  find(context: RequestContext, app: RunningApp, clientId: string): Promise<Client | null>;
  /** The client that sent the request, proved if it is confidential. Throws `invalid_client`. */
  authenticate(
    context: RequestContext,
    app: RunningApp,
    request: { authorization: string | undefined; parameters: Parameters },
  ): Promise<Client>;
  /** Whether the secret is the client's. Behind the lockout gate; costs the same for a client nobody knows. */
  proves(
    context: RequestContext,
    client: Client,
    presented: { secret: string; otherSpelling?: string | undefined },
  ): Promise<boolean>;
}

export function createClientAuth(deps: {
  clock: Clock;
  directory: Directory;
  policy: Pick<Policy, 'suffices'>;
  credentials: Pick<Credentials, 'check'>;
  store: Pick<Store, 'write'>;
  urls: Urls;
  registry: ClientRegistry;
  clientKeys: ClientKeys;
  secrets: Pick<GeneratedSecrets, 'matches' | 'forSigning'>;
}): ClientAuth {
  const { clock, directory, policy, credentials, urls, registry, clientKeys, secrets } = deps;
  const provesByAssertion = createAssertionCheck(deps);

  const find: ClientAuth['find'] = async (context, app, clientId) => {
    if (registry.governs(app, clientId)) {
      const registered = await registry.find(app, clientId);
      return registered && { id: registered.id, user: null, registered };
    }
    const { clientIdType, allowedClients, mustBeOAuthClient } = app.settings.generalUsage;
    const subject = await directory.subjectByLogin(context.tenant.id, clientId);
    const confidential = subject?.user.confidentialClient ? subject : null;
    const id = confidential?.user.loginName ?? clientId;
    const client: Client = { id, user: confidential, registered: null };
    if (clientIdType === 'anything') return client;
    if (clientIdType === 'list') return isListed(allowedClients, client) ? client : null;
    if (confidential) return client;
    if (subject === null || mustBeOAuthClient) return null;
    const isAdmitted = await signsInByPasswordAlone(context, app, subject);
    return isAdmitted ? { id: subject.user.loginName, user: subject, registered: null } : null;
  };

  async function signsInByPasswordAlone(
    { tenant, source }: RequestContext,
    app: RunningApp,
    subject: Subject,
  ): Promise<boolean> {
    if (mustChangePassword(subject.user, tenant, clock.now())) return false;
    return policy.suffices(tenant, subject, app.id, { amr: ['UP'], source });
  }

  const proves: ClientAuth['proves'] = async (context, client, { secret, otherSpelling }) => {
    if (client.registered) return provesByDigest(client.registered, [secret, otherSpelling]);
    const as = client.user && !client.user.user.confidentialClient ? 'person' : 'client';
    const verdict = await credentials.check(context, { loginName: client.id, secret, otherSpelling, as });
    return verdict.ok;
  };

  /** The secret is 256 random bits: nobody guesses it, so nobody is slowed down. */
  function provesByDigest({ secretDigest }: RegisteredClient, spellings: (string | undefined)[]): boolean {
    if (secretDigest === null) return false;
    return spellings.some((spelling) => spelling !== undefined && secrets.matches(secretDigest, spelling));
  }

  /** By the method it registered; the two ways of sending a secret are worth the same. */
  function byRegistration(client: Client, registered: RegisteredClient, presented: Presented): Client {
    const { token_endpoint_auth_method: method } = registered.metadata;
    if (method === 'none') return client;
    const { secret, otherSpelling } = presented;
    const isProved = secret !== null && provesByDigest(registered, [secret, otherSpelling]);
    if (method.endsWith('_jwt') || !isProved)
      throw invalidClient(`the client did not prove itself by its secret; it registered ${method}`);
    return client;
  }

  async function signedByRegistered(
    { id, tenantId, metadata }: RegisteredClient,
    assertion: string,
    audience: string[],
  ): Promise<boolean> {
    const { token_endpoint_auth_method: method, token_endpoint_auth_signing_alg: algorithm } = metadata;
    if (method === 'client_secret_jwt') {
      const { secret } = secrets.forSigning(tenantId, id);
      return provesByAssertion({ tenantId, id, clientId: id, secret }, assertion, audience, algorithm);
    }
    if (method !== 'private_key_jwt') return false;
    for (const isStale of [false, true]) {
      const jwks = await clientKeys.of(metadata, isStale);
      const signatory = { tenantId, id, clientId: id, jwks };
      if (await provesByAssertion(signatory, assertion, audience, algorithm)) return true;
      if (!metadata.jwks_uri) return false;
    }
    return false;
  }

  /** The reading of the client id that names a confidential client, else the first that names any. */
  async function claimed(context: RequestContext, app: RunningApp, readings: readonly Presented[]) {
    let found: { presented: Presented; client: Client } | null = null;
    for (const presented of readings) {
      const client = await find(context, app, presented.id);
      if (client?.user || client?.registered) return { presented, client };
      if (client) found ??= { presented, client };
    }
    return found;
  }

  async function byAssertion(
    context: RequestContext,
    app: RunningApp,
    { id, assertion }: PresentedAssertion,
  ): Promise<Client> {
    const client = await find(context, app, id);
    const registered = client?.registered;
    const user = client?.user?.user;
    const audience = [urls.issuer(app), urls.oauth('token', app)];
    const isProved = registered
      ? await signedByRegistered(registered, assertion, audience)
      : user?.enabled &&
        (await provesByAssertion({ ...user, clientId: user.loginName }, assertion, audience));
    if (!client || !isProved) throw invalidClient('the client assertion is not good, or was used before');
    return client;
  }

  return {
    find,
    proves,
    async authenticate(context, app, request) {
      const asserted = assertionOf(request);
      if (asserted) return byAssertion(context, app, asserted);
      const readings = presentedBy(request);
      const found = await claimed(context, app, readings);
      if (found?.client.registered)
        return byRegistration(found.client, found.client.registered, found.presented);
      if (found && !found.client.user) return found.client;
      const [presented] = found ? [found.presented] : readings;
      const { id = '', secret = null, otherSpelling } = presented ?? {};
      const client = found?.client ?? { id, user: null, registered: null };
      if (secret === null)
        throw invalidClient('a confidential client sent no secret, or the client is unknown');
      const isProved = await proves(context, client, { secret, otherSpelling });
      if (!isProved || !found) throw invalidClient('unknown client, or wrong secret');
      return client;
    },
  };
}

function isListed(allowed: readonly string[], { id, user }: Client): boolean {
  return allowed.some((listed) => listed === id || (user && foldLoginName(listed) === user.user.loginKey));
}

/** The client assertion, which stands alone; null when none came. @see RFC 7521 section 4.2 */
function assertionOf(request: {
  authorization: string | undefined;
  parameters: Parameters;
}): PresentedAssertion | null {
  const { authorization, parameters } = request;
  const assertion = parameters.get('client_assertion');
  const type = parameters.get('client_assertion_type');
  if (assertion === undefined && type === undefined) return null;
  if (assertion === undefined || type !== JWT_BEARER)
    throw new OAuthError('invalid_request', 'client_assertion needs the client_assertion_type jwt-bearer');
  if (parameters.has('client_secret') || /^basic /i.test(authorization ?? ''))
    throw new OAuthError('invalid_request', 'the client proves itself in more than one way');
  const id = claimedClient(assertion);
  if (id === null) throw invalidClient('the client assertion is no JWT about its client');
  if (parameters.get('client_id') !== undefined && parameters.get('client_id') !== id)
    throw invalidClient('client_id and client_assertion name different clients');
  return { id, assertion };
}

/** By Basic or in the body, never both. @see RFC 6749 section 2.3 */
function presentedBy(request: { authorization: string | undefined; parameters: Parameters }): Presented[] {
  const { authorization, parameters } = request;
  const id = parameters.get('client_id');
  const secret = parameters.get('client_secret') ?? null;
  if (authorization === undefined || !/^basic /i.test(authorization)) {
    if (id === undefined) throw invalidClient('no client_id');
    return [{ id, secret }];
  }
  if (secret !== null)
    throw new OAuthError('invalid_request', 'client credentials came both by Basic and in the body');
  const spellings = basicCredentials(authorization);
  if (id !== undefined && !spellings.some((spelling) => spelling.id === id))
    throw new OAuthError('invalid_request', 'client_id and Authorization name different clients');
  return spellings;
}

/**
 * Some libraries send the pair raw, some form-encode both halves: as received, then form-decoded where that differs.
 * @see RFC 6749 section 2.3.1 and appendix B
 */
export function basicCredentials(authorization: string): Presented[] {
  const encoded = authorization.slice('basic '.length).trim();
  const pair = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  const colon = pair.indexOf(':');
  if (colon < 1 || /[\p{Cc}\ufffd]/u.test(pair)) throw invalidClient('malformed Basic credentials');
  const [rawId, secret] = [pair.slice(0, colon), pair.slice(colon + 1)];
  const [id, decoded] = [formDecode(rawId), formDecode(secret)];
  if (id === null || decoded === null) return [{ id: rawId, secret }];
  if (id !== rawId)
    return [
      { id: rawId, secret },
      { id, secret: decoded },
    ];
  return [decoded === secret ? { id, secret } : { id, secret, otherSpelling: decoded }];
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** One answer for unknown, disabled, slowed and wrong. @see RFC 6749 section 5.2 */
function invalidClient(detail: string): OAuthError {
  return new OAuthError('invalid_client', 'client authentication failed', detail);
}
