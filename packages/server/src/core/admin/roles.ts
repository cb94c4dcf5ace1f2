/** Roles: their rights and their members. */
import type { App, Page, Role, RoleInput, RoleMember, RoleSummary } from '@sallyport/contract';
import { AdminError } from '../errors.js';
import type * as model from '../model.js';
import type { PageRequest, Reader, Store } from '../ports.js';
import { type Administrator, administer, authorize } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { addRole, changeMembership, changeRole, removeRole } from './role-changes.js';
import { getUser } from './users.js';
import { appView, memberView, roleView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** Every function throws `AdminError`. */
export interface RoleAdmin {
  page(tenant: Tenant, by: Administrator, page: PageRequest): Promise<Page<RoleSummary>>;
  get(tenant: Tenant, by: Administrator, id: string): Promise<Role>;
  create(tenant: Tenant, by: Administrator, input: RoleInput): Promise<Role>;
  replace(
    tenant: Tenant,
    by: Administrator,
    id: string,
    input: RoleInput,
    expected?: Expected,
  ): Promise<Role>;
  remove(tenant: Tenant, by: Administrator, id: string, expected?: Expected): Promise<void>;
  /** Of Everybody: every person. */
  members(tenant: Tenant, by: Administrator, id: string, page: PageRequest): Promise<Page<RoleMember>>;
  /** The apps that the role opens. */
  apps(tenant: Tenant, by: Administrator, id: string): Promise<App[]>;
  /** `user` is an id or a login name; once more of the same changes nothing. */
  addMember(tenant: Tenant, by: Administrator, id: string, user: string): Promise<void>;
  removeMember(tenant: Tenant, by: Administrator, id: string, user: string): Promise<void>;
}

export function createRoleAdmin(deps: { store: Pick<Store, 'read'>; changeLog: ChangeLog }): RoleAdmin {
  const { store, changeLog } = deps;

  function setMembership(
    tenant: Tenant,
    by: Administrator,
    id: string,
    name: string,
    joins: boolean,
  ): Promise<void> {
    return administer(changeLog, tenant.id, by, ['write members'], async (recorder, current) => {
      const role = await getRole(recorder.tx, tenant.id, id);
      await changeMembership(recorder, current, role, await getUser(recorder.tx, tenant.id, name), joins);
    });
  }

  return {
    async page(tenant, by, page) {
      authorize(by, 'read roles');
      const { items, next } = await store.read.roles.page(tenant.id, page);
      return { items: items.map((role) => ({ ...roleView(role), memberCount: role.memberCount })), next };
    },
    async get(tenant, by, id) {
      authorize(by, 'read roles');
      return roleView(await getRole(store.read, tenant.id, id));
    },
    create: (tenant, by, input) =>
      administer(changeLog, tenant.id, by, ['write roles'], async (recorder, current) =>
        roleView(await addRole(recorder, current, tenant.id, input)),
      ),
    replace: (tenant, by, id, input, expected) =>
      administer(changeLog, tenant.id, by, ['write roles'], async (recorder, current) => {
        const role = await getRole(recorder.tx, tenant.id, id);
        expectVersion(role, expected);
        return roleView(await changeRole(recorder, current, role, input));
      }),
    remove: (tenant, by, id, expected) =>
      administer(changeLog, tenant.id, by, ['write roles'], async (recorder, current) => {
        const role = await getRole(recorder.tx, tenant.id, id);
        expectVersion(role, expected);
        await removeRole(recorder, current, role);
      }),
    async members(tenant, by, id, page) {
      authorize(by, 'read roles');
      const role = await getRole(store.read, tenant.id, id);
      const { items, next } = await (role.id === 'everybody'
        ? store.read.users.page(tenant.id, page)
        : store.read.roles.members(tenant.id, role.id, page));
      const members = role.id === 'everybody' ? items.filter((user) => !user.confidentialClient) : items;
      return { items: members.map(memberView), next };
    },
    async apps(tenant, by, id) {
      authorize(by, 'read apps');
      const role = await getRole(store.read, tenant.id, id);
      const apps = await store.read.apps.ofRole(tenant.id, role.id);
      const roles = await store.read.roles.findMany(tenant.id, [
        ...new Set(apps.flatMap((app) => app.roleIds)),
      ]);
      return apps.map((app) => appView(app, roles));
    },
    addMember: (tenant, by, id, user) => setMembership(tenant, by, id, user, true),
    removeMember: (tenant, by, id, user) => setMembership(tenant, by, id, user, false),
  };
}

/** Throws `not_found`. */
async function getRole(read: Reader, tenantId: string, id: string): Promise<model.Role> {
  const role = await read.roles.find(tenantId, id);
  if (!role) throw AdminError.notFound(`the role ${id}`);
  return role;
}
