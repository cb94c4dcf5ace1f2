/** Login keys in the form that is compared from now on: look-alike letters are one. */
import type { Kysely, Migration } from 'kysely';
import { foldLoginName } from '../../core/login-name.js';

type Before = {
  users: { tenant_id: string; id: string; login_name: string; login_key: string };
  role_members: { tenant_id: string; user_id: string; login_key: string };
};

export function loginKeys(): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      const tables = db.withTables<Before>();
      const users = await tables
        .selectFrom('users')
        .select(['tenant_id', 'id', 'login_name', 'login_key'])
        .execute();
      const taken = new Set(users.map(({ tenant_id, login_key }) => `${tenant_id} ${login_key}`));
      for (const { tenant_id, id, login_name, login_key } of users) {
        const key = foldLoginName(login_name);
        // Two names that look alike and are both in use stay what they are, until one of them is renamed.
        if (key === login_key || taken.has(`${tenant_id} ${key}`)) continue;
        taken.add(`${tenant_id} ${key}`);
        await tables
          .updateTable('users')
          .set({ login_key: key })
          .where('tenant_id', '=', tenant_id)
          .where('id', '=', id)
          .execute();
        await tables
          .updateTable('role_members')
          .set({ login_key: key })
          .where('tenant_id', '=', tenant_id)
          .where('user_id', '=', id)
          .execute();
      }
    },
  };
}
