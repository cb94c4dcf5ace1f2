import { type Clock, seconds } from '../../kit/clock.js';
import { newId, randomToken } from '../../kit/random.js';
import type { Urls } from '../urls.js';
import { readAct } from './act-claim.js';
import type { AccessTokenFacts, TokenFormat } from './format.js';
import type { Keys } from './keys.js';
import { mappedClaims } from './mapped-claims.js';

/** Media type of an access token. @see RFC 9068 section 2.1 */
const TYP = 'at+jwt';

/**
 * JWT access tokens. No row stands behind one: its `jti` begins with the id of its grant, so that one signal revokes
 * all tokens of a grant. Private claims: `app_id`, by which the gate finds the app (never by `iss`), and `auth_ms`,
 * the instant of sign-in to the millisecond, for comparison with the user's `validAfter`. `sid` is the session it ends
 * with.
 * @see RFC 9068 sections 2 and 4
 */
export function createJwtFormat(
  type: 'JwtRS256' | 'JwtES256',
  deps: { keys: Keys; urls: Urls; clock: Clock },
): TokenFormat {
  const { keys, urls, clock } = deps;
  const alg = type === 'JwtES256' ? 'ES256' : 'RS256';
  return {
    type,
    mint({ facts, tenant, app, subject, target }) {
      const id = facts.grantId ? `${facts.grantId}.${randomToken().slice(0, 22)}` : newId();
      const token = keys.sign(
        tenant.id,
        { typ: TYP, alg },
        // Not spread: see ADR 12. What is told of the user gives way to what is told of the token.
        Object.assign(mappedClaims(target, subject), {
          iss: urls.issuer(app),
          sub: facts.userId,
          aud: facts.audience,
          client_id: facts.clientId,
          exp: seconds(facts.expiresAt),
          iat: seconds(facts.issuedAt),
          jti: id,
          auth_time: seconds(facts.authTime),
          scope: facts.scope,
          unique_name: subject.user.loginName,
          tenant_id: tenant.code,
          app_id: facts.appId,
          auth_ms: facts.authTime,
          sid: facts.sessionId ?? undefined,
          cnf: facts.jkt === null ? undefined : { jkt: facts.jkt },
          act: facts.act ?? undefined,
        }),
      );
      return { token, id };
    },
    recognises: (token) => token.includes('.'),
    async read(tenant, token) {
      const verified = await keys.verify(tenant.id, token);
      if (!verified || verified.header.typ?.toLowerCase() !== TYP) return null;
      const { claims } = verified;
      const facts = factsOf(claims);
      if (!facts || facts.expiresAt <= clock.now() || typeof claims.jti !== 'string') return null;
      return { facts, id: claims.jti, readsUntil: Math.min(facts.expiresAt, verified.until) };
    },
    revoke: (tx, tenant, { id, facts }) =>
      tx.signals.append({ tenantId: tenant.id, kind: 'token', subject: id, expiresAt: facts.expiresAt }),
  };
}

/** Claims of our own signing as facts; null when one is missing. */
function factsOf(claims: Record<string, unknown>): AccessTokenFacts | null {
  const { app_id, client_id, sub, scope, aud, auth_ms, jti, iat, exp, sid, cnf } = claims;
  if (typeof app_id !== 'string' || typeof client_id !== 'string' || typeof sub !== 'string') return null;
  if (typeof scope !== 'string' || typeof jti !== 'string' || typeof aud !== 'string') return null;
  if (typeof auth_ms !== 'number' || typeof iat !== 'number' || typeof exp !== 'number') return null;
  const jkt = cnf === undefined ? null : thumbprintOf(cnf);
  if (jkt === undefined) return null;
  const dot = jti.indexOf('.');
  return {
    appId: app_id,
    clientId: client_id,
    userId: sub,
    scope,
    audience: aud,
    jkt,
    act: readAct(claims.act),
    authTime: auth_ms,
    grantId: dot < 0 ? null : jti.slice(0, dot),
    sessionId: typeof sid === 'string' ? sid : null,
    issuedAt: iat * 1000,
    expiresAt: exp * 1000,
  };
}

/** @see RFC 9449 section 6.1 */
function thumbprintOf(cnf: unknown): string | undefined {
  if (typeof cnf !== 'object' || cnf === null || !('jkt' in cnf)) return undefined;
  return typeof cnf.jkt === 'string' ? cnf.jkt : undefined;
}
