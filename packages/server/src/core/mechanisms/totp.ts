import { TOTP_MECHANISM, totpSecretOf, totpStep } from '../login/factors.js';
import type { Factor } from '../model.js';
import { hasFactor, type Mechanism, type MechanismDeps } from './mechanism.js';

/** `OATH`: the code of an authenticator app. A code opens one login and no second. @see RFC 6238 section 5.2 */
export function createTotp({ store, clock, vault, credentials }: MechanismDeps): Mechanism {
  /** True for the one attempt that uses a present code of the factor. */
  async function use(factor: Factor, code: string): Promise<boolean> {
    const step = totpStep(totpSecretOf(vault, factor), code, clock.now());
    if (step === null) return false;
    return store.write((tx) => tx.factors.useStep(factor.tenantId, factor.id, step));
  }

  async function useAny(tenantId: string, userId: string, code: string): Promise<boolean> {
    const factors = await store.read.users.factors(tenantId, userId);
    for (const factor of factors)
      if (factor.mechanism === TOTP_MECHANISM && (await use(factor, code))) return true;
    return false;
  }

  return {
    name: TOTP_MECHANISM,
    answerType: 'StartTextOob',
    label: 'Authenticator app',
    prompt: 'Code of your authenticator app',
    masked: false,
    autocomplete: 'one-time-code',
    isOpenTo: (candidate) => hasFactor(candidate, TOTP_MECHANISM),
    async verify({ context, loginKey, subject, answer, final }) {
      const code = typeof answer === 'string' ? answer : '';
      const verify = async () => subject !== null && useAny(context.tenant.id, subject.user.id, code);
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'wrong, used or slowed-down code' };
    },
  };
}
