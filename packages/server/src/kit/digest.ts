import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 in base64url: how a value of 256 random bits is stored, and the S256 of PKCE. */
export function sha256(value: string): string {
  return hash('sha256', value, 'base64url');
}

/** HMAC-SHA-256 in base64url over length-prefixed parts, so that no two lists of parts collide. */
export function keyedDigest(key: Uint8Array, ...parts: string[]): string {
  const message = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return createHmac('sha256', key).update(message).digest('base64url');
}

/** Constant-time comparison of two strings; a difference in length answers at once. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
