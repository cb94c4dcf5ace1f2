import type { Mechanism, MechanismDeps } from './mechanism.js';

/** `UP`: the user's password. */
export function createPassword({ credentials }: MechanismDeps): Mechanism {
  return {
    name: 'UP',
    answerType: 'Text',
    label: 'Password',
    prompt: 'Password',
    masked: true,
    autocomplete: 'current-password',
    isOpenTo: () => true,
    async verify({ context, loginKey, answer, final }) {
      const secret = typeof answer === 'string' ? answer : '';
      const verdict = await credentials.check(context, { loginName: loginKey, secret, as: 'person', final });
      return verdict.ok ? { met: true } : { met: false, detail: verdict.detail };
    },
  };
}
