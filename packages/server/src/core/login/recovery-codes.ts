/** Recovery codes: ten at a time, each a factor of its own, argon2id, good once. Rule 14. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { Factor, User } from '../model.js';
import type { Credentials } from './credentials.js';
import { sealContext } from './factors.js';

export const RECOVERY_MECHANISM = 'RECOVERY';
const HOW_MANY = 10;
const LENGTH = 10;
/** Digits and letters that nobody mixes up. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** The first character of a code says which one it is, so that only one slow hash is checked. */
const Stored = z.object({ slot: z.string(), hash: z.string() });

export interface NewRecoveryCodes {
  /** To be shown this once. */
  codes: string[];
  factors: Factor[];
}

export async function newRecoveryCodes(
  deps: { vault: Vault; credentials: Pick<Credentials, 'hashChosen'> },
  { tenantId, id: userId }: User,
  now: number,
): Promise<NewRecoveryCodes> {
  const made: NewRecoveryCodes = { codes: [], factors: [] };
  for (let i = 0; i < HOW_MANY; i++) {
    const slot = ALPHABET.charAt(i);
    const code =
      slot + Array.from({ length: LENGTH - 1 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
    const id = newId();
    const stored = { slot, hash: await deps.credentials.hashChosen(code) };
    const sealed = deps.vault.seal(JSON.stringify(stored), sealContext(id));
    made.codes.push(`${code.slice(0, 5)}-${code.slice(5)}`);
    made.factors.push({
      ...{ tenantId, id, userId, sealed },
      mechanism: RECOVERY_MECHANISM,
      lastStep: 0,
      createdAt: now,
    });
  }
  return made;
}

/** A code as it was hashed, however it is typed. */
export function normalCode(typed: string): string {
  return typed.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The unused factor that a code must match, and its hash. */
export function recoveryFactorOf(
  vault: Vault,
  factors: readonly Factor[],
  code: string,
): { factor: Factor; hash: string } | null {
  for (const factor of factors) {
    if (factor.mechanism !== RECOVERY_MECHANISM || factor.lastStep > 0) continue;
    const { slot, hash } = Stored.parse(JSON.parse(vault.open(factor.sealed, sealContext(factor.id))));
    if (code.startsWith(slot)) return { factor, hash };
  }
  return null;
}
