import type { Declaration } from '@sallyport/contract';
import { foldLoginName, foldName } from '../login-name.js';
import { removeApp } from './app-changes.js';
import { type Administrator, isLastAdministrator } from './authority.js';
import type { Recorder } from './change-log.js';
import { everything } from './everything.js';
import { removeRole } from './role-changes.js';
import { removeUser } from './user-changes.js';

/**
 * Deletes what the declaration does not name, of the top keys that it holds; never what is built in, the actor, or
 * the last administrator. Answers notes on what stays.
 */
export async function prune(
  recorder: Recorder,
  by: Administrator,
  tenantId: string,
  { apps, roles, users }: Declaration,
): Promise<string[]> {
  const { tx } = recorder;
  const notes: string[] = [];
  if (apps) {
    const named = new Set(apps.map((app) => foldName(app.applicationId)));
    for (const app of await everything((page) => tx.apps.page(tenantId, page)))
      if (!named.has(foldName(app.applicationId))) await removeApp(recorder, by, app);
  }
  if (roles) {
    const named = new Set(roles.map((role) => foldName(role.name)));
    for (const role of await everything((page) => tx.roles.page(tenantId, page)))
      if (!role.builtIn && !named.has(foldName(role.name))) await removeRole(recorder, by, role);
  }
  if (users) {
    const named = new Set(users.map((user) => foldLoginName(user.loginName)));
    for (const user of await everything((page) => tx.users.page(tenantId, page))) {
      if (named.has(user.loginKey)) continue;
      if (user.id === by.userId) notes.push(`users/${user.loginName} stays: nobody prunes themselves`);
      else if (await isLastAdministrator(recorder, user))
        notes.push(`users/${user.loginName} stays: it is the last administrator`);
      else await removeUser(recorder, by, user);
    }
  }
  return notes;
}
