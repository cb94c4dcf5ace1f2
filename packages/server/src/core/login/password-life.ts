/** How long a password lives, and which earlier ones may not come back. */
import type { Tenant, User } from '../model.js';
import type { Credentials } from './credentials.js';

/** However few a tenant remembers now, it may choose to remember this many later. */
const MOST_REMEMBERED = 24;

/** `next` with the password of `before` moved to the history, when the two differ. */
export function withPassword(before: User, next: User, now: number): User {
  if (next.passwordHash === before.passwordHash) return next;
  const { passwordHash, passwordHistory } = before;
  const history = passwordHash === null ? passwordHistory : [passwordHash, ...passwordHistory];
  return { ...next, passwordChangedAt: now, passwordHistory: history.slice(0, MOST_REMEMBERED) };
}

/** Whether the password is good for nothing but being changed. */
export function mustChangePassword(user: User, { passwords }: Tenant, now: number): boolean {
  if (user.mustChangePassword) return true;
  if (passwords.expireAfter === 0 || user.passwordHash === null) return false;
  const since = Math.max(user.passwordChangedAt, user.createdAt);
  return since + passwords.expireAfter * 1000 <= now;
}

/** Why `password` may not follow the user's earlier ones; null when it may. */
export async function repetitionFault(
  credentials: Pick<Credentials, 'verifies'>,
  { passwords }: Tenant,
  { passwordHash, passwordHistory }: User,
  password: string,
): Promise<string | null> {
  if (passwordHash !== null && (await credentials.verifies(passwordHash, password)))
    return 'This is the present password. Choose another.';
  for (const earlier of passwordHistory.slice(0, passwords.remembered))
    if (await credentials.verifies(earlier, password))
      return 'This is one of your earlier passwords. Choose another.';
  return null;
}
