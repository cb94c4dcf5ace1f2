import { sha256 } from '../../kit/digest.js';
import { newId, randomToken } from '../../kit/random.js';
import type { AuthorizationCode } from '../model.js';
import type { SessionPrincipal } from '../principal.js';
import { PERIOD_LENGTH, periodOf, SECRET_LENGTH } from '../tokens/period-token.js';
import type { TrustedRequest } from './authorization-request.js';
import { grantedResource } from './resource.js';

/**
 * What a code is stored under: the period it was made in, then its hash, as tokens are. In the code itself the period
 * comes last, so that codes have no beginning in common.
 */
export function codeHashOf(code: string): string {
  return code.slice(SECRET_LENGTH, SECRET_LENGTH + PERIOD_LENGTH) + sha256(code);
}

/** An authorization code, 256 random bits, and the row that keeps its hash. @see RFC 6749 section 4.1.2 */
export function newCode(
  { app, client, redirectUri, parameters, targets }: TrustedRequest,
  { subject, sessionId, authTime, amr, source }: SessionPrincipal,
  decided: { scope: string; claims: string | null },
  now: number,
): { code: string; row: AuthorizationCode } {
  const code = randomToken() + periodOf(now);
  const row = {
    tenantId: app.tenantId,
    codeHash: codeHashOf(code),
    grantId: newId(),
    appId: app.id,
    clientId: client.id,
    userId: subject.user.id,
    sessionId,
    redirectUri,
    scope: decided.scope,
    nonce: parameters.get('nonce') ?? null,
    claims: decided.claims,
    resource: grantedResource(parameters, targets),
    jkt: parameters.get('dpop_jkt') ?? null,
    codeChallenge: parameters.get('code_challenge') ?? null,
    authTime,
    amr: amr.join(' '),
    source,
    createdAt: now,
    expiresAt: now + app.lifetimes.code * 1000,
    redeemedAt: null,
  };
  return { code, row };
}
