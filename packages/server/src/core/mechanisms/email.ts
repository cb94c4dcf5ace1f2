import { createOneTimeCodes } from '../login/one-time-code.js';
import { partialAddress } from '../login/partial.js';
import { signInLetter } from '../mail/letters.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/** `EMAIL`: a code by mail, or the link beside it, opened on any device. */
export function createEmail({ vault, post, credentials }: MechanismDeps): Mechanism {
  const codes = createOneTimeCodes(vault);
  return {
    name: 'EMAIL',
    answerType: 'StartTextOob',
    label: 'E-mail',
    prompt: 'Code from the mail',
    masked: false,
    autocomplete: 'one-time-code',
    isOpenTo: () => post.reaches('mail'),
    shows: ({ subject }) => (subject ? { address: partialAddress(subject.user.email) } : {}),
    async start({ context, subject, loginKey, link }) {
      const { code, kept } = codes.make();
      const letter = subject && signInLetter(context, { to: subject.user.email, code, link });
      return { kept, dispatch: () => post.send(context, loginKey, 'mail', letter) };
    },
    async verify({ context, loginKey, subject, answer, kept, final }) {
      const typed = typeof answer === 'string' ? answer : '';
      const verify = async () => subject !== null && codes.matches(kept, typed);
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'wrong or slowed-down code, or none was sent' };
    },
  };
}
