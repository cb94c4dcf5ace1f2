import { Secret, TOTP } from 'otpauth';

/** What an authenticator app shows for a secret in base32, now or `ahead` seconds later. */
export function totp(secret: string, ahead = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + ahead * 1000 });
}
