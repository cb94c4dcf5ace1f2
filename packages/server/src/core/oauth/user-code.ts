/** Codes that a person reads from a device and types elsewhere. @see RFC 8628 section 6.1 */
import { randomInt } from 'node:crypto';
import { keyedDigest } from '../../kit/digest.js';
import type { Vault } from '../../kit/vault.js';

/** No vowel, so that no word comes of it, and nothing that looks like a digit: 8 of 20 letters are 34 bits. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

export interface UserCodes {
  /** A new code as it is shown, `WDJB-MJHT`. */
  make(): string;
  /** What is kept of it, and looked up; null for what cannot be a code. Case, spaces and hyphens do not count. */
  digest(typed: string): string | null;
}

export function createUserCodes(vault: Vault): UserCodes {
  const key = vault.derive('device user code');
  return {
    make() {
      const letters = Array.from({ length: LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(
        '',
      );
      return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
    },
    digest(typed) {
      const letters = typed.toUpperCase().replace(/[^A-Z]/g, '');
      return letters.length === LENGTH ? keyedDigest(key, letters) : null;
    },
  };
}
