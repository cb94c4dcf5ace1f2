import type { Declaration, DeclaredRole, DeclaredUser } from '@sallyport/contract';
import type { Role, Tenant, User } from '../model.js';
import type { Reader } from '../ports.js';
import { authenticationSettings } from './authentication-changes.js';
import { everything } from './everything.js';
import { getTenant } from './tenant-changes.js';
import { appInput, tenantSettings } from './views.js';

/** The whole tenant as a declaration, secrets left out. */
export async function exportDeclaration(read: Reader, tenantId: string): Promise<Declaration> {
  const roles = await everything((page) => read.roles.page(tenantId, page));
  const users = await everything((page) => read.users.page(tenantId, page));
  const apps = await everything((page) => read.apps.page(tenantId, page));
  const tenant = await getTenant(read, tenantId);
  return {
    tenant: declaredTenant(tenant),
    roles: await Promise.all(roles.map((role) => declaredRole(read, role))),
    users: users.map(declaredUser),
    apps: apps.map((app) => ({ ...appInput(app, roles) })),
    authentication: await authenticationSettings(read, tenant),
  };
}

/** The life of passwords is left out while nobody has chosen one. */
function declaredTenant(tenant: Tenant): NonNullable<Declaration['tenant']> {
  const { passwords, ...settings } = tenantSettings(tenant);
  const isChosen = tenant.passwords.expireAfter > 0 || tenant.passwords.remembered > 0;
  return { ...settings, ...(isChosen && { passwords }) };
}

/** Rights of a built-in role are fixed, and Everybody's members are not listed: neither can be declared. */
async function declaredRole(read: Reader, role: Role): Promise<DeclaredRole> {
  const { name, description, rights, tenantId, id, builtIn } = role;
  const members = await everything((page) => read.roles.members(tenantId, id, page));
  return {
    name,
    description,
    ...(!builtIn && { rights }),
    ...(id !== 'everybody' && { members: members.map((user) => user.loginName) }),
  };
}

function declaredUser(user: User): DeclaredUser {
  const { loginName, email, displayName, description, enabled, confidentialClient, profile, jwks } = user;
  return { loginName, email, displayName, description, enabled, confidentialClient, profile, jwks };
}
