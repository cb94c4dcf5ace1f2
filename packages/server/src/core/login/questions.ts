/** Security questions: one factor each, the question sealed beside the argon2id hash of its normalised answer. */
import { z } from 'zod';
import { newId } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { Factor, User } from '../model.js';
import { sealContext } from './factors.js';

export const QUESTIONS_MECHANISM = 'SQ';

const Stored = z.object({ question: z.string(), answerHash: z.string() });
export type StoredQuestion = z.infer<typeof Stored>;

/** Case, width, accents' encoding, punctuation and spacing do not matter: people remember words. */
export function normalAnswer(answer: string): string {
  return answer
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export function questionFactor(vault: Vault, user: User, stored: StoredQuestion, now: number): Factor {
  const id = newId();
  const { tenantId, id: userId } = user;
  const sealed = vault.seal(JSON.stringify(stored), sealContext(id));
  return { tenantId, id, userId, mechanism: QUESTIONS_MECHANISM, sealed, lastStep: 0, createdAt: now };
}

export function openQuestion(vault: Vault, factor: Factor): StoredQuestion {
  return Stored.parse(JSON.parse(vault.open(factor.sealed, sealContext(factor.id))));
}
