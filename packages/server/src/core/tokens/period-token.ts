/** Tokens with a row each, and the name that the row has. */
import { sha256 } from '../../kit/digest.js';

/** Characters of 256 random bits. */
export const SECRET_LENGTH = 43;
/** Characters of the period. */
export const PERIOD_LENGTH = 4;

/** Bits of the milliseconds that one period lasts: 64 ms. After twelve days the same names come again. */
const PERIOD_BITS = 6;

/**
 * The period a token was made in stands before its random bits and before its hash. Tokens made together are thus
 * neighbours in the index, and a write touches the same few pages however many tokens there are.
 */
export function periodOf(now: number): string {
  const period = Buffer.allocUnsafe(3);
  period.writeUIntBE(Math.floor(now / 2 ** PERIOD_BITS) % 2 ** 24, 0, 3);
  return period.toString('base64url');
}

/**
 * A token made at `now`.
 *
 * @param secret 256 bits that nobody can guess, in base64url
 */
export function periodToken(now: number, secret: string): string {
  return periodOf(now) + secret;
}

/** What a token is stored under; tokens of earlier versions begin with no period. */
export function periodTokenHash(token: string): string {
  return token.slice(0, -SECRET_LENGTH) + sha256(token);
}

/** Whether `token` has the form of one. */
export function isPeriodToken(token: string): boolean {
  return /^(?:[\w-]{4})?[\w-]{43}$/.test(token);
}
