import type { ChangeLog } from '../admin/change-log.js';
import { AdminError } from '../errors.js';
import type { SessionPrincipal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import type { Credentials } from './credentials.js';
import { repetitionFault, withPassword } from './password-life.js';
import { passwordFault } from './password-policy.js';
import type { Sessions } from './sessions.js';

/**
 * A signed-in user's own change of password: the old one is checked through the lockout gate, every other session
 * and every grant of the user ends. Throws {@link AdminError} naming the field.
 */
export async function changeOwnPassword(
  deps: { changeLog: ChangeLog; credentials: Credentials; sessions: Sessions },
  context: RequestContext,
  { subject: { user }, sessionId }: SessionPrincipal,
  { oldPassword, newPassword }: { oldPassword: string; newPassword: string },
): Promise<void> {
  const { changeLog, credentials, sessions } = deps;
  const attempt = { loginName: user.loginName, secret: oldPassword, as: 'person' } as const;
  const verdict = await credentials.check(context, attempt);
  if (!verdict.ok) throw AdminError.invalid('oldPassword', 'this is not your password');
  const fault =
    (await passwordFault(newPassword, user)) ??
    (await repetitionFault(credentials, context.tenant, verdict.subject.user, newPassword));
  if (fault !== null) throw AdminError.invalid('newPassword', fault);
  const passwordHash = await credentials.hashChosen(newPassword);
  const actor = { userId: user.id, name: user.loginName, source: context.source };
  const before = verdict.subject.user;
  const signOut = await sessions.endingAll(context, user.id, sessionId);
  await changeLog.record(context.tenant.id, actor, async (recorder) => {
    await signOut.write(recorder.tx);
    await recorder.updateUser(before, {
      ...withPassword(before, { ...before, passwordHash }, recorder.now),
      mustChangePassword: false,
      updatedAt: recorder.now,
      version: before.version + 1,
    });
  });
  await signOut.after();
}
