/** Who may do what: roles, rights, and the apps that roles open. Decides from records, reads nothing. */
import type { Right } from '@sallyport/contract';
import { RIGHTS } from '@sallyport/contract';
import type { App, Factor, Role, User } from './model.js';

/** A user with what the roles give, and the second factors they enrolled. */
export interface Subject {
  readonly user: User;
  readonly roles: readonly Role[];
  readonly rights: ReadonlySet<Right>;
  /** Mechanisms of their second factors, each once, the oldest first. */
  readonly enrolled: readonly string[];
}

/** Rights that follow from another. */
const IMPLIED: Partial<Record<Right, readonly Right[]>> = {
  'System Administrator': RIGHTS,
  'User Management': ['Read Only User Management'],
  'Read Only System Administrator': ['Read Only User Management'],
};

/** A user with the roles they are in and their factors; every person is in Everybody, a confidential client is not. */
export function subjectOf(user: User, roles: readonly Role[], factors: readonly Factor[]): Subject {
  const rights = new Set<Right>();
  for (const right of roles.flatMap((role) => role.rights)) {
    rights.add(right);
    for (const implied of IMPLIED[right] ?? []) rights.add(implied);
  }
  return { user, roles, rights, enrolled: enrolledOf(factors) };
}

/** Each mechanism of `factors` once. */
export function enrolledOf(factors: readonly Factor[]): string[] {
  return [...new Set(factors.map(({ mechanism }) => mechanism))];
}

/** Whether the user is enabled and holds a role listed in the app's User Access. Rule 1. */
export function mayUseApp(subject: Subject, app: App): boolean {
  return subject.user.enabled && subject.roles.some((role) => app.roleIds.includes(role.id));
}

/** Whether `actor` holds every right that `other` holds: nobody edits or resets a user above themselves. Rule 16. */
export function outranks(actor: ReadonlySet<Right>, other: Iterable<Right>): boolean {
  for (const right of other) if (!actor.has(right)) return false;
  return true;
}
