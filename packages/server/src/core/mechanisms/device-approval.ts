import { createApprovalCodes } from '../login/approval-codes.js';
import { mayApprove } from '../login/approvals.js';
import type { Mechanism, MechanismDeps } from './mechanism.js';

/**
 * `OTP`: approval in the User Portal on another device, where the user types the number shown here, or finds a code to
 * type here. Only a session that proved more than a password is asked: whoever knows the password could otherwise
 * approve themselves.
 */
export function createDeviceApproval({ store, vault, sessions, credentials }: MechanismDeps): Mechanism {
  const codes = createApprovalCodes(vault);
  return {
    name: 'OTP',
    answerType: 'StartTextOob',
    label: 'Approve on another device',
    prompt: 'Code from the other device',
    masked: false,
    autocomplete: 'one-time-code',
    async isOpenTo({ context, subject }) {
      if (!subject) return false;
      const all = await store.read.sessions.ofUser(context.tenant.id, subject.user.id);
      return all.some(
        (session) => sessions.isLive(context, session, subject) && mayApprove(session.amr.split(' ')),
      );
    },
    async start() {
      const { number, kept } = codes.make();
      return { kept, shown: { number } };
    },
    async verify({ context, loginKey, subject, answer, kept, final }) {
      const typed = typeof answer === 'string' ? answer : '';
      const verify = async () => subject !== null && codes.matches(kept, typed);
      const right = await credentials.guarded(context, loginKey, verify, final);
      return right ? { met: true } : { met: false, detail: 'wrong or slowed-down code, or none was shown' };
    },
  };
}
