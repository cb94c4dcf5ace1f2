/**
 * The one place where a password or a client secret is checked: the lockout gate of rule 11 in front, the hashing
 * pool behind, the same answer in the same time for unknown, disabled, slowed and wrong.
 */
import type { Clock } from '../../kit/clock.js';
import { sleep } from '../../kit/clock.js';
import { HashingOverload, type Passwords } from '../../kit/passwords.js';
import type { Vault } from '../../kit/vault.js';
import type { Subject } from '../access.js';
import type { Directory } from '../directory.js';
import { Unavailable } from '../errors.js';
import { foldLoginName } from '../login-name.js';
import type { Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { createGeneratedSecrets, createVerifiedSecrets, type PresentedSecret } from './client-secrets.js';
import { createLockout } from './lockout.js';
import { attemptSource } from './source.js';

/** No stored secret is longer. */
const LONGEST_SECRET = 1024;

export interface CredentialAttempt {
  /** As typed or sent. */
  loginName: string;
  secret: string;
  /** Another reading of the same secret (form-decoded), tried within the same attempt. */
  otherSpelling?: string | undefined;
  /** `client`: only users flagged as OAuth confidential client match; `person`: only users who are not. */
  as: 'person' | 'client';
  /** False when more challenges follow: being right then does not forgive earlier failures. Default true. */
  final?: boolean;
}

/** `detail` says for the operator which check refused; the caller must not learn it. */
export type CredentialVerdict = { ok: true; subject: Subject } | { ok: false; detail: string };

export interface Credentials {
  /** Throws `Unavailable` when the hashing pool is full for too long. */
  check(context: RequestContext, attempt: CredentialAttempt): Promise<CredentialVerdict>;
  /**
   * Runs `verify` (any other mechanism's check) behind the same lockout gate; false when slowed. `final` as in
   * {@link CredentialAttempt}.
   */
  guarded(
    context: RequestContext,
    loginName: string,
    verify: () => Promise<boolean>,
    final?: boolean,
  ): Promise<boolean>;
  /** The stored form of a secret that a person chose: argon2id. */
  hashChosen(secret: string): Promise<string>;
  /** A new 256-bit client secret and its stored form, a keyed digest. */
  generate(): { secret: string; stored: string };
  /** Whether `secret` verifies against the stored form; no gate: for `apply`, which must not rewrite an equal secret. */
  verifies(stored: string, secret: string): Promise<boolean>;
  /** Clears every lock of the account. */
  unlock(tenantId: string, loginName: string): Promise<void>;
}

export function createCredentials(deps: {
  store: Store;
  clock: Clock;
  directory: Directory;
  vault: Vault;
  passwords: Passwords;
}): Credentials {
  const { store, directory, passwords } = deps;
  const lockout = createLockout(deps);
  const generated = createGeneratedSecrets(deps.vault);
  const verified = createVerifiedSecrets();

  function verifies(stored: string, secret: string): Promise<boolean> {
    return generated.isDigest(stored)
      ? Promise.resolve(generated.matches(stored, secret))
      : passwords.verify(stored, secret);
  }

  /** Costs one hash whatever is presented, but for the right one of the generated secrets. */
  async function verifiesAtEqualCost(stored: string | null, secret: string): Promise<boolean> {
    if (stored !== null && !generated.isDigest(stored)) return passwords.verify(stored, secret);
    if (stored !== null && generated.matches(stored, secret)) return true;
    await passwords.waste();
    return false;
  }

  const check: Credentials['check'] = async (context, attempt) => {
    const { loginName, secret, otherSpelling, as, final = true } = attempt;
    // Whoever proves a client has caught up to find it.
    if (as === 'person') await directory.catchUp();
    const subject = await directory.subjectByLogin(context.tenant.id, loginName);
    const detail = refusal(subject, attempt);
    const storedHash = detail === null ? (subject?.user.passwordHash ?? null) : null;
    const spellings = otherSpelling === undefined ? [secret] : [secret, otherSpelling];
    const remembered = (spelling: string): PresentedSecret | null =>
      as === 'client' && subject && storedHash !== null
        ? { userId: subject.user.id, source: attemptSource(context.source), storedHash, secret: spelling }
        : null;
    const isKnown = (spelling: string) => {
      const presented = remembered(spelling);
      return presented !== null && verified.knows(presented);
    };
    const isCalm = () => !lockout.isSlowed(context, loginName) && !lockout.hasFailed(context, loginName);
    if (subject && spellings.some(isKnown) && isCalm()) return { ok: true, subject };

    let right: string | undefined;
    const outcome = await withinTime(() =>
      lockout.attempt(context, loginName, final, async () => {
        for (const spelling of spellings)
          if (await verifiesAtEqualCost(storedHash, spelling)) right = spelling;
        return right !== undefined;
      }),
    );
    if (outcome === 'slowed') {
      await sleep(passwords.medianMilliseconds());
      return { ok: false, detail: 'slowed down after too many failures' };
    }
    if (outcome === 'wrong' || !subject) return { ok: false, detail: detail ?? `wrong ${secretWord(as)}` };
    const presented = right === undefined ? null : remembered(right);
    if (presented) verified.remember(presented);
    return { ok: true, subject };
  };

  return {
    check,
    async guarded(context, loginName, verify, final = true) {
      const outcome = await withinTime(() => lockout.attempt(context, loginName, final, verify));
      return outcome === 'right';
    },
    hashChosen: (secret) => withinTime(() => passwords.hash(secret)),
    generate: generated.generate,
    verifies: (stored, secret) => withinTime(() => verifies(stored, secret)),
    unlock: (tenantId, loginName) =>
      store.write((tx) => tx.attempts.clear(tenantId, foldLoginName(loginName))),
  };
}

function secretWord(as: CredentialAttempt['as']): string {
  return as === 'client' ? 'client secret' : 'password';
}

/** Why no secret can be right, for the operator; null when the stored one decides. */
function refusal(subject: Subject | null, { as, secret }: CredentialAttempt): string | null {
  if (!subject) return 'unknown login name';
  const { user } = subject;
  if (!user.enabled) return 'the user is disabled';
  if (as === 'client' && !user.confidentialClient) return 'the user is not an OAuth confidential client';
  if (as === 'person' && user.confidentialClient) return 'an OAuth confidential client cannot sign in';
  if (user.passwordHash === null) return 'the user has no password';
  if (secret.length > LONGEST_SECRET) return `longer than any ${secretWord(as)}`;
  return null;
}

/** Turns an overload of the hashing pool into the 503 it is. */
async function withinTime<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (!(error instanceof HashingOverload)) throw error;
    throw Object.assign(new Unavailable('too many sign-ins at once'), { cause: error });
  }
}
