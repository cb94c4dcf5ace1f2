/**
 * Compact JWS, RS256 alone: a strict reader that follows no `jku`, `x5u` or embedded key, and the check of a
 * signature. @see RFC 7515 section 7.1, RFC 8725 section 3
 */
import { type KeyObject, verify as verifyBytes } from 'node:crypto';

/** Longest token looked at; ours are under 2 kB. */
const LONGEST = 8192;

export interface ParsedJws {
  readonly header: { readonly kid: string; readonly typ?: string };
  readonly claims: Record<string, unknown>;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** JSON in base64url, as the segments of a JWS hold it. */
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
  if (alg !== 'RS256' || typeof kid !== 'string' || crit !== undefined) return null;
  if (typ !== undefined && typeof typ !== 'string') return null;
  const signingInput = `${headerPart}.${claimsPart}`;
  return { header: typ === undefined ? { kid } : { kid, typ }, claims, signingInput, signature };
}

/** Whether `key` made the signature; on the thread pool. */
export function verifySignature({ signingInput, signature }: ParsedJws, key: KeyObject): Promise<boolean> {
  return new Promise((resolve, reject) =>
    verifyBytes('sha256', Buffer.from(signingInput), key, signature, (error, valid) =>
      error ? reject(error) : resolve(valid),
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
