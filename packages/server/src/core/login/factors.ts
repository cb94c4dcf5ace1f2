/** Second factors that are shared secrets: made, sealed, enrolled. Rule 14. */
import { Secret, TOTP } from 'otpauth';
import type { Clock } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import type { Subject } from '../access.js';
import type { ChangeLog } from '../admin/change-log.js';
import { AdminError } from '../errors.js';
import type { Factor, User } from '../model.js';
import type { RequestContext } from '../request-context.js';

/** The mechanism's name on the wire, and in `Factor.mechanism`. */
export const TOTP_MECHANISM = 'OATH';

const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Steps either way that a phone's clock may be off. @see RFC 6238 section 5.2 */
const WINDOW = 1;

/** Mechanisms that reach a telephone; their credential is its number. */
export const PHONE_MECHANISMS = ['SMS', 'PF'] as const;

/** The factor of `user` for a telephone number that was proved to be theirs. */
export function phoneFactor(
  vault: Vault,
  user: User,
  mechanism: (typeof PHONE_MECHANISMS)[number],
  number: string,
  now: number,
): Factor {
  const id = newId();
  const sealed = vault.seal(number, sealContext(id));
  return { tenantId: user.tenantId, id, userId: user.id, mechanism, sealed, lastStep: 0, createdAt: now };
}

export function phoneNumberOf(vault: Vault, factor: Factor): string {
  return vault.open(factor.sealed, sealContext(factor.id));
}

/** A new shared secret in base32, 160 random bits. @see RFC 4226 section 4, R6 */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The `otpauth:` URI that an authenticator app reads, as text or as QR code. */
export function totpUri(secret: string, loginName: string, issuer: string): string {
  return totp(secret, loginName, issuer).toString();
}

/** The time step that `code` belongs to, or null when it is none of the present ones. */
export function totpStep(secret: string, code: string, now: number): number | null {
  const token = code.replace(/\s/g, '');
  if (!/^\d+$/.test(token)) return null;
  const delta = totp(secret).validate({ token, timestamp: now, window: WINDOW });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}

/** The last time step whose code may have been taken by `now`, however fast the phone's clock is. */
export function latestTotpStep(now: number): number {
  return Math.floor(now / 1000 / PERIOD_SECONDS) + WINDOW;
}

/** The factor of `user` for a base32 secret, sealed, ready for `Recorder.addFactor`. */
export function totpFactor(vault: Vault, user: User, secret: string, now: number, lastStep = 0): Factor {
  const id = newId();
  return {
    tenantId: user.tenantId,
    id,
    userId: user.id,
    mechanism: TOTP_MECHANISM,
    sealed: vault.seal(canonical(secret), sealContext(id)),
    lastStep,
    createdAt: now,
  };
}

/** The shared secret of a factor, in canonical base32. */
export function totpSecretOf(vault: Vault, factor: Factor): string {
  return vault.open(factor.sealed, sealContext(factor.id));
}

/** Whether the factor already holds `secret`, however it is spelled: `apply` must not rewrite an equal one. */
export function holdsTotpSecret(vault: Vault, factor: Factor, secret: string): boolean {
  return factor.mechanism === TOTP_MECHANISM && totpSecretOf(vault, factor) === canonical(secret);
}

/**
 * Gives `subject` an authenticator app of their own: `secret` as made by {@link newTotpSecret}, `code` as the app
 * shows it, which proves that the app has the secret and is then used up. Throws {@link AdminError}.
 */
export async function enrolTotp(
  deps: { changeLog: ChangeLog; vault: Vault; clock: Clock },
  context: RequestContext,
  { user }: Subject,
  { secret, code }: { secret: string; code: string },
): Promise<Factor> {
  const now = deps.clock.now();
  const step = totpStep(secret, code, now);
  if (step === null) throw AdminError.invalid('code', 'not the code that the app shows now');
  const factor = totpFactor(deps.vault, user, secret, now, step);
  const actor = { userId: user.id, name: user.loginName, source: context.source };
  await deps.changeLog.record(context.tenant.id, actor, async (recorder) => {
    // Of two factors with one secret, each would take the same code once; of two enrolments at once, one waits.
    const { tenantId, loginKey } = user;
    await recorder.tx.attempts.lock({ tenantId, loginKey, source: 'enrolment' });
    const known = await recorder.tx.users.factors(user.tenantId, user.id);
    if (known.some((other) => holdsTotpSecret(deps.vault, other, secret)))
      throw AdminError.invalid('secret', 'this authenticator app was added before');
    await recorder.addFactor(user, factor);
  });
  return factor;
}

function totp(secret: string, label = '', issuer = ''): TOTP {
  return new TOTP({
    secret: Secret.fromBase32(canonical(secret)),
    label,
    issuer,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
  });
}

function canonical(secret: string): string {
  return secret.toUpperCase().replace(/[\s=]/g, '');
}

/** What a factor's credential is sealed under. */
export function sealContext(factorId: string): string {
  return `factor:${factorId}`;
}
