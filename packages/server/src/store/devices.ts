import type { KnownDevice } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const device = codec<KnownDevice>({});

interface OfBrowser {
  tenantId: string;
  userId: string;
  tokenHash: string;
}

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('devices').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const byToken = prepared((db: Db, p: OfBrowser) =>
  db
    .selectFrom('devices')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('token_hash', '=', p.tokenHash),
);

const ofUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('devices')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id'),
);

const removeOfBrowser = prepared((db: Db, p: OfBrowser) =>
  db
    .deleteFrom('devices')
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('token_hash', '=', p.tokenHash),
);

const insert = prepared((db: Db, row: Row<KnownDevice>) => db.insertInto('devices').values(row));

const rename = prepared((db: Db, p: { tenantId: string; tokenHash: string; next: string }) =>
  db
    .updateTable('devices')
    .set({ token_hash: p.next })
    .where('tenant_id', '=', p.tenantId)
    .where('token_hash', '=', p.tokenHash),
);

const seen = prepared((db: Db, p: { tenantId: string; id: string; at: number }) =>
  db
    .updateTable('devices')
    .set({ last_seen_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('devices').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const removeOfUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db.deleteFrom('devices').where('tenant_id', '=', p.tenantId).where('user_id', '=', p.userId),
);

export function deviceReader(db: Db): Reader['devices'] {
  return {
    find: async (tenantId, id) => device.first((await byId(db, { tenantId, id })).rows),
    findByToken: async (tenantId, userId, tokenHash) =>
      device.first((await byToken(db, { tenantId, userId, tokenHash })).rows),
    ofUser: async (tenantId, userId) => (await ofUser(db, { tenantId, userId })).rows.map(device.fromRow),
  };
}

export function deviceWriter(db: Db): Writer['devices'] {
  return {
    ...deviceReader(db),
    save: async (made) => {
      const { tenantId, userId, tokenHash } = made;
      await removeOfBrowser(db, { tenantId, userId, tokenHash });
      await insert(db, device.toRow(made));
    },
    rename: async (tenantId, tokenHash, next) => {
      await rename(db, { tenantId, tokenHash, next });
    },
    seen: async (tenantId, id, at) => {
      await seen(db, { tenantId, id, at });
    },
    remove: async (tenantId, id) => (await remove(db, { tenantId, id })).changed > 0,
    removeOfUser: async (tenantId, userId) => (await removeOfUser(db, { tenantId, userId })).changed,
  };
}
