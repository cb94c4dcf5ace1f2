import { TOTP_MECHANISM, totpSecretOf, totpStep } from '../login/factors.js';
import type { Factor } from '../model.js';
import { hasFactor, type Mechanism, type MechanismDeps } from './mechanism.js';

interface Match {
  factor: Factor;
  step: number;
}

/** `OATH`: the code of an authenticator app. A code opens one login and no second. @see RFC 6238 section 5.2 */
export function createTotp({ store, clock, vault, credentials }: MechanismDeps): Mechanism {
  /** The factor that shows the code now, and the step that the code is of, unless a later one was used before. */
  async function matching(tenantId: string, userId: string, code: string): Promise<Match | null> {
    const now = clock.now();
    for (const factor of await store.read.users.factors(tenantId, userId)) {
      if (factor.mechanism !== TOTP_MECHANISM) continue;
      const step = totpStep(totpSecretOf(vault, factor), code, now);
      if (step !== null && step > factor.lastStep) return { factor, step };
    }
    return null;
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
      const matches: Match[] = [];
      const verify = async () => {
        const match = subject && (await matching(context.tenant.id, subject.user.id, code));
        if (match) matches.push(match);
        return match !== null;
      };
      const right = await credentials.guarded(context, loginKey, verify, final);
      const [match] = matches;
      if (!right || !match) return { met: false, detail: 'wrong, used or slowed-down code' };
      const { factor, step } = match;
      return { met: true, spend: (tx) => tx.factors.useStep(factor.tenantId, factor.id, step) };
    },
  };
}
