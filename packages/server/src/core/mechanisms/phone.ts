import { type PHONE_MECHANISMS, phoneNumberOf } from '../login/factors.js';
import { createOneTimeCodes } from '../login/one-time-code.js';
import { partialNumber } from '../login/partial.js';
import { signInCall, signInText } from '../mail/letters.js';
import type { Factor } from '../model.js';
import { type Candidate, hasFactor, type Mechanism, type MechanismDeps } from './mechanism.js';

type PhoneMechanism = (typeof PHONE_MECHANISMS)[number];

function factorOf({ factors }: Candidate, mechanism: PhoneMechanism): Factor | undefined {
  return factors.find((factor) => factor.mechanism === mechanism);
}

/** `SMS`: a code by text message, or the link beside it. */
export function createTextMessage({ vault, post, credentials }: MechanismDeps): Mechanism {
  const codes = createOneTimeCodes(vault);
  return {
    name: 'SMS',
    answerType: 'StartTextOob',
    label: 'Text message',
    prompt: 'Code from the text message',
    masked: false,
    autocomplete: 'one-time-code',
    isOpenTo: (candidate) => post.reaches('sms') && hasFactor(candidate, 'SMS'),
    shows: (candidate) => addressOf(vault, factorOf(candidate, 'SMS')),
    async start(start) {
      const { context, loginKey, link } = start;
      const factor = factorOf(start, 'SMS');
      const { code, kept } = codes.make();
      const message = factor ? signInText(context, { to: phoneNumberOf(vault, factor), code, link }) : null;
      return { kept, dispatch: () => post.send(context, loginKey, 'sms', message) };
    },
    async verify({ context, loginKey, subject, answer, kept, final }) {
      const typed = typeof answer === 'string' ? answer : '';
      const verify = async () => subject !== null && codes.matches(kept, typed);
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'wrong or slowed-down code, or none was sent' };
    },
  };
}

/** `PF`: a call, confirmed on the telephone; whoever makes it opens the link. There is nothing to type. */
export function createPhoneCall({ vault, post }: MechanismDeps): Mechanism {
  return {
    name: 'PF',
    answerType: 'StartOob',
    label: 'Phone call',
    prompt: 'Take the call and confirm it',
    masked: false,
    autocomplete: 'off',
    isOpenTo: (candidate) => post.reaches('call') && hasFactor(candidate, 'PF'),
    shows: (candidate) => addressOf(vault, factorOf(candidate, 'PF')),
    async start(start) {
      const { context, loginKey, link } = start;
      const factor = factorOf(start, 'PF');
      const message = factor ? signInCall(context, { to: phoneNumberOf(vault, factor), link }) : null;
      return { kept: '', dispatch: () => post.send(context, loginKey, 'call', message) };
    },
    verify: async () => ({ met: false, detail: 'a call is confirmed on the telephone, not answered' }),
  };
}

function addressOf(vault: MechanismDeps['vault'], factor: Factor | undefined) {
  return factor ? { address: partialNumber(phoneNumberOf(vault, factor)) } : {};
}
