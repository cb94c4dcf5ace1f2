/** What ties a sign-in to its approval elsewhere: a number shown here and typed there, or a code shown there and typed here. */
import { randomInt } from 'node:crypto';
import { keyedDigest, sameSecret } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';

const DIGITS = 6;

export interface ApprovalCodes {
  /** `kept` holds the number, which is no secret, and nothing of the code. */
  make(): { number: string; kept: string };
  numberOf(kept: string): string;
  /** Made of `kept` whenever the other device asks for it: it is stored nowhere. */
  codeOf(kept: string): string;
  matches(kept: string | null, typed: string): boolean;
}

export function createApprovalCodes(vault: Vault): ApprovalCodes {
  const key = vault.derive('approval code');
  const codeOf = (kept: string) => {
    const bytes = Buffer.from(keyedDigest(key, kept), 'base64url');
    return String(bytes.readUInt32BE(0) % 10 ** DIGITS).padStart(DIGITS, '0');
  };
  return {
    make() {
      const number = String(randomInt(10, 100));
      return { number, kept: `${number}.${randomToken()}` };
    },
    numberOf: (kept) => kept.split('.')[0] ?? '',
    codeOf,
    matches: (kept, typed) => kept !== null && sameSecret(codeOf(kept), typed.replace(/\s/g, '')),
  };
}
