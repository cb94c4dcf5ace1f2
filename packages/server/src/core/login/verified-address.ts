import type { ChangeLog } from '../admin/change-log.js';
import type { User } from '../model.js';
import type { RequestContext } from '../request-context.js';

/**
 * Writes down that `address` is the user's own, once something that was mailed to it came back. Does nothing when the
 * user has another address by now, or is known to own this one.
 */
export async function verifyAddress(
  changeLog: ChangeLog,
  { tenant, source }: RequestContext,
  { id, loginName }: User,
  address: string | null,
): Promise<void> {
  await changeLog.record(tenant.id, { userId: id, name: loginName, source }, async (recorder) => {
    const user = await recorder.tx.users.find(tenant.id, id);
    if (!user || user.emailVerified || user.email !== address) return;
    const { now: updatedAt } = recorder;
    await recorder.updateUser(user, { ...user, emailVerified: true, updatedAt, version: user.version + 1 });
  });
}
