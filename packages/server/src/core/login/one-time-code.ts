/** Codes to be typed from a message: six digits, kept as a keyed digest, good for one login and one answer. Rule 14. */
import { randomInt } from 'node:crypto';
import { keyedDigest, sameSecret } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';

const DIGITS = 6;

export interface OneTimeCodes {
  /** A new code, and what is kept of it. */
  make(): { code: string; kept: string };
  /** Whether `typed` is the code; spaces do not count. False when none was made. */
  matches(kept: string | null, typed: string): boolean;
}

export function createOneTimeCodes(vault: Vault): OneTimeCodes {
  const key = vault.derive('one-time code');
  const digest = (salt: string, code: string) => `${salt}.${keyedDigest(key, salt, code)}`;
  return {
    make() {
      const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
      return { code, kept: digest(randomToken(), code) };
    },
    matches(kept, typed) {
      const [salt = ''] = kept?.split('.') ?? [];
      return kept !== null && sameSecret(kept, digest(salt, typed.replace(/\s/g, '')));
    },
  };
}
