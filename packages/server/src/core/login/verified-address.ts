import type { Purchase } from '../mechanisms/mechanism.js';
import type { User } from '../model.js';

/**
 * Writes down that `address` is the user's own, once something that was mailed to it came back. Null when the user has
 * another address by now, or is known to own this one.
 */
export function verifiedAddress(
  { tenantId, id, email, emailVerified }: User,
  address: string | null,
): Purchase['write'] | null {
  if (emailVerified || email !== address) return null;
  return async (recorder) => {
    const user = await recorder.tx.users.find(tenantId, id);
    if (!user || user.emailVerified || user.email !== address) return;
    const { now: updatedAt } = recorder;
    await recorder.updateUser(user, { ...user, emailVerified: true, updatedAt, version: user.version + 1 });
  };
}
