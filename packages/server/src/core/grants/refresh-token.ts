import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Policy } from '../login/policy.js';
import type { Grant, RefreshToken } from '../model.js';
import { required } from '../oauth/parameters.js';
import type { Resources } from '../oauth/resource.js';
import { narrowedScope } from '../oauth/scope.js';
import type { Reader } from '../ports.js';
import { loadClaims } from '../tokens/claims-request.js';
import { periodTokenHash } from '../tokens/period-token.js';
import { rotate } from '../tokens/refresh-token.js';
import type { GrantRequest, TokenGrant } from './grant.js';

interface RefreshDeps {
  read: Pick<Reader, 'refreshTokens'>;
  directory: Directory;
  clock: Clock;
  policy: Pick<Policy, 'stillSuffices'>;
  resources: Resources;
  vault: Vault;
}

/** A refresh token for fresh tokens and its successor. @see RFC 6749 section 6, RFC 9700 section 4.14.2 */
export function createRefreshTokenGrant(deps: RefreshDeps): TokenGrant {
  const { read, directory, clock, policy, resources, vault } = deps;
  const successors = vault.derive('refresh token successors');
  return {
    grantType: 'refresh_token',
    confidentialOnly: false,
    deniedAs: 'invalid_grant',
    isAllowed: (app) => app.settings.tokens.issueRefreshTokens,
    async authorize(request) {
      const { context, app, parameters } = request;
      const now = clock.now();
      const presented = required(parameters, 'refresh_token');
      const token = await read.refreshTokens.find(periodTokenHash(presented));
      if (token?.tenantId !== context.tenant.id) throw badRefreshToken('no such refresh token');
      const { grant } = token;
      context.trace?.link('grant', grant.id);
      const refusal = faultOf(token, request, now);
      if (refusal) throw badRefreshToken(refusal);
      const subject = await directory.subject(context.tenant.id, grant.userId);
      if (!subject) throw badRefreshToken('its user is gone');
      if (subject.user.validAfter > grant.authTime)
        throw badRefreshToken('its user signed out everywhere since');
      const proof = { amr: grant.amr.split(' '), source: grant.source };
      if (!(await policy.stillSuffices(context.tenant, subject, app.id, proof)))
        throw badRefreshToken('the authentication profile now asks for more than its sign-in met');

      const target = await resources.chosen(context, app, grant.resource, parameters.get('resource'));
      context.trace?.passed('refreshToken', `of ${subject.user.loginName}`);
      return {
        subject,
        scope: narrowedScope(target.app, grant.scope, parameters.get('scope')),
        target,
        authTime: grant.authTime,
        grantId: grant.id,
        sessionId: grant.sessionId,
        nonce: null,
        amr: proof.amr,
        claims: loadClaims(grant.claims),
        async settle(tx) {
          // A thief without the key can do nothing with it. Rule 6.
          if (grant.jkt !== null)
            return (await tx.refreshTokens.find(token.tokenHash))
              ? { outcome: 'spent', refreshToken: null }
              : { outcome: 'reused' };
          const refreshToken = await rotate(tx, successors, presented, token, now);
          return refreshToken === null ? { outcome: 'reused' } : { outcome: 'spent', refreshToken };
        },
      };
    },
  };
}

/** Why this request may not use the token, or null. A replaced token passes: its second use must be noticed. */
function faultOf(
  { grant, expiresAt }: RefreshToken & { grant: Grant },
  request: GrantRequest,
  now: number,
): string | null {
  const { app, client } = request;
  if (grant.appId !== app.id) return 'issued for another app';
  if (grant.clientId !== client.id) return 'issued to another client';
  // A confidential client proves itself, and may change its key. @see RFC 9449 section 5
  if (grant.jkt !== null && (request.jkt === null || (!client.user && request.jkt !== grant.jkt)))
    return 'bound to a key that was not proved';
  return expiresAt <= now ? 'expired' : null;
}

function badRefreshToken(detail: string): OAuthError {
  return new OAuthError('invalid_grant', 'the refresh token is not valid', `refresh token: ${detail}`);
}
