/** An app's User Access as the vendor's grants and access control entries. protocol 7.4 */
import type { App, Role } from '@sallyport/contract';
import { AdminError } from '../../core/errors.js';
import { appOf, rewriteApp } from './apps.js';
import { type Arguments, flag, list, required, text } from './body.js';
import type { Row } from './envelope.js';
import { roleOf } from './roles.js';
import type { Call, Rpc } from './rpc.js';

/** Bits of an entry. View is Read, Run is Execute. */
const OWNER = 1;
const READ = 4;
const WRITE = 8;
const LIST = 16;
const CREATE = 32;
const DELETE = 64;
const EXECUTE = 128;
const EVERYTHING = OWNER | READ | WRITE | LIST | CREATE | DELETE | EXECUTE;

const RIGHTS = ['view', 'viewdetail', 'admin', 'grant', 'execute', 'automatic', 'delete', 'none'];

export const permissionCalls: readonly Call[] = [
  {
    path: '/SaasManage/SetApplicationPermissions',
    does: 'Lists roles in the User Access of the app `ID`, those granted `Execute`, and takes out the others named. Answers null.',
    answer: setPermissions,
  },
  {
    path: '/Acl/GetRowAces',
    does: 'Lists who may what on the app `RowKey`, with the bits View and Run for each role of User Access.',
    answer: rowAces,
  },
];

/** User Access holds roles that may run the app. Who may administer it is a matter of rights, not of grants. */
async function setPermissions(rpc: Rpc): Promise<null> {
  const { args } = rpc;
  const grants = await Promise.all(list(args, 'Grants').map((grant) => readGrant(rpc, grant)));
  const named = new Set(grants.flatMap((grant) => (grant ? [grant.role.name] : [])));
  const granted = grants.flatMap((grant) => (grant?.runs ? [grant.role.name] : []));
  const key = text(args, 'ID') || text(args, 'RowKey') || required(args, 'PVID');
  await rewriteApp(rpc, key, ({ id: _, createdAt: __, version: ___, logo: ____, ...app }: App) => {
    const others = app.userAccess.roles.filter((role) => !named.has(role));
    return { ...app, userAccess: { roles: [...new Set([...others, ...granted])] } };
  });
  return null;
}

/** What a grant says of a role; null when it takes everything from a principal that cannot have anything. */
async function readGrant(rpc: Rpc, grant: Arguments): Promise<{ role: Role; runs: boolean } | null> {
  const rights = (text(grant, 'Rights') ?? '').split(',').map((right) => right.trim().toLowerCase());
  const unknown = rights.find((right) => right !== '' && !RIGHTS.includes(right));
  if (unknown !== undefined) throw AdminError.invalid('Rights', `"${unknown}" is no right on an app`);
  const runs = rights.includes('execute') || rights.includes('automatic');
  const type = text(grant, 'PType') ?? 'Role';
  if (type.toLowerCase() === 'role')
    return { role: await roleOf(rpc, text(grant, 'PrincipalId') || required(grant, 'Principal')), runs };
  if (rights.every((right) => right === 'none' || right === '')) return null;
  const principal = text(grant, 'Principal') ?? 'this principal';
  throw AdminError.invalid(
    'Grants',
    `User Access lists roles alone; grant to a role that ${principal} is in`,
  );
}

async function rowAces(rpc: Rpc): Promise<Row[]> {
  const { args } = rpc;
  const table = text(args, 'Table') ?? 'Application';
  if (table.toLowerCase() !== 'application')
    throw AdminError.invalid('Table', `there are entries for Application, not for ${table}`);
  const { userAccess } = await appOf(rpc, required(args, 'RowKey'));
  const roles = await Promise.all(userAccess.roles.map((name) => roleOf(rpc, name)));
  const aces = roles.map((role) => ace(role, READ | EXECUTE));
  if (flag(args, 'ReduceSysadmin')) return aces;
  return [
    ace(await roleOf(rpc, 'sysadmin'), EVERYTHING),
    ...aces.filter(({ Principal }) => Principal !== 'sysadmin'),
  ];
}

function ace({ id, name }: Pick<Role, 'id' | 'name'>, grant: number): Row {
  return { Principal: id, PrincipalName: name, PrincipalType: 'Role', Type: 'Role', Grant: grant };
}
