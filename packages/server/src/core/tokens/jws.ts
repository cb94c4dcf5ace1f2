/**
 * Compact JWS: a strict reader that follows no `jku`, `x5u` or embedded key, and signatures of the algorithms this
 * server signs with. Which of them a key may be used for, the key says, never the token.
 * @see RFC 7515 section 7.1, RFC 8725 section 3
 */
import { constants, type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '@sallyport/contract';

/** Longest token looked at; ours are under 2 kB. */
const LONGEST = 8192;

export interface ParsedJws {
  readonly header: { readonly alg: SigningAlgorithm; readonly kid: string; readonly typ?: string };
  readonly claims: Record<string, unknown>;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** JSON in base64url, as the segments of a JWS hold it; what is undefined is left out. */
export function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The parts of a compact JWS in the one canonical spelling that we write; null for anything else. */
export function parseJws(jws: string): ParsedJws | null {
  if (jws.length > LONGEST) return null;
  const segments = jws.split('.');
  const [headerPart, claimsPart, signaturePart] = segments;
  if (segments.length !== 3 || !headerPart || !claimsPart || !signaturePart) return null;
  const header = decodeJson(headerPart);
  const claims = decodeJson(claimsPart);
  const signature = decodeBytes(signaturePart);
  if (!header || !claims || !signature) return null;
  const { alg, kid, typ, crit } = header;
  const known = SIGNING_ALGORITHMS.find((name) => name === alg);
  if (!known || typeof kid !== 'string' || crit !== undefined) return null;
  if (typ !== undefined && typeof typ !== 'string') return null;
  const signingInput = `${headerPart}.${claimsPart}`;
  const protectedHeader = { alg: known, kid, ...(typ === undefined ? {} : { typ }) };
  return { header: protectedHeader, claims, signingInput, signature };
}

/** How node:crypto is asked for each algorithm. @see RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1 */
const SCHEMES: Record<SigningAlgorithm, { digest: string | null; options: object }> = {
  RS256: { digest: 'sha256', options: {} },
  PS256: {
    digest: 'sha256',
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  },
  ES256: { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { digest: null, options: {} },
};

/** Whether `key` made the signature; on the thread pool. */
export function verifySignature(
  { header: { alg }, signingInput, signature }: ParsedJws,
  key: KeyObject,
): Promise<boolean> {
  const { digest, options } = SCHEMES[alg];
  return new Promise((resolve, reject) =>
    verifyBytes(digest, Buffer.from(signingInput), { key, ...options }, signature, (error, valid) =>
      error ? reject(error) : resolve(valid),
    ),
  );
}

/** The signature in base64url; the callback form runs on the thread pool. */
export function signInput(input: string, alg: SigningAlgorithm, key: KeyObject): Promise<string> {
  const { digest, options } = SCHEMES[alg];
  return new Promise((resolve, reject) =>
    signBytes(digest, Buffer.from(input), { key, ...options }, (error, signature) =>
      error ? reject(error) : resolve(signature.toString('base64url')),
    ),
  );
}

/** Null for padding, white space, stray bits: every token has exactly one spelling. */
function decodeBytes(segment: string): Buffer | null {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : null;
}

function decodeJson(segment: string): Record<string, unknown> | null {
  const bytes = decodeBytes(segment);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
