import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Policy } from '../login/policy.js';
import type { DeviceRequest } from '../model.js';
import { required } from '../oauth/parameters.js';
import type { Resources } from '../oauth/resource.js';
import { narrowedScope } from '../oauth/scope.js';
import type { Store } from '../ports.js';
import { NO_CLAIMS } from '../tokens/claims-request.js';
import { newGrant, openFamily } from '../tokens/refresh-token.js';
import { type GrantRequest, mayRefresh, type TokenGrant } from './grant.js';

/** Seconds that a device which asks too soon must wait longer from then on. */
const SLOW_DOWN = 5;

interface DeviceCodeDeps {
  store: Store;
  directory: Directory;
  clock: Clock;
  policy: Pick<Policy, 'suffices'>;
  resources: Resources;
}

/** A device code for tokens, once, after the user allowed it. @see RFC 8628 sections 3.4 and 3.5 */
export function createDeviceCodeGrant(deps: DeviceCodeDeps): TokenGrant {
  const { store, directory, clock, policy, resources } = deps;

  /** The device's question is written down, and answered as long as the user has said nothing. */
  async function stillWaiting({ codeHash, polledAt, intervalSeconds }: DeviceRequest): Promise<OAuthError> {
    const now = clock.now();
    const isTooSoon = now - polledAt < intervalSeconds * 1000;
    const seconds = isTooSoon ? intervalSeconds + SLOW_DOWN : intervalSeconds;
    await store.write((tx) => tx.deviceRequests.poll(codeHash, now, seconds));
    if (isTooSoon) return new OAuthError('slow_down', `ask every ${seconds} seconds from now on`);
    return new OAuthError('authorization_pending', 'the user has not answered yet');
  }

  /** The session the request was allowed in, unless it has ended since. Rule 12. */
  async function liveSession({ tenantId, sessionId }: DeviceRequest): Promise<string | null> {
    return sessionId && (await store.read.sessions.find(tenantId, sessionId)) && sessionId;
  }

  return {
    grantType: 'urn:ietf:params:oauth:grant-type:device_code',
    confidentialOnly: false,
    deniedAs: 'invalid_grant',
    isAllowed: (app) => app.authMethods.has('deviceCode'),
    async authorize(request) {
      const { context, app, parameters, jkt } = request;
      const now = clock.now();
      const codeHash = sha256(required(parameters, 'device_code'));
      const found = await store.read.deviceRequests.find(codeHash);
      if (!found || !isOf(found, request)) throw unknownCode('no such device code of this client and app');
      context.trace?.link('grant', found.grantId);
      if (found.redeemedAt === null && found.expiresAt <= now)
        throw new OAuthError('expired_token', 'the device code has expired: begin again');
      if (found.state === 'denied') throw new OAuthError('access_denied', 'the user denied the request');
      if (found.state !== 'approved' || found.userId === null) throw await stillWaiting(found);

      const subject = await directory.subject(context.tenant.id, found.userId);
      if (!subject) throw unknownCode('its user is gone');
      const { authTime, grantId, resource, amr, source, clientId } = found;
      if (subject.user.validAfter > authTime) throw unknownCode('its user signed out everywhere since');
      const sessionId = await liveSession(found);
      const isOffline = found.scope.split(' ').includes('offline_access');
      if (sessionId === null && found.redeemedAt === null && !isOffline)
        throw unknownCode('its session has ended');
      if (!(await policy.suffices(context.tenant, subject, app.id, { amr: amr.split(' '), source })))
        throw unknownCode('the authentication profile now asks for more than its sign-in met');

      context.trace?.passed('code', `for ${subject.user.loginName}`);
      const target = await resources.chosen(context, app, resource, parameters.get('resource'));
      const owner = { tenantId: app.tenantId, id: grantId, appId: app.id, clientId, userId: found.userId };
      const asked = { scope: found.scope, claims: null, resource, jkt };
      const facts = { sessionId, authTime, amr, source, ...owner, ...asked };
      const grant = newGrant(facts, now, app.lifetimes.refresh);
      return {
        subject,
        scope: narrowedScope(target.app, found.scope, undefined),
        target,
        authTime,
        grantId,
        sessionId,
        nonce: null,
        amr: amr.split(' '),
        claims: NO_CLAIMS,
        async settle(tx) {
          if (!(await tx.deviceRequests.redeem(codeHash, now))) return { outcome: 'reused' };
          const refreshToken = await openFamily(tx, grant, mayRefresh(app, request.client));
          return { outcome: 'spent', refreshToken };
        },
      };
    },
  };
}

function isOf(found: DeviceRequest, { context, app, client }: GrantRequest): boolean {
  return found.tenantId === context.tenant.id && found.appId === app.id && found.clientId === client.id;
}

function unknownCode(detail: string): OAuthError {
  return new OAuthError('invalid_grant', 'the device code is unknown or used', `device code: ${detail}`);
}
