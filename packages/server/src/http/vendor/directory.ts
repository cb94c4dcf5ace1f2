/** The directory as the vendor's clients search it, and what the tenant is made of. protocol sections 4 and 7.1 */
import type { Role, UserSummary } from '@sallyport/contract';
import { authorize, mayDo, type Operation } from '../../core/admin/authority.js';
import { text } from './body.js';
import { directoryFilter } from './directory-filter.js';
import { type KeyedRow, queryResult, type Row, withoutBlanks } from './envelope.js';
import { all, pageOf } from './paging.js';
import { roleRow } from './role-rows.js';
import type { Call, Rpc } from './rpc.js';
import { userOf } from './users.js';

export const directoryCalls: readonly Call[] = [
  {
    path: '/UserMgmt/GetUsersRolesAndAdministrativeRights',
    does: 'Lists the roles of the caller, or of the user `id`, with their rights.',
    answer: rolesAndRights,
  },
  {
    path: '/UserMgmt/DirectoryServiceQuery',
    does: 'Searches users and roles by the filters `user` and `roles`; there are no groups.',
    answer: directoryServiceQuery,
  },
  {
    path: '/Core/GetDirectoryServices',
    methods: ['GET', 'POST'],
    does: 'Lists the one directory, `CDS`.',
    answer: async ({ tenant }) => queryResult('DirectoryServices', [directoryRow(tenant.id)]),
  },
  {
    path: '/Core/GetCdsAliasesForTenant',
    methods: ['GET', 'POST'],
    does: 'Lists the login suffixes.',
    answer: async ({ tenant }) =>
      queryResult(
        'CdsAlias',
        tenant.loginSuffixes.map((suffix) => ({ key: suffix, row: { ID: suffix } })),
      ),
  },
];

function directoryRow(uuid: string): KeyedRow {
  const row = {
    Service: 'CDS',
    Name: 'CDS',
    DisplayName: 'Sallyport Directory',
    DisplayNameShort: 'Sallyport Directory',
    Status: 'Online',
    directoryServiceUuid: uuid,
  };
  return { key: uuid, row };
}

async function rolesAndRights(rpc: Rpc): Promise<unknown> {
  const { core, tenant, principal } = rpc;
  const own = principal.subject;
  const name = text(rpc.args, 'id');
  if (!name || name === own.user.id) return queryResult('Role', own.roles.map(keyedRole));
  const { id } = await userOf(rpc, name);
  const subject = await core.directory.subject(tenant.id, id);
  return queryResult('Role', (subject?.roles ?? []).map(keyedRole));
}

function keyedRole(role: Role): KeyedRow {
  return { key: role.id, row: roleRow(role) };
}

/** Columns that hold what the list of users is searched in. */
const SEARCHED_OF_USERS = ['systemname', 'distinguishedname', 'displayname', 'email'];

/** A part asked for that the caller may not read comes back empty, unless nothing else was asked for. */
async function directoryServiceQuery(rpc: Rpc): Promise<unknown> {
  const { core, tenant, by, args } = rpc;
  const wanted = [text(args, 'user') !== null && 'read users', text(args, 'roles') !== null && 'read roles'];
  const operations = wanted.filter((operation): operation is Operation => operation !== false);
  const [first] = operations;
  if (first && !operations.some((operation) => mayDo(by, operation))) authorize(by, first);

  async function matching(
    name: string,
    operation: Operation,
    searched: readonly string[],
    rows: (search?: { search: string }) => Promise<KeyedRow[]>,
  ) {
    const written = text(args, name);
    if (written === null || !mayDo(by, operation)) return [];
    const { passes, fragment } = directoryFilter(name, written, searched);
    return (await rows(fragment === null ? undefined : { search: fragment })).filter(({ row }) =>
      passes(row),
    );
  }

  const users = await matching('user', 'read users', SEARCHED_OF_USERS, async (search) =>
    (await all((page) => core.admin.users.page(tenant, by, { ...page, ...search }))).map(userRow),
  );
  const roles = await matching('roles', 'read roles', [], async () =>
    (await all((page) => core.admin.roles.page(tenant, by, page))).map(directoryRole),
  );
  return {
    User: pageOf('User', users, args),
    Group: pageOf('Group', [], args),
    roles: pageOf('Role', roles, args),
  };
}

function userRow({ id, loginName, displayName, description, email }: UserSummary): KeyedRow {
  const row = withoutBlanks({
    InternalName: id,
    SystemName: loginName,
    DisplayName: displayName,
    DistinguishedName: loginName,
    EMail: email,
    Description: description,
    ServiceType: 'CDS',
    ServiceInstanceLocalized: 'Sallyport Directory',
  });
  return { key: id, row };
}

function directoryRole(role: Role): KeyedRow {
  const { ID, Name, Description, AdministrativeRights } = roleRow(role);
  const row: Row = { _ID: ID, Name, Description, AdministrativeRights, IsHidden: false };
  return { key: role.id, row: withoutBlanks(row) };
}
