/** What may happen to a role inside an administrative transaction, whoever asks: the API, the command line, `apply`. */
import type { RoleInput } from '@sallyport/contract';
import { newId } from '../../kit/random.js';
import { AdminError } from '../errors.js';
import { foldName } from '../login-name.js';
import type { Role, User } from '../model.js';
import { type Administrator, authorize, requireAbove, requireRights } from './authority.js';
import type { Recorder } from './change-log.js';
import { refuse } from './faults.js';

/** Throws `forbidden` when the role would hold a right that `by` lacks. Rule 16. */
export async function addRole(
  recorder: Recorder,
  by: Administrator,
  tenantId: string,
  input: RoleInput,
): Promise<Role> {
  authorize(by, 'write roles');
  requireRights(by, input.rights);
  await checkName(recorder, tenantId, input.name);
  const rights = [...new Set(input.rights)];
  const role: Role = { ...input, rights, tenantId, id: newId(), builtIn: false, version: 1 };
  await recorder.createRole(role);
  return role;
}

/** Writes the fields present; nothing happens, and nobody is asked for a right, when none differs. */
export async function changeRole(
  recorder: Recorder,
  by: Administrator,
  before: Role,
  changes: Partial<RoleInput>,
): Promise<Role> {
  const next = { ...before, ...changes, rights: [...new Set(changes.rights ?? before.rights)] };
  const sameName = next.name === before.name;
  const sameRights = [...next.rights].sort().join() === [...before.rights].sort().join();
  if (sameName && sameRights && next.description === before.description) return before;
  authorize(by, 'write roles');
  requireRights(by, [...before.rights, ...next.rights]);
  if (before.builtIn && !sameName) throw AdminError.invalid('name', 'of a built-in role is fixed');
  if (before.builtIn && !sameRights) throw AdminError.invalid('rights', 'of a built-in role are fixed');
  if (!sameName) await checkName(recorder, before.tenantId, next.name, before);
  const after = { ...next, version: before.version + 1 };
  await recorder.updateRole(before, after);
  return after;
}

/** Removes the role, first from the User Access of every app that it opens. */
export async function removeRole(recorder: Recorder, by: Administrator, role: Role): Promise<void> {
  authorize(by, 'write roles');
  if (role.builtIn) throw new AdminError('conflict', `the built-in role ${role.name} cannot be deleted`);
  requireRights(by, role.rights);
  for (const app of await recorder.tx.apps.ofRole(role.tenantId, role.id)) {
    const roleIds = app.roleIds.filter((id) => id !== role.id);
    await recorder.updateApp(app, { ...app, roleIds, updatedAt: recorder.now, version: app.version + 1 });
  }
  await recorder.deleteRole(role);
}

/** Adds or removes a member; nothing happens when the user already is, or is not, one. Rule 16. */
export async function changeMembership(
  recorder: Recorder,
  by: Administrator,
  role: Role,
  user: User,
  joins: boolean,
): Promise<void> {
  const ids = await recorder.tx.users.roleIds(role.tenantId, user.id);
  if (ids.includes(role.id) === joins) return;
  authorize(by, 'write members');
  if (role.id === 'everybody')
    throw new AdminError('conflict', 'Everybody has every person as a member, and no one can leave it');
  requireRights(by, role.rights);
  await requireAbove(recorder, by, user);
  await (joins ? recorder.addMember(role, user) : recorder.removeMember(role, user));
}

async function checkName(recorder: Recorder, tenantId: string, name: string, self?: Role): Promise<void> {
  const holder = await recorder.tx.roles.findByNameKey(tenantId, foldName(name));
  if (holder && holder.id !== self?.id) refuse([], [{ field: 'name', message: `"${name}" is taken` }]);
}
