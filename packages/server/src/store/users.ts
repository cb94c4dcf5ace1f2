import type { SelectQueryBuilder } from 'kysely';
import type { User } from '../core/model.js';
import type { AdminWriter, PageRequest, Reader } from '../core/ports.js';
import type { UserSearch } from './dialects/user-search.js';
import { enrolledUsers, factorsOf } from './factors.js';
import { type Listing, lowered, onPage, searchText, toPage } from './pages.js';
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
const FEW = 5_000;

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

/** A list of users: a page of it in its order, and which of some users stand in it. */
export interface SearchedUsers {
  walk(page: PageRequest): Among;
  narrow(users: Among): Among;
}

/**
 * Selects a page. Of a fragment that many have, the next few users in the order of the list fill a page; of one that
 * few have, the index names them.
 */
export async function usersOnPage(
  { db, search }: { db: Db; search: UserSearch },
  tenantId: string,
  page: PageRequest,
  { walk, narrow }: SearchedUsers,
): Promise<UserRow[]> {
  if (!page.search) return walk(page).execute();
  const among = (few: Among): Among => db.selectFrom(few.as('users')).selectAll('users');
  const select = (users: Among) => onPage(users, BY_LOGIN, page).execute();
  const near = await select(among(walk({ after: page.after, limit: NEAR })));
  if (near.length > page.limit) return near;
  const ids = await search.find(db, tenantId, lowered(page.search), FEW);
  if (ids === null) return walk(page).execute();
  if (ids.length === 0) return near;
  // The limit keeps the database from going through all users in the order of the list.
  const few = usersOf(db, tenantId).where('users.id', 'in', ids).limit(ids.length);
  return select(narrow(among(few)));
}

function usersOf(db: Db, tenantId: string): Among {
  return db.selectFrom('users').selectAll('users').where('users.tenant_id', '=', tenantId);
}

export function userReader(db: Db, search: UserSearch): Reader['users'] {
  return {
    find: async (tenantId, id) => user.first((await byId(db, { tenantId, id })).rows),
    findByLoginKey: async (tenantId, loginKey) =>
      user.first((await byLoginKey(db, { tenantId, loginKey })).rows),
    page: async (tenantId, page) => {
      const rows = await usersOnPage({ db, search }, tenantId, page, {
        walk: (some) => onPage(usersOf(db, tenantId), BY_LOGIN, some),
        narrow: (users) => users,
      });
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
