import type { Session } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const session = codec<Session>({});

const byCookie = prepared((db: Db, p: { cookieHash: string }) =>
  db.selectFrom('sessions').selectAll().where('cookie_hash', '=', p.cookieHash),
);

const byHandle = prepared((db: Db, p: { handleHash: string }) =>
  db.selectFrom('sessions').selectAll().where('handle_hash', '=', p.handleHash),
);

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('sessions').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const ofUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id'),
);

const insert = prepared((db: Db, row: Row<Session>) => db.insertInto('sessions').values(row));

const touch = prepared((db: Db, p: { tenantId: string; id: string; lastSeenAt: number }) =>
  db
    .updateTable('sessions')
    .set({ last_seen_at: p.lastSeenAt })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('last_seen_at', '<', p.lastSeenAt),
);

const raise = prepared(
  (
    db: Db,
    p: {
      tenantId: string;
      id: string;
      cookieHash: string;
      handleHash: string;
      amr: string;
      authTime: number;
    },
  ) =>
    db
      .updateTable('sessions')
      .set({ cookie_hash: p.cookieHash, handle_hash: p.handleHash, amr: p.amr, auth_time: p.authTime })
      .where('tenant_id', '=', p.tenantId)
      .where('id', '=', p.id),
);

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('sessions').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const removeOfUser = prepared((db: Db, p: { tenantId: string; userId: string; exceptId: string }) =>
  db
    .deleteFrom('sessions')
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('id', '<>', p.exceptId),
);

export function sessionReader(db: Db): Reader['sessions'] {
  return {
    findByCookie: async (cookieHash) => session.first((await byCookie(db, { cookieHash })).rows),
    findByHandle: async (handleHash) => session.first((await byHandle(db, { handleHash })).rows),
    find: async (tenantId, id) => session.first((await byId(db, { tenantId, id })).rows),
    ofUser: async (tenantId, userId) => (await ofUser(db, { tenantId, userId })).rows.map(session.fromRow),
  };
}

export function sessionWriter(db: Db): Writer['sessions'] {
  return {
    ...sessionReader(db),
    insert: async (made) => {
      await insert(db, session.toRow(made));
    },
    touch: async (tenantId, id, lastSeenAt) => {
      await touch(db, { tenantId, id, lastSeenAt });
    },
    raise: async ({ tenantId, id, cookieHash, handleHash, amr, authTime }) =>
      (await raise(db, { tenantId, id, cookieHash, handleHash, amr, authTime })).changed > 0,
    remove: async (tenantId, id) => (await remove(db, { tenantId, id })).changed > 0,
    // No session has the empty id.
    removeOfUser: async (tenantId, userId, exceptId = '') =>
      (await removeOfUser(db, { tenantId, userId, exceptId })).changed,
  };
}
