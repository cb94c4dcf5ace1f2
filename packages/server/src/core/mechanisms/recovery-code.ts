import { normalCode, RECOVERY_MECHANISM, recoveryFactorOf } from '../login/recovery-codes.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/** `RECOVERY`: one of the codes that the user wrote down, for when every other factor is lost. Each works once. */
export function createRecoveryCode({ store, vault, credentials }: MechanismDeps): Mechanism {
  async function use(tenantId: string, userId: string, code: string): Promise<boolean> {
    const found = recoveryFactorOf(vault, await store.read.users.factors(tenantId, userId), code);
    if (!found || !(await credentials.verifies(found.hash, code))) return false;
    return store.write((tx) => tx.factors.useStep(tenantId, found.factor.id, 1));
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
      const verify = async () => subject !== null && use(context.tenant.id, subject.user.id, code);
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'wrong, used or slowed-down code' };
    },
  };
}
