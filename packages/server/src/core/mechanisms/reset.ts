import { repetitionFault, withPassword } from '../login/password-life.js';
import { passwordFault } from '../login/password-policy.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/** `RESET`: a new password in place of one that is forgotten, or good for nothing but being changed. */
export function createReset({ changeLog, credentials, sessions }: MechanismDeps): Mechanism {
  return {
    name: 'RESET',
    answerType: 'Text',
    label: 'New password',
    prompt: 'New password',
    masked: true,
    autocomplete: 'new-password',
    isOpenTo: () => true,
    async verify({ context, subject, answer }) {
      if (!subject) return { met: false, detail: 'unknown login name' };
      if (typeof answer !== 'string') return { met: false, detail: 'no password at all' };
      const { user } = subject;
      const { tenant } = context;
      const fault =
        (await passwordFault(answer, user)) ?? (await repetitionFault(credentials, tenant, user, answer));
      if (fault !== null) return { met: false, fault };
      const passwordHash = await credentials.hashChosen(answer);
      const actor = { userId: user.id, name: user.loginName, source: context.source };
      await changeLog.record(tenant.id, actor, (recorder) => {
        const changed = withPassword(user, { ...user, passwordHash }, recorder.now);
        return recorder.updateUser(user, {
          ...changed,
          mustChangePassword: false,
          validAfter: recorder.now,
          updatedAt: recorder.now,
          version: user.version + 1,
        });
      });
      await sessions.endAll(context, user.id);
      return { met: true };
    },
  };
}
