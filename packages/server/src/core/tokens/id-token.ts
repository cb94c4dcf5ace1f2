import { hash } from 'node:crypto';
import type { SigningAlgorithm } from '@sallyport/contract';
import { seconds } from '../../kit/clock.js';
import type { Subject } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Tenant } from '../model.js';
import type { Urls } from '../urls.js';
import { authenticationMethods } from './authentication-methods.js';
import type { AccessTokenFacts } from './format.js';
import type { Keys } from './keys.js';
import { userClaims } from './user-claims.js';

/** What an ID token tells of a sign-in, beside what an access token of the same answer says. */
export interface IdTokenFacts {
  readonly tenant: Tenant;
  readonly app: RunningApp;
  readonly subject: Subject;
  readonly access: AccessTokenFacts;
  /** As the client knows the user; another name than the user's id for a pairwise client. */
  readonly sub: string;
  /** What came in the same answer, to be bound by hash; null for what did not. */
  readonly accessToken: string | null;
  readonly code: string | null;
  readonly nonce: string | null;
  readonly sessionId: string | null;
  /** What the sign-in proved, by the vendor's names. */
  readonly amr: readonly string[];
  /** The authentication profile that was asked for and met. */
  readonly acr: string | null;
  /** Names of the claims about the user to tell. */
  readonly claims: readonly string[];
}

/** Media type of an ID token, which no other JWT of this server has. */
const TYP = 'JWT';

/** Claims of every ID token, for discovery. */
export const ID_TOKEN_CLAIMS = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'at_hash', 'c_hash', 'sid'],
  ...['acr', 'amr', 'unique_name'],
];

/** An ID token for the client. @see OpenID Connect Core 1.0 sections 2, 3.1.3.6 and 3.3.2.11 */
export function createIdToken({ keys, urls }: { keys: Keys; urls: Urls }, facts: IdTokenFacts) {
  const { tenant, app, subject, access, sub, accessToken, code, nonce, sessionId, acr, claims } = facts;
  const amr = authenticationMethods(facts.amr);
  const alg = app.settings.tokens.idTokenAlg;
  return keys.sign(
    tenant.id,
    { typ: TYP, alg },
    // Not spread: see ADR 12.
    Object.assign(userClaims(subject.user, claims), {
      iss: urls.issuer(app),
      sub,
      aud: access.clientId,
      exp: seconds(access.expiresAt),
      iat: seconds(access.issuedAt),
      auth_time: seconds(access.authTime),
      acr: acr ?? undefined,
      amr: amr.length === 0 ? undefined : amr,
      nonce: nonce ?? undefined,
      at_hash: accessToken === null ? undefined : leftHalfHash(alg, accessToken),
      c_hash: code === null ? undefined : leftHalfHash(alg, code),
      sid: sessionId ?? undefined,
      // The login name would tell across sectors what a pairwise subject does not.
      unique_name: sub === access.userId ? subject.user.loginName : undefined,
      tenant_id: tenant.code,
    }),
  );
}

/** What an ID token says that comes back as `id_token_hint`. */
export interface IdTokenHint {
  /** The user, as the client knows them. */
  readonly subject: string;
  readonly clientId: string;
  readonly sessionId: string | null;
}

/** An ID token of this app, expired or not; null for anything else. @see OpenID Connect Core 1.0 section 3.1.2.2 */
export async function readIdTokenHint(
  { keys, urls }: { keys: Keys; urls: Urls },
  tenant: Tenant,
  app: RunningApp,
  hint: string,
): Promise<IdTokenHint | null> {
  const verified = await keys.verify(tenant.id, hint);
  if (verified?.header.typ !== TYP || verified.claims.iss !== urls.issuer(app)) return null;
  const { sub: subject, aud: clientId, sid } = verified.claims;
  if (typeof subject !== 'string' || typeof clientId !== 'string') return null;
  return { subject, clientId, sessionId: typeof sid === 'string' ? sid : null };
}

/** Left half of the hash that the algorithm uses. @see OpenID Connect Core 1.0 sections 3.1.3.6 and 3.3.2.11 */
function leftHalfHash(alg: SigningAlgorithm, token: string): string {
  // Ed25519 hashes with SHA-512. @see RFC 8032 section 5.1
  const digest = hash(alg === 'EdDSA' ? 'sha512' : 'sha256', token, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
