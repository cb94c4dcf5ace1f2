import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 in base64url: how a value of 256 random bits is stored, and the S256 of PKCE. */
export function sha256(value: string): string {
  return hash('sha256', value, 'base64url');
}

/** HMAC-SHA-256 in base64url over length-prefixed parts, so that no two lists of parts collide. */
export function keyedDigest(key: Uint8Array, ...parts: string[]): string {
  return createHmac('sha256', key).update(lengthPrefixed(parts)).digest('base64url');
}

function lengthPrefixed(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return text;
}

/**
 * A name in a memory of this process, for parts that the memory must not hold: SHA-256 over a secret of the process and
 * the parts. Nobody is told it, so nobody can lengthen what it was made of, and it costs a quarter of an HMAC.
 *
 * @param secret at least 256 random bits, as text
 */
export function nameInMemory(secret: string, ...parts: string[]): string {
  return hash('sha256', `${secret}${lengthPrefixed(parts)}`, 'base64url');
}

/** Constant-time comparison of two strings; a difference in length answers at once. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
