import { MOST_COUNTED_MEMBERS, type Page, type Right } from '@sallyport/contract';
import { sql } from 'kysely';
import { foldName } from '../core/login-name.js';
import type { Role, User } from '../core/model.js';
import type { AdminWriter, PageRequest, Reader } from '../core/ports.js';
import type { UserSearch } from './dialects/user-search.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db, RoleRow } from './tables.js';
import { BY_LOGIN, user, usersOnPage } from './users.js';

const role = codec<Role>({ rights: 'json', builtIn: 'flag' }, ['name_key', 'search_text']);

const BY_NAME: Listing = { sortBy: 'roles.name_key', direction: 'asc', searchIn: 'roles.search_text' };

/** By the login key that a membership keeps, so that an index has the order. */
const MEMBERS_BY_LOGIN: Listing = {
  ...BY_LOGIN,
  sortBy: 'role_members.login_key',
  cursor: BY_LOGIN.sortBy,
};

/** The built-in role that everyone holds without being listed. */
const EVERYBODY = 'everybody';

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('roles').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const byNameKey = prepared((db: Db, p: { tenantId: string; nameKey: string }) =>
  db.selectFrom('roles').selectAll().where('tenant_id', '=', p.tenantId).where('name_key', '=', p.nameKey),
);

const insert = prepared((db: Db, row: RoleRow) => db.insertInto('roles').values(row));

const update = prepared((db: Db, { before, tenant_id, id, ...row }: RoleRow & { before: number }) =>
  db
    .updateTable('roles')
    .set(row)
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('version', '=', before),
);

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('roles').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

/** Where a member stands: which role, which user. */
interface Place {
  tenantId: string;
  roleId: string;
  userId: string;
}

const addMember = prepared((db: Db, p: Place) =>
  db
    .insertInto('role_members')
    .columns(['tenant_id', 'role_id', 'user_id', 'login_key'])
    .expression((eb) =>
      eb
        .selectFrom('users')
        .select(['users.tenant_id', sql.val(p.roleId).as('role_id'), 'users.id', 'users.login_key'])
        .where('users.tenant_id', '=', p.tenantId)
        .where('users.id', '=', p.userId),
    )
    .onConflict((conflict) => conflict.doNothing()),
);

const removeMember = prepared((db: Db, p: Place) =>
  db
    .deleteFrom('role_members')
    .where('tenant_id', '=', p.tenantId)
    .where('role_id', '=', p.roleId)
    .where('user_id', '=', p.userId),
);

/** People: whom an administrator may be. */
function people(db: Db, tenantId: string) {
  return db
    .selectFrom('users')
    .where('users.tenant_id', '=', tenantId)
    .where('users.enabled', '=', 1)
    .where('users.confidential_client', '=', 0);
}

async function countHolders(db: Db, tenantId: string, right: Right): Promise<number> {
  // A right is found, quoted, in the JSON list of a role's rights.
  const holding = db
    .selectFrom('roles')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('rights', 'like', `%"${right}"%`);
  const ids = (await holding.execute()).map(({ id }) => id);
  if (ids.length === 0) return 0;
  const counted = people(db, tenantId).select((eb) =>
    eb.fn.count<number>('users.id').distinct().as('holders'),
  );
  const query = ids.includes(EVERYBODY)
    ? counted
    : counted
        .innerJoin('role_members', (join) =>
          join
            .onRef('role_members.tenant_id', '=', 'users.tenant_id')
            .onRef('role_members.user_id', '=', 'users.id'),
        )
        .where('role_members.role_id', 'in', ids);
  return (await query.executeTakeFirst())?.holders ?? 0;
}

function rowOf(record: Role): RoleRow {
  const { name, description } = record;
  return { ...role.toRow(record), name_key: foldName(name), search_text: searchText(name, description) };
}

async function pageOfRoles(
  db: Db,
  tenantId: string,
  page: PageRequest,
): Promise<Page<Role & { memberCount: number }>> {
  const all = db
    .selectFrom('roles')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom('role_members')
            .select('user_id')
            .whereRef('role_members.tenant_id', '=', 'roles.tenant_id')
            .whereRef('role_members.role_id', '=', 'roles.id')
            // In an index's order: PostgreSQL would read all memberships for a role that has few.
            .orderBy('user_id')
            .limit(MOST_COUNTED_MEMBERS)
            .as('members'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('member_count'),
    )
    .where('roles.tenant_id', '=', tenantId);
  const rows = await onPage(all, BY_NAME, page).execute();
  return toPage(
    rows,
    BY_NAME,
    page,
    (row) => row.name_key,
    ({ member_count, ...row }) => ({ ...role.fromRow(row), memberCount: member_count ?? 0 }),
  );
}

async function pageOfMembers(
  database: { db: Db; search: UserSearch },
  tenantId: string,
  roleId: string,
  page: PageRequest,
): Promise<Page<User>> {
  const { db } = database;
  const members = () =>
    db
      .selectFrom('role_members')
      .innerJoin('users', (join) =>
        join
          .onRef('users.tenant_id', '=', 'role_members.tenant_id')
          .onRef('users.id', '=', 'role_members.user_id'),
      )
      .selectAll('users')
      .where('role_members.tenant_id', '=', tenantId)
      .where('role_members.role_id', '=', roleId);
  const rows = await usersOnPage(database, tenantId, page, {
    walk: (some) => onPage(members(), MEMBERS_BY_LOGIN, some),
    narrow: (users) =>
      users.where(({ exists, selectFrom }) =>
        exists(
          selectFrom('role_members')
            .select('role_members.user_id')
            .where('role_members.tenant_id', '=', tenantId)
            .where('role_members.role_id', '=', roleId)
            .whereRef('role_members.user_id', '=', 'users.id'),
        ),
      ),
  });
  return toPage(rows, BY_LOGIN, page, (row) => row.login_key, user.fromRow);
}

export function roleReader(db: Db, search: UserSearch): Reader['roles'] {
  return {
    find: async (tenantId, id) => role.first((await byId(db, { tenantId, id })).rows),
    findByNameKey: async (tenantId, nameKey) => role.first((await byNameKey(db, { tenantId, nameKey })).rows),
    findMany: async (tenantId, ids) => {
      if (ids.length === 0) return [];
      const found = db
        .selectFrom('roles')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', ids);
      return (await found.orderBy('name_key').execute()).map(role.fromRow);
    },
    page: (tenantId, page) => pageOfRoles(db, tenantId, page),
    members: (tenantId, roleId, page) => pageOfMembers({ db, search }, tenantId, roleId, page),
    countHolders: (tenantId, right) => countHolders(db, tenantId, right),
  };
}

type RoleAdmin = 'insertRole' | 'updateRole' | 'deleteRole' | 'addMember' | 'removeMember';

export function roleAdmin(db: Db): Pick<AdminWriter['admin'], RoleAdmin> {
  return {
    insertRole: async (made) => {
      await insert(db, rowOf(made));
    },
    updateRole: async (changed) =>
      (await update(db, { ...rowOf(changed), before: changed.version - 1 })).changed > 0,
    // Foreign keys take memberships and the places in apps' User Access along.
    deleteRole: async (tenantId, id) => {
      await remove(db, { tenantId, id });
    },
    addMember: async (tenantId, roleId, userId) =>
      (await addMember(db, { tenantId, roleId, userId })).changed > 0,
    removeMember: async (tenantId, roleId, userId) =>
      (await removeMember(db, { tenantId, roleId, userId })).changed > 0,
  };
}
