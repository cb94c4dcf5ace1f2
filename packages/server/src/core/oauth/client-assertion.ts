/**
 * Clients that prove themselves by a JWT signed with a key of theirs, or with their secret. The key is one known for
 * the client: nothing in the assertion says where to find it.
 * @see RFC 7523 section 3, OpenID Connect Core 1.0 section 9
 */
import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { type Clock, seconds } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import type { User } from '../model.js';
import type { Store } from '../ports.js';

/** The one value of `client_assertion_type` that is served. */
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Algorithms a client may sign with by a key pair: asymmetric ones alone, so that no public key passes for a secret. */
export const CLIENT_SIGNING_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;

/** Those of a client whose key is the secret that it was given. */
export const SECRET_SIGNING_ALGORITHMS = ['HS256'] as const;

/** What may have signed: public keys, or the one secret. Which of them is never for the JWT to say. */
export type VerifyingKeys = Pick<User, 'jwks'> | { readonly secret: string };

/** Seconds that two clocks may differ, and that an assertion may live at most. */
const CLOCK_SKEW = 10;
const LONGEST_LIFE = 3600;

/** The client id that an assertion claims, unproved; null for what is no JWT about one client. */
export function claimedClient(assertion: string): string | null {
  try {
    const { iss, sub } = decodeJwt(assertion);
    return iss !== undefined && iss === sub ? iss : null;
  } catch {
    return null;
  }
}

/** The claims of a JWT that one of the keys signed; null for any other. `mayLast`: it need not expire. */
export async function signedBy(
  keys: VerifyingKeys,
  jwt: string,
  expected: {
    issuer: string;
    audience: string[];
    now: number;
    algorithm?: string | undefined;
    mayLast?: boolean;
  },
): Promise<JWTPayload | null> {
  const { issuer, audience, now, algorithm, mayLast = false } = expected;
  const served: readonly string[] = 'secret' in keys ? SECRET_SIGNING_ALGORITHMS : CLIENT_SIGNING_ALGORITHMS;
  const options = {
    algorithms: served.filter((name) => algorithm === undefined || name === algorithm),
    issuer,
    audience,
    requiredClaims: mayLast ? [] : ['exp'],
    clockTolerance: CLOCK_SKEW,
    currentDate: new Date(now),
  };
  try {
    const { payload } =
      'secret' in keys
        ? await jwtVerify(jwt, Buffer.from(keys.secret), options)
        : await jwtVerify(jwt, createLocalJWKSet({ keys: keys.jwks }), options);
    return payload;
  } catch (error) {
    // What a key of a wrong shape, or one that does not suit its algorithm, throws depends on the library.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      return null;
    throw error;
  }
}

/** Who signs: a client with keys of its own. `id` tells the `jti` of one from those of another. */
export type Signatory = Pick<User, 'tenantId' | 'id'> & VerifyingKeys & { readonly clientId: string };

/** Whether the assertion proves the client, this once: its `jti` is spent over all processes. */
export function createAssertionCheck({ store, clock }: { store: Pick<Store, 'write'>; clock: Clock }) {
  return async (
    signatory: Signatory,
    assertion: string,
    audience: string[],
    algorithm?: string,
  ): Promise<boolean> => {
    const now = clock.now();
    const { clientId, tenantId } = signatory;
    const claims = await signedBy(signatory, assertion, { issuer: clientId, audience, now, algorithm });
    if (!claims || claims.sub !== clientId || typeof claims.jti !== 'string') return false;
    const { exp = 0, iat = 0 } = claims;
    if (exp > seconds(now) + LONGEST_LIFE || iat > seconds(now) + CLOCK_SKEW) return false;
    const idHash = sha256(`${signatory.id} ${claims.jti}`);
    // RFC 7519 allows fractions of a second; instants have none.
    const expiresAt = Math.ceil((exp + CLOCK_SKEW) * 1000);
    return store.write((tx) => tx.spentIds.spend({ tenantId, idHash, expiresAt }));
  };
}
