import { createPasskeys, PASSKEY_MECHANISM } from '../login/passkeys.js';
import { hasFactor, type Mechanism, type MechanismDeps } from './mechanism.js';

/** `U2F`: a passkey or security key, after the password. */
export function createPasskey(deps: MechanismDeps): Mechanism {
  const { store, credentials } = deps;
  const passkeys = createPasskeys(deps);
  return {
    name: PASSKEY_MECHANISM,
    answerType: 'StartTextOob',
    label: 'Passkey or security key',
    prompt: 'Use your passkey or security key',
    masked: false,
    autocomplete: 'off',
    isOpenTo: (candidate) => passkeys.areUsable && hasFactor(candidate, PASSKEY_MECHANISM),
    async start({ factors }) {
      const options = await passkeys.requestOptions(factors);
      return { kept: options.challenge, shown: { options } };
    },
    async verify({ context, loginKey, subject, answer, kept, final }) {
      const text = typeof answer === 'string' ? answer : '';
      const verify = async () => {
        if (!subject) return false;
        const factors = await store.read.users.factors(context.tenant.id, subject.user.id);
        return passkeys.proves(factors, text, kept ?? '', false);
      };
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'not answered by a key of the user' };
    },
  };
}
