/** Second factors as their owner and administrators see them: one for each set, named, never with a secret. */
import type * as contract from '@sallyport/contract';
import { z } from 'zod';
import type { Vault } from '../../kit/vault.js';
import { PHONE_MECHANISMS, phoneNumberOf, sealContext } from '../login/factors.js';
import { partialNumber } from '../login/partial.js';
import { PASSKEY_MECHANISM } from '../login/passkeys.js';
import { QUESTIONS_MECHANISM } from '../login/questions.js';
import { RECOVERY_MECHANISM } from '../login/recovery-codes.js';
import type { Factor } from '../model.js';

/** Factors of these mechanisms come and go together. */
const SETS: readonly string[] = [QUESTIONS_MECHANISM, RECOVERY_MECHANISM];

/** What is read of a sealed passkey here; the rest is the mechanism's. */
const NamedCredential = z.looseObject({ name: z.string().optional() });

/** `factors` as they are shown: each set as one, under the id of its first. */
export function factorViews(vault: Vault, factors: readonly Factor[]): contract.Factor[] {
  return onePerSet(factors).map((factor) => ({
    id: factor.id,
    mechanism: factor.mechanism,
    createdAt: new Date(factor.createdAt).toISOString(),
    label: labelOf(vault, factor),
    count: countOf(factor, factors),
  }));
}

/** What goes when `factor` goes. */
export function setOf(factor: Factor, all: readonly Factor[]): Factor[] {
  if (!SETS.includes(factor.mechanism)) return [factor];
  return all.filter(({ mechanism }) => mechanism === factor.mechanism);
}

/** `factors` with one in place of each set. */
export function onePerSet(factors: readonly Factor[]): Factor[] {
  return factors.filter(
    ({ mechanism }, i) =>
      !SETS.includes(mechanism) || factors.findIndex((other) => other.mechanism === mechanism) === i,
  );
}

/** A passkey with the name that its owner gave it, sealed beside the credential. */
export function named(vault: Vault, factor: Factor, name: string): Factor {
  const context = sealContext(factor.id);
  const credential = NamedCredential.parse(JSON.parse(vault.open(factor.sealed, context)));
  return { ...factor, sealed: vault.seal(JSON.stringify({ ...credential, name }), context) };
}

function labelOf(vault: Vault, factor: Factor): string | null {
  if (PHONE_MECHANISMS.some((name) => name === factor.mechanism))
    return partialNumber(phoneNumberOf(vault, factor));
  if (factor.mechanism !== PASSKEY_MECHANISM) return null;
  const opened: unknown = JSON.parse(vault.open(factor.sealed, sealContext(factor.id)));
  return NamedCredential.parse(opened).name ?? null;
}

function countOf({ mechanism }: Factor, all: readonly Factor[]): number | null {
  if (!SETS.includes(mechanism)) return null;
  const set = all.filter((factor) => factor.mechanism === mechanism);
  return mechanism === RECOVERY_MECHANISM ? set.filter(({ lastStep }) => lastStep === 0).length : set.length;
}
