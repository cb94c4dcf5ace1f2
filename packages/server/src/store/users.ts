import type { SelectQueryBuilder } from 'kysely';
import type { User } from '../core/model.js';
import type { AdminWriter, PageRequest, Reader } from '../core/ports.js';
import type { UserSearch } from './dialects/user-search.js';
import { enrolledUsers, factorsOf } from './factors.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db, Tables, UserRow } from './tables.js';

export const user = codec<User>(
  {
    emailVerified: 'flag',
    confidentialClient: 'flag',
    enabled: 'flag',
    mustChangePassword: 'flag',
    passwordHistory: 'json',
    profile: 'json',
    jwks: 'json',
  },
  ['search_text'],
);

export const BY_LOGIN: Listing = {
  sortBy: 'users.login_key',
  direction: 'asc',
  searchIn: 'users.search_text',
};

/** Users looked at before the index is asked, and users that the index may name. */
const NEAR = 5_000;
const FEW = 10_000;

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('users').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const byLoginKey = prepared((db: Db, p: { tenantId: string; loginKey: string }) =>
  db.selectFrom('users').selectAll().where('tenant_id', '=', p.tenantId).where('login_key', '=', p.loginKey),
);

const roleIdsOf = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('role_members')
    .select('role_id')
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('role_id'),
);

const insert = prepared((db: Db, row: UserRow) => db.insertInto('users').values(row));

const update = prepared((db: Db, { before, tenant_id, id, ...row }: UserRow & { before: number }) =>
  db
    .updateTable('users')
    .set(row)
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('version', '=', before),
);

/** The members of a role are listed by login key, which they keep for it. */
const renameMember = prepared((db: Db, p: { tenantId: string; userId: string; loginKey: string }) =>
  db
    .updateTable('role_members')
    .set({ login_key: p.loginKey })
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('login_key', '<>', p.loginKey),
);

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('users').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

function rowOf(record: User): UserRow {
  const { loginName, email, displayName } = record;
  return { ...user.toRow(record), search_text: searchText(loginName, email, displayName) };
}

/** The users among whom a page is looked for. */
export type Among = SelectQueryBuilder<Tables, 'users', UserRow>;

/**
 * Selects a page of those users whom `narrow` lets through. Of a fragment that many have, the next few users in the
 * order of the list fill a page; of one that few have, the index names them.
 */
export async function usersOnPage(
  { db, search }: { db: Db; search: UserSearch },
  tenantId: string,
  page: PageRequest,
  narrow: (users: Among) => Among = (users) => users,
): Promise<UserRow[]> {
  const all = (): Among => db.selectFrom('users').selectAll('users').where('users.tenant_id', '=', tenantId);
  const among = (few: Among): Among => db.selectFrom(few.as('users')).selectAll('users');
  const select = (users: Among) => onPage(narrow(users), BY_LOGIN, page).execute();
  if (!page.search) return select(all());
  const near = await select(among(onPage(all(), BY_LOGIN, { after: page.after, limit: NEAR })));
  if (near.length > page.limit) return near;
  const ids = await search.find(db, tenantId, page.search.toLowerCase(), FEW);
  if (ids === null) return select(all());
  // The limit keeps the database from going through all users in the order of the list.
  return ids.length === 0 ? near : select(among(all().where('users.id', 'in', ids).limit(ids.length)));
}

export function userReader(db: Db, search: UserSearch): Reader['users'] {
  return {
    find: async (tenantId, id) => user.first((await byId(db, { tenantId, id })).rows),
    findByLoginKey: async (tenantId, loginKey) =>
      user.first((await byLoginKey(db, { tenantId, loginKey })).rows),
    page: async (tenantId, page) => {
      const rows = await usersOnPage({ db, search }, tenantId, page);
      return toPage(rows, BY_LOGIN, page, (row) => row.login_key, user.fromRow);
    },
    factors: (tenantId, userId) => factorsOf(db, tenantId, userId),
    countEnrolled: (tenantId) => enrolledUsers(db, tenantId),
    roleIds: async (tenantId, userId) => {
      const { rows } = await roleIdsOf(db, { tenantId, userId });
      return rows.map((row) => row.role_id);
    },
  };
}

export function userAdmin(db: Db): Pick<AdminWriter['admin'], 'insertUser' | 'updateUser' | 'deleteUser'> {
  return {
    insertUser: async (made) => {
      await insert(db, rowOf(made));
    },
    updateUser: async (changed) => {
      const { tenantId, id: userId, loginKey, version } = changed;
      const answer = await update(db, { ...rowOf(changed), before: version - 1 });
      if (answer.changed === 0) return false;
      await renameMember(db, { tenantId, userId, loginKey });
      return true;
    },
    // Foreign keys take factors, memberships, sessions, logins, grants, tokens and consents along.
    deleteUser: async (tenantId, id) => {
      await remove(db, { tenantId, id });
    },
  };
}
