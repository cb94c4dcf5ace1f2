import { repetitionFault, withPassword } from '../login/password-life.js';
import { passwordFault } from '../login/password-policy.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/** `RESET`: a new password in place of one that is forgotten, or good for nothing but being changed. */
export function createReset({ credentials, sessions }: MechanismDeps): Mechanism {
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
      const signOut = await sessions.endingAll(context, user.id);
      return {
        met: true,
        purchase: {
          async write(recorder) {
            await signOut.write(recorder.tx);
            await recorder.updateUser(user, {
              ...withPassword(user, { ...user, passwordHash }, recorder.now),
              mustChangePassword: false,
              validAfter: recorder.now,
              updatedAt: recorder.now,
              version: user.version + 1,
            });
          },
          after: signOut.after,
        },
      };
    },
  };
}
