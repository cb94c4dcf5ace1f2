import { randomInt } from 'node:crypto';
import { mayApprove } from '../login/approvals.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/**
 * `OTP`: approval in the User Portal on another device, where the user types the number shown here. Only a session
 * that proved more than a password is asked: whoever knows the password could otherwise approve themselves.
 */
export function createDeviceApproval({ store, sessions }: MechanismDeps): Mechanism {
  return {
    name: 'OTP',
    answerType: 'StartOob',
    label: 'Approve on another device',
    prompt: 'Confirm on a device where you are signed in',
    masked: false,
    autocomplete: 'off',
    async isOpenTo({ context, subject }) {
      if (!subject) return false;
      const all = await store.read.sessions.ofUser(context.tenant.id, subject.user.id);
      return all.some(
        (session) => sessions.isLive(context, session, subject) && mayApprove(session.amr.split(' ')),
      );
    },
    async start() {
      const number = String(randomInt(10, 100));
      return { kept: number, shown: { number } };
    },
    verify: async () => ({ met: false, detail: 'an approval is given elsewhere, not answered' }),
  };
}
