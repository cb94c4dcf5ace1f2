/** How a user signed in, in the words of RFC 8176 rather than the vendor's names of mechanisms. */
import { mechanismsOf } from '../login/policy.js';

/** The value of each mechanism; one that proves nothing by itself has none. @see RFC 8176 section 2 */
const VALUES: Readonly<Record<string, string>> = {
  UP: 'pwd',
  OATH: 'otp',
  EMAIL: 'otp',
  RECOVERY: 'otp',
  SQ: 'kba',
  SMS: 'sms',
  PF: 'tel',
  OTP: 'mca',
  U2F: 'pop',
  PASSKEY: 'pop',
};

/**
 * The claim `amr`: one value for each kind of mechanism met, and `mfa` where there was more than one.
 * @see OpenID Connect Core 1.0 section 2
 */
export function authenticationMethods(amr: readonly string[]): string[] {
  const values = new Set(mechanismsOf(amr).flatMap((name) => VALUES[name] ?? []));
  return values.size > 1 ? [...values, 'mfa'] : [...values];
}
