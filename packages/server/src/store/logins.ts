import type { LoginTransaction } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const login = codec<LoginTransaction>({});

const byId = prepared((db: Db, p: { idHash: string }) =>
  db.selectFrom('logins').selectAll().where('id_hash', '=', p.idHash),
);

const ofUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('logins')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('created_at', 'desc')
    .orderBy('id_hash')
    .limit(50),
);

const insert = prepared((db: Db, row: Row<LoginTransaction>) => db.insertInto('logins').values(row));

interface Step {
  idHash: string;
  userId: string | null;
  state: string;
  before: number;
  after: number;
}

const advance = prepared((db: Db, p: Step) =>
  db
    .updateTable('logins')
    .set({ user_id: p.userId, state: p.state, version: p.after })
    .where('id_hash', '=', p.idHash)
    .where('version', '=', p.before),
);

const remove = prepared((db: Db, p: { idHash: string }) =>
  db.deleteFrom('logins').where('id_hash', '=', p.idHash),
);

export function loginReader(db: Db): Reader['logins'] {
  return {
    find: async (idHash) => login.first((await byId(db, { idHash })).rows),
    ofUser: async (tenantId, userId) => (await ofUser(db, { tenantId, userId })).rows.map(login.fromRow),
  };
}

export function loginWriter(db: Db): Writer['logins'] {
  return {
    ...loginReader(db),
    insert: async (started) => {
      await insert(db, login.toRow(started));
    },
    advance: async ({ idHash, userId, state, version }) =>
      (await advance(db, { idHash, userId, state, before: version, after: version + 1 })).changed > 0,
    consume: async (idHash) => (await remove(db, { idHash })).changed > 0,
  };
}
