/**
 * Sign-in for a device that can show no page: it shows a short code, the user types it at `/device` in a browser of
 * theirs, and the device asks meanwhile whether they have allowed it. The request belongs to the session that first
 * typed its code: nobody who saw the code on a screen can answer in that user's stead. @see RFC 8628
 */
import { AUTH_METHOD_GRANT } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { newId, randomToken } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { RunningApp } from '../app-runtime.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import type { Policy } from '../login/policy.js';
import type { DeviceRequest } from '../model.js';
import { type Store, UniqueViolation } from '../ports.js';
import { asKnownNow, type SessionPrincipal } from '../principal.js';
import { type ShownClient, shownClient } from '../registration/shown-client.js';
import type { RequestContext } from '../request-context.js';
import type { Urls } from '../urls.js';
import { servedApp } from './app.js';
import type { ClientAuth } from './client-auth.js';
import { type AskedScope, askedScopes } from './consent.js';
import { readParameters } from './parameters.js';
import { grantedResource, mayUseTargets, type Resources, scopesOf } from './resource.js';
import { requestedScope, selectedScope } from './scope.js';
import { type ClientRequest, refuseInQuery } from './token.js';
import { createUserCodes } from './user-code.js';

/** Seconds that a code lives, and that a device waits between two questions. */
const LIFETIME = 600;
const INTERVAL = 5;

/** @see RFC 8628 section 3.2 */
export interface DeviceAuthorization {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

/** What the user is asked about a device. */
export interface DeviceQuestion {
  readonly appName: string;
  readonly clientId: string;
  /** Null for a public, unverified client. */
  readonly clientName: string | null;
  /** What a registered client says of itself; null for any other. */
  readonly registered: ShownClient | null;
  /** Address that the device asked from, and when, in epoch milliseconds. */
  readonly askedFrom: string;
  readonly askedAt: number;
  readonly isSelectable: boolean;
  readonly scopes: readonly AskedScope[];
  readonly resources: readonly string[];
}

/** `unknown`: no such code, not any more, another session's, or too many wrong ones were tried. */
export type Verification =
  | { readonly outcome: 'question'; readonly question: DeviceQuestion }
  | { readonly outcome: 'unknown' | 'step-up' | 'no-access' };

export interface DeviceFlow {
  /** Begins a request. Throws {@link OAuthError}. */
  start(context: RequestContext, request: ClientRequest): Promise<DeviceAuthorization>;
  /** The user typed a code: binds the request to the session, and says what is asked. */
  verify(context: RequestContext, session: SessionPrincipal, userCode: string): Promise<Verification>;
  /** The user's answer, once. `scopes`: those ticked, where the app lets the user choose. */
  decide(
    context: RequestContext,
    session: SessionPrincipal,
    userCode: string,
    answer: { isAllowed: boolean; scopes: readonly string[] },
  ): Promise<'approved' | 'denied' | Exclude<Verification['outcome'], 'question'>>;
}

interface DeviceDeps {
  store: Store;
  clock: Clock;
  vault: Vault;
  audit: Audit;
  directory: Directory;
  urls: Urls;
  clientAuth: ClientAuth;
  resources: Resources;
  credentials: Pick<Credentials, 'guarded'>;
  policy: Pick<Policy, 'suffices'>;
}

/** A request that the user of the session may answer. */
interface Known {
  readonly outcome: 'known';
  readonly request: DeviceRequest;
  readonly app: RunningApp;
}

function noteRequest(
  { trace }: RequestContext,
  { subject: { user } }: SessionPrincipal,
  request: DeviceRequest | null,
): void {
  trace?.about({ userId: user.id, userName: user.loginName });
  trace?.passed('signIn', user.loginName);
  if (!request) return;
  trace?.about({ appId: request.appId, clientId: request.clientId });
  trace?.link('grant', request.grantId);
}

export function createDeviceFlow(deps: DeviceDeps): DeviceFlow {
  const { store, clock, audit, directory, urls, clientAuth, resources, credentials, policy } = deps;
  const userCodes = createUserCodes(deps.vault);

  /** A code already taken is as good as never; the second try takes another one. */
  async function insert(request: Omit<DeviceRequest, 'userCodeHash'>): Promise<string> {
    const userCode = userCodes.make();
    const row = { ...request, userCodeHash: userCodes.digest(userCode) ?? '' };
    try {
      await store.write((tx) => tx.deviceRequests.insert(row));
      return userCode;
    } catch (error) {
      if (error instanceof UniqueViolation) return insert(request);
      throw error;
    }
  }

  /** Guesses count against the user who makes them, and no right answer forgives them. Rule 14. */
  async function find(
    context: RequestContext,
    { subject, sessionId }: SessionPrincipal,
    userCode: string,
  ): Promise<DeviceRequest | null> {
    const digest = userCodes.digest(userCode);
    if (digest === null) return null;
    let found: DeviceRequest | null = null;
    const look = async () => {
      const request = await store.read.deviceRequests.findByUserCode(context.tenant.id, digest);
      const isOpen = request?.state === 'pending' && request.expiresAt > clock.now();
      if (isOpen && (request.sessionId === null || request.sessionId === sessionId)) found = request;
      return found !== null;
    };
    return (await credentials.guarded(context, `device:${subject.user.id}`, look, false)) ? found : null;
  }

  async function judged(
    context: RequestContext,
    session: SessionPrincipal,
    userCode: string,
  ): Promise<Known | { outcome: Exclude<Verification['outcome'], 'question'> }> {
    await directory.catchUp();
    const { tenant } = context;
    const now = await asKnownNow(directory, session);
    const request = now && (await find(context, now, userCode));
    noteRequest(context, session, request);
    const app = request && (await directory.appById(tenant.id, request.appId));
    if (!now || !request || !app?.enabled || !app.authMethods.has('deviceCode'))
      return { outcome: 'unknown' };
    if (!(await policy.suffices(tenant, now.subject, app.id, now))) return { outcome: 'step-up' };
    const targets = await resources.asked(context, app, request.resource ?? undefined);
    if (!mayUseTargets(now.subject, [{ app }, ...targets])) return { outcome: 'no-access' };
    return { outcome: 'known', request, app };
  }

  return {
    async start(context, { applicationId, authorization, query, body }) {
      refuseInQuery(query);
      const parameters = readParameters(body);
      await directory.catchUp();
      const app = await servedApp(directory, context, applicationId);
      const client = await clientAuth.authenticate(context, app, { authorization, parameters });
      if (!app.authMethods.has('deviceCode'))
        throw new OAuthError('unauthorized_client', 'the app does not allow the Auth Method deviceCode');
      if (client.registered && !client.registered.metadata.grant_types.includes(AUTH_METHOD_GRANT.deviceCode))
        throw new OAuthError('unauthorized_client', 'the client did not register the device grant');
      const targets = await resources.asked(context, app, parameters.get('resource'));
      const now = clock.now();
      const deviceCode = randomToken();
      const grantId = newId();
      context.trace?.about({ clientId: client.id });
      context.trace?.link('grant', grantId);
      context.trace?.needs('consent', 'the user enters the code that the device shows');
      const userCode = await insert({
        tenantId: context.tenant.id,
        codeHash: sha256(deviceCode),
        grantId,
        appId: app.id,
        clientId: client.id,
        scope: requestedScope(scopesOf(targets), parameters.get('scope')),
        resource: grantedResource(parameters, targets),
        askedFrom: context.source,
        state: 'pending',
        sessionId: null,
        userId: null,
        authTime: 0,
        amr: '',
        source: '',
        intervalSeconds: INTERVAL,
        polledAt: 0,
        createdAt: now,
        expiresAt: now + LIFETIME * 1000,
        redeemedAt: null,
      });
      const page = `${urls.publicUrl}/device`;
      return {
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${userCode}`,
        expires_in: LIFETIME,
        interval: INTERVAL,
      };
    },

    async verify(context, session, userCode) {
      const known = await judged(context, session, userCode);
      if (known.outcome !== 'known') return known;
      const { request, app } = known;
      const { sessionId, subject } = session;
      const isBound = await store.write((tx) =>
        tx.deviceRequests.bind(request.codeHash, sessionId, subject.user.id),
      );
      if (!isBound) return { outcome: 'unknown' };
      const client = await clientAuth.find(context, app, request.clientId);
      const targets = await resources.asked(context, app, request.resource ?? undefined);
      const question: DeviceQuestion = {
        appName: app.name,
        clientId: request.clientId,
        clientName: client?.user?.user.displayName ?? null,
        // The page of the device flow shows no pictures.
        registered: client?.registered ? { ...shownClient(client.registered), logo: null } : null,
        askedFrom: request.askedFrom,
        askedAt: request.createdAt,
        isSelectable: app.settings.scope.allowScopeSelection,
        ...askedScopes(app, targets, request.scope),
      };
      return { outcome: 'question', question };
    },

    async decide(context, session, userCode, { isAllowed, scopes }) {
      const known = await judged(context, session, userCode);
      if (known.outcome !== 'known') return known.outcome;
      const { request, app } = known;
      const { subject, sessionId, authTime, amr, source } = session;
      const scope = app.settings.scope.allowScopeSelection
        ? selectedScope(request.scope, scopes)
        : request.scope;
      const state = isAllowed && scope !== '' ? 'approved' : 'denied';
      const decision = { state, scope, authTime, amr: amr.join(' '), source } as const;
      const { id: userId, loginName: userName } = subject.user;
      const detail = `device: ${request.scope}`;
      const facts = { userId, userName, appId: app.id, clientId: request.clientId, detail };
      const type = state === 'approved' ? 'consent.allowed' : 'consent.denied';
      const event = audit.event(context, type, facts);
      const isFirst = await store.write(async (tx) => {
        if (!(await tx.deviceRequests.decide(request.codeHash, sessionId, decision))) return false;
        await tx.events.append(event);
        return true;
      });
      return isFirst ? state : 'unknown';
    },
  };
}
