import { normalCode, RECOVERY_MECHANISM, recoveryFactorOf } from '../login/recovery-codes.js';
import type { Factor } from '../model.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/** `RECOVERY`: one of the codes that the user wrote down, for when every other factor is lost. Each works once. */
export function createRecoveryCode({ store, vault, credentials }: MechanismDeps): Mechanism {
  /** The factor whose code it is, unused so far. */
  async function matching(tenantId: string, userId: string, code: string): Promise<Factor | null> {
    const found = recoveryFactorOf(vault, await store.read.users.factors(tenantId, userId), code);
    return found && (await credentials.verifies(found.hash, code)) ? found.factor : null;
  }

  return {
    name: RECOVERY_MECHANISM,
    answerType: 'Text',
    label: 'Recovery code',
    prompt: 'One of your recovery codes',
    masked: false,
    autocomplete: 'off',
    isOpenTo: ({ factors }) =>
      factors.some(({ mechanism, lastStep }) => mechanism === RECOVERY_MECHANISM && lastStep === 0),
    async verify({ context, loginKey, subject, answer, final }) {
      const code = normalCode(typeof answer === 'string' ? answer : '');
      const matched: Factor[] = [];
      const verify = async () => {
        const factor = subject && (await matching(context.tenant.id, subject.user.id, code));
        if (factor) matched.push(factor);
        return factor !== null;
      };
      const right = await credentials.guarded(context, loginKey, verify, final);
      const [factor] = matched;
      if (!right || !factor) return { met: false, detail: 'wrong, used or slowed-down code' };
      return { met: true, spend: (tx) => tx.factors.useStep(factor.tenantId, factor.id, 1) };
    },
  };
}
