import { decodeBase64 } from './encoding.js';
import { UnexpectedResponseError } from './errors.js';
import { isObject, type JsonObject, parseJson } from './json.js';

/** What an ID token must say to be taken. */
export interface IdTokenExpectation {
  readonly issuer: string;
  readonly clientId: string;
  /** The nonce that was sent, or null when none was. */
  readonly nonce: string | null;
}

/** Seconds by which the two clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * The claims of an ID token that came straight from the token endpoint. Its signature is not looked at: TLS to
 * that endpoint stands for it. An ID token from anywhere else needs a library that verifies.
 *
 * @throws UnexpectedResponseError naming the claim at fault
 * @see OpenID Connect Core 1.0 section 3.1.3.7
 */
export function validateIdToken(idToken: string, expected: IdTokenExpectation): JsonObject {
  const [, payload = '', ...rest] = idToken.split('.');
  const claims = parseJson(decodeBase64(payload) ?? '');
  if (rest.length !== 1 || !isObject(claims)) throw new UnexpectedResponseError('the ID token is no JWT');
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  const isLive = typeof claims.exp === 'number' && claims.exp + CLOCK_TOLERANCE_SECONDS > Date.now() / 1000;
  const holds = {
    iss: claims.iss === expected.issuer,
    aud: audience.includes(expected.clientId),
    azp: audience.length === 1 || claims.azp === expected.clientId,
    exp: isLive,
    nonce: expected.nonce === null || claims.nonce === expected.nonce,
  };
  const fault = Object.entries(holds).find(([, isRight]) => !isRight)?.[0];
  if (fault !== undefined) throw new UnexpectedResponseError(`the ID token's ${fault} is not as expected`);
  return claims;
}
