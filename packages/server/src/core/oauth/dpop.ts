/**
 * Proof that whoever sends a request holds a key, so that a token bound to that key is worth nothing to a thief. A
 * proof is for one request, counts once over all processes, and holds a nonce of this server, so that none can be made
 * in stock. @see RFC 9449
 */
import { calculateJwkThumbprint, decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';
import { type Clock, seconds } from '../../kit/clock.js';
import { keyedDigest, sameSecret, sha256 } from '../../kit/digest.js';
import type { Vault } from '../../kit/vault.js';
import { OAuthError } from '../errors.js';
import type { Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';

/** Algorithms of a proof: asymmetric ones alone. @see RFC 9449 section 11.6 */
export const DPOP_ALGORITHMS = ['ES256', 'ES384', 'PS256', 'EdDSA'];

/** Seconds that a proof may be old, or early where the client's clock is fast. @see RFC 9449 section 11.1 */
const OLDEST = 300;
const EARLIEST = 60;
/** Milliseconds for which a nonce is handed out; it is taken as long again. */
const NONCE_PERIOD = 300_000;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const LONGEST = 4096;

/** A request as its proof must name it. */
export interface ProvedRequest {
  /** Value of the `DPoP` header; absent without one. */
  readonly proof: string | undefined;
  readonly method: string;
  /** The addresses by which this server knows the request, without query: `htu` is one of them. */
  readonly urls: readonly string[];
}

export interface Dpop {
  /**
   * The thumbprint of the key that made the proof, which is spent hereby. `accessToken`: the token that comes along.
   * Throws `invalid_dpop_proof`, or `use_dpop_nonce` for a proof without a fresh nonce.
   */
  check(context: RequestContext, request: ProvedRequest, accessToken?: string): Promise<string>;
  /** The nonce to hand out now. */
  nonce(): string;
}

export function createDpop(deps: { store: Pick<Store, 'write'>; clock: Clock; vault: Vault }): Dpop {
  const { store, clock } = deps;
  const key = deps.vault.derive('dpop nonce');
  const nonceOf = (period: number) => keyedDigest(key, String(period));
  const period = () => Math.floor(clock.now() / NONCE_PERIOD);

  function isFresh(nonce: unknown): boolean {
    if (typeof nonce !== 'string') return false;
    return [period(), period() - 1].some((each) => sameSecret(nonce, nonceOf(each)));
  }

  return {
    nonce: () => nonceOf(period()),
    async check({ tenant }, request, accessToken) {
      const { jwk, claims } = await verified(request.proof ?? '', clock.now());
      const fault = faultOf(claims, request, accessToken, seconds(clock.now()));
      if (fault !== null) throw badProof(fault);
      if (!isFresh(claims.nonce))
        throw new OAuthError('use_dpop_nonce', 'the DPoP proof needs the nonce of the DPoP-Nonce header');
      const thumbprint = await calculateJwkThumbprint(jwk);
      const idHash = sha256(`dpop ${thumbprint} ${claims.jti}`);
      const expiresAt = clock.now() + (OLDEST + EARLIEST) * 1000;
      if (!(await store.write((tx) => tx.spentIds.spend({ tenantId: tenant.id, idHash, expiresAt }))))
        throw badProof('the DPoP proof was used before');
      return thumbprint;
    },
  };
}

/** The claims of a well-formed proof, and the key that it names and that signed it. @see RFC 9449 section 4.2 */
async function verified(proof: string, now: number) {
  if (proof.length > LONGEST) throw badProof('the DPoP proof is too long');
  try {
    const { typ, alg, jwk } = decodeProtectedHeader(proof);
    if (typ !== 'dpop+jwt' || !alg || !DPOP_ALGORITHMS.includes(alg) || !isPublic(jwk))
      throw badProof('the DPoP proof has a wrong typ, alg or jwk');
    const key = await importJWK(jwk, alg);
    // `exp` and `nbf` mean nothing in a proof; `iat` is looked at below.
    const currentDate = new Date(now);
    const options = { algorithms: DPOP_ALGORITHMS, typ: 'dpop+jwt', currentDate, clockTolerance: OLDEST };
    return { jwk, claims: (await jwtVerify(proof, key, options)).payload };
  } catch (error) {
    if (error instanceof OAuthError) throw error;
    // What a key of a wrong shape throws depends on the library.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      throw badProof('the DPoP proof is no JWT signed with the key it names');
    throw error;
  }
}

function isPublic(jwk: unknown): jwk is JWK {
  if (typeof jwk !== 'object' || jwk === null) return false;
  return 'kty' in jwk && jwk.kty !== 'oct' && !PRIVATE_MEMBERS.some((member) => member in jwk);
}

/** @see RFC 9449 section 4.3 */
function faultOf(
  { jti, htm, htu, iat, ath }: Record<string, unknown>,
  { method, urls }: ProvedRequest,
  accessToken: string | undefined,
  now: number,
): string | null {
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) return 'the DPoP proof has no usable jti';
  if (htm !== method) return 'the DPoP proof is for another method';
  const named = typeof htu === 'string' ? bare(htu) : null;
  if (named === null || !urls.some((url) => bare(url) === named))
    return 'the DPoP proof is for another address';
  if (typeof iat !== 'number' || iat < now - OLDEST || iat > now + EARLIEST)
    return 'the DPoP proof is too old or from the future';
  if (accessToken === undefined) return null;
  return typeof ath === 'string' && sameSecret(ath, sha256(accessToken))
    ? null
    : 'the DPoP proof is for another access token';
}

/** An address in its canonical spelling, without query and fragment. */
function bare(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

function badProof(message: string): OAuthError {
  return new OAuthError('invalid_dpop_proof', message);
}
