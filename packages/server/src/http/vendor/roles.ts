/** Roles, their members and their rights by the vendor's names. protocol 7.2 */
import { type Right, type Role, RoleInput } from '@sallyport/contract';
import { parse } from '../../core/admin/faults.js';
import { AdminError } from '../../core/errors.js';
import { foldName } from '../../core/login-name.js';
import { type Arguments, listIn, part, required, text, texts, textsIn } from './body.js';
import { queryResult, type Row, withoutBlanks } from './envelope.js';
import { all, pageOf } from './paging.js';
import { rightNamed, rightRow } from './role-rows.js';
import { type Call, type Rpc, untilUndisturbed } from './rpc.js';

export const roleCalls: readonly Call[] = [
  ...underBothNames('StoreRole', {
    does: 'Creates the role `Name`. Answers `{_RowKey}`.',
    answer: async ({ core, tenant, by, args }) => {
      const description = text(args, 'Description') ?? '';
      const input = parse(RoleInput, { name: required(args, 'Name'), description });
      return { _RowKey: (await core.admin.roles.create(tenant, by, input)).id };
    },
  }),
  ...underBothNames('UpdateRole', {
    does: 'Of the role `Name` (an id or a name) writes `NewName` and `Description`, and adds or takes out `Users`. Answers null.',
    answer: updateRole,
  }),
  {
    path: '/SaasManage/AddUsersAndGroupsToRole',
    does: 'Adds `Users`, by id or login name, to the role `Name`. Answers null.',
    answer: (rpc) => changeMembers(rpc, { joins: texts(rpc.args, 'Users'), leaves: [] }),
  },
  {
    path: '/SaasManage/RemoveUsersAndGroupsFromRole',
    does: 'Takes `Users` out of the role `Name`. Answers null.',
    answer: (rpc) => changeMembers(rpc, { joins: [], leaves: texts(rpc.args, 'Users') }),
  },
  ...underBothNames('GetRole', {
    does: 'Reads the role `name`.',
    answer: async (rpc) => roleDocument(await roleOf(rpc, required(rpc.args, 'Name')), rpc.tenant.id),
  }),
  ...underBothNames('GetRoleMembers', {
    does: 'Lists the members of the role `name` as `{Guid, Name, Type}`.',
    answer: roleMembers,
  }),
  {
    path: '/SaasManage/GetRoleApps',
    does: 'Lists the apps that the role `role` opens.',
    answer: async (rpc) => {
      const { id } = await roleOf(rpc, required(rpc.args, 'role'));
      const apps = await rpc.core.admin.roles.apps(rpc.tenant, rpc.by, id);
      const rows = apps.map((app) => ({ key: app.id, row: { ID: app.id, Name: app.name } }));
      return queryResult('Application', rows);
    },
  },
  {
    path: '/SaasManage/DeleteRole',
    does: 'Deletes the role `Name`. Answers null.',
    answer: (rpc) => removeRoles(rpc, [required(rpc.args, 'Name')]),
  },
  {
    path: '/SaasManage/DeleteRoles',
    does: 'Deletes each role of the list that is the body, up to the first that may not be. Answers null.',
    answer: (rpc) => removeRoles(rpc, textsIn(rpc.body)),
  },
  {
    path: '/Core/GetAssignedAdministrativeRights',
    does: 'Lists the rights of the role `role` as `{Description, Path}`.',
    answer: async (rpc) => {
      const { rights } = await roleOf(rpc, required(rpc.args, 'role'));
      const rows = rights.map((right) => ({ key: rightRow(right).Path, row: rightRow(right) }));
      return queryResult('AdministrativeRights', rows);
    },
  },
  ...underBothNames('AssignSuperRights', {
    does: 'Gives rights to roles; the body is a list of `{Role, Path}`. Answers null.',
    answer: (rpc) => changeRights(rpc, (held, named) => [...new Set([...held, ...named])]),
  }),
  ...underBothNames('UnAssignSuperRights', {
    does: 'Takes rights from roles; the body is a list of `{Role, Path}`. Answers null.',
    answer: (rpc) => changeRights(rpc, (held, named) => held.filter((right) => !named.includes(right))),
  }),
];

function underBothNames(name: string, call: Omit<Call, 'path'>): Call[] {
  return ['/SaasManage', '/Roles'].map((family) => ({ path: `${family}/${name}`, ...call }));
}

/** The role by id or name. */
export async function roleOf({ core, tenant, by }: Rpc, key: string): Promise<Role> {
  const { roles } = core.store.read;
  const known = (await roles.find(tenant.id, key)) ?? (await roles.findByNameKey(tenant.id, foldName(key)));
  return core.admin.roles.get(tenant, by, known?.id ?? key);
}

/** Writes the role again with `change` applied to what it is then. */
async function rewrite(rpc: Rpc, key: string, change: (role: RoleInput) => RoleInput): Promise<void> {
  await untilUndisturbed(async () => {
    const { id, version, name, description, rights } = await roleOf(rpc, key);
    const input = parse(RoleInput, change({ name, description, rights }));
    await rpc.core.admin.roles.replace(rpc.tenant, rpc.by, id, input, version);
  });
}

async function updateRole(rpc: Rpc): Promise<null> {
  const { args } = rpc;
  const { id } = await roleOf(rpc, required(args, 'Name'));
  const name = text(args, 'NewName');
  const description = text(args, 'Description');
  if (name || description !== null)
    await rewrite(rpc, id, (role) => ({
      ...role,
      ...(name && { name }),
      ...(description !== null && { description }),
    }));
  const users = part(args, 'Users') ?? new Map<string, unknown>();
  return changeMembers(rpc, { joins: texts(users, 'Add'), leaves: texts(users, 'Delete') });
}

async function changeMembers(
  rpc: Rpc,
  { joins, leaves }: { joins: string[]; leaves: string[] },
): Promise<null> {
  const { core, tenant, by, args } = rpc;
  for (const kind of ['Groups', 'Roles']) refuseMembers(args, kind);
  if (joins.length + leaves.length === 0) return null;
  const { id } = await roleOf(rpc, required(args, 'Name'));
  for (const user of joins) await core.admin.roles.addMember(tenant, by, id, user);
  for (const user of leaves) await core.admin.roles.removeMember(tenant, by, id, user);
  return null;
}

function refuseMembers(args: Arguments, kind: string): void {
  const nested = part(args, kind) ?? new Map<string, unknown>();
  if (texts(args, kind).length + texts(nested, 'Add').length > 0)
    throw AdminError.invalid(kind, 'only users can be members of a role');
}

async function roleMembers(rpc: Rpc): Promise<unknown> {
  const { core, tenant, by, args } = rpc;
  const { id } = await roleOf(rpc, required(args, 'Name'));
  const members = await all((page) => core.admin.roles.members(tenant, by, id, page));
  const rows = members.map((member) => ({
    key: member.id,
    row: { Guid: member.id, Name: member.loginName, Type: 'User' },
  }));
  return pageOf('RoleMember', rows, args);
}

async function removeRoles(rpc: Rpc, keys: readonly string[]): Promise<null> {
  for (const key of keys) {
    const { id } = await roleOf(rpc, key);
    await rpc.core.admin.roles.remove(rpc.tenant, rpc.by, id);
  }
  return null;
}

async function changeRights(
  rpc: Rpc,
  change: (held: readonly Right[], named: readonly Right[]) => Right[],
): Promise<null> {
  const named = listIn(rpc.body).map((item) => ({
    role: required(item, 'Role'),
    right: rightNamed(required(item, 'Path')),
  }));
  for (const key of new Set(named.map(({ role }) => role))) {
    const rights = named.filter(({ role }) => role === key).map(({ right }) => right);
    await rewrite(rpc, key, (role) => ({ ...role, rights: change(role.rights, rights) }));
  }
  return null;
}

function roleDocument({ id, name, description, builtIn }: Role, directoryUuid: string): Row {
  return withoutBlanks({
    _RowKey: id,
    Uuid: id,
    Name: name,
    Description: description,
    ReadOnly: builtIn,
    RoleType: 'PrincipalList',
    DirectoryServiceUuid: directoryUuid,
  });
}
