import type { Clock } from '../../kit/clock.js';
import { sameSecret, sha256 } from '../../kit/digest.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Policy } from '../login/policy.js';
import type { AuthorizationCode } from '../model.js';
import { codeHashOf } from '../oauth/code.js';
import { type Parameters, required } from '../oauth/parameters.js';
import type { Resources } from '../oauth/resource.js';
import { narrowedScope } from '../oauth/scope.js';
import type { Reader } from '../ports.js';
import { loadClaims } from '../tokens/claims-request.js';
import { newGrant, openFamily } from '../tokens/refresh-token.js';
import { type GrantRequest, mayRefresh, type TokenGrant } from './grant.js';

interface CodeDeps {
  read: Pick<Reader, 'codes'>;
  directory: Directory;
  clock: Clock;
  policy: Pick<Policy, 'suffices'>;
  resources: Resources;
}

/** A code for tokens, once. @see RFC 6749 section 4.1.3, RFC 7636 section 4.6 */
export function createAuthorizationCodeGrant(deps: CodeDeps): TokenGrant {
  const { read, directory, clock, policy, resources } = deps;

  return {
    grantType: 'authorization_code',
    confidentialOnly: false,
    deniedAs: 'invalid_grant',
    isAllowed: (app) => app.authMethods.has('authCode'),
    async authorize(request) {
      const { context, app, client, parameters, jkt } = request;
      const now = clock.now();
      const codeHash = codeHashOf(required(parameters, 'code'));
      const code = await read.codes.find(codeHash);
      if (code) context.trace?.link('grant', code.grantId);
      const refusal = code ? faultOf(code, request, now) : 'no such code';
      const subject = code && (await directory.subject(context.tenant.id, code.userId));
      if (!code || !subject || refusal) throw unknownCode(refusal ?? 'its user is gone');
      if (subject.user.validAfter > code.authTime) throw unknownCode('its user signed out everywhere since');
      // Rule 12.
      const sessionId = code.hasSession ? code.sessionId : null;
      if (sessionId === null && code.redeemedAt === null && !isOffline(code))
        throw unknownCode('its session has ended');
      const proof = { amr: code.amr.split(' '), source: code.source };
      if (!(await policy.suffices(context.tenant, subject, app.id, proof)))
        throw unknownCode('the authentication profile now asks for more than its sign-in met');

      const target = await resources.chosen(context, app, code.resource, parameters.get('resource'));
      context.trace?.passed('code', `for ${subject.user.loginName}`);
      if (code.codeChallenge !== null) context.trace?.passed('pkceVerifier', 'fits the code_challenge');
      const { tenantId, appId, clientId, userId } = code;
      const { scope, authTime, grantId, nonce } = code;
      const { amr, source, claims, resource } = code;
      const owner = { tenantId, id: grantId, appId, clientId, userId, sessionId };
      // Under the vendor's name `implicit` there never is one.
      const isRefreshable = mayRefresh(app, client) && parameters.get('grant_type') !== 'implicit';
      const facts = { scope, claims, resource, jkt, authTime, amr, source, ...owner };
      const grant = newGrant(facts, now, app.lifetimes.refresh);
      return {
        subject,
        scope: narrowedScope(target.app, scope, undefined),
        target,
        authTime,
        grantId,
        sessionId,
        nonce,
        amr: proof.amr,
        claims: loadClaims(claims),
        async settle(tx) {
          if (code.redeemedAt !== null || !(await tx.codes.redeem(codeHash, now)))
            return { outcome: 'reused' };
          const refreshToken = await openFamily(tx, grant, isRefreshable);
          return { outcome: 'spent', refreshToken };
        },
      };
    },
  };
}

/** @see OpenID Connect Core 1.0 section 11 */
function isOffline({ scope }: AuthorizationCode): boolean {
  return scope.split(' ').includes('offline_access');
}

/** Why this request may not have the code, or null. A spent code passes: its second use must be noticed. */
function faultOf(code: AuthorizationCode, request: GrantRequest, now: number): string | null {
  const { context, app, client, parameters } = request;
  if (code.tenantId !== context.tenant.id || code.appId !== app.id) return 'issued for another app';
  if (code.clientId !== client.id) return 'issued to another client';
  if (parameters.get('redirect_uri') !== code.redirectUri) return 'redirect_uri differs';
  if (code.redeemedAt === null && code.expiresAt <= now) return 'expired';
  if (code.jkt !== null && code.jkt !== request.jkt) return 'bound to another key';
  return pkceFault(code.codeChallenge, parameters);
}

/** A challenge needs its verifier, and a verifier its challenge. @see RFC 7636 section 4.6, RFC 9700 section 4.8 */
function pkceFault(challenge: string | null, parameters: Parameters): string | null {
  const verifier = parameters.get('code_verifier');
  if (challenge === null) return verifier === undefined ? null : 'code_verifier without a code_challenge';
  if (verifier === undefined) return 'code_verifier is missing';
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return 'code_verifier is malformed';
  return sameSecret(sha256(verifier), challenge) ? null : 'code_verifier does not fit';
}

function unknownCode(detail: string): OAuthError {
  return new OAuthError('invalid_grant', 'supplied code does not match known request', `code: ${detail}`);
}
