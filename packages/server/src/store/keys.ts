import type { SigningKey } from '../core/model.js';
import type { AdminWriter, Reader } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const signingKey = codec<SigningKey>({});

const ofTenant = prepared((db: Db, p: { tenantId: string }) =>
  db
    .selectFrom('signing_keys')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .orderBy('created_at')
    .orderBy('kid'),
);

const insert = prepared((db: Db, row: Row<SigningKey>) => db.insertInto('signing_keys').values(row));

const update = prepared((db: Db, { tenant_id, kid, ...row }: Row<SigningKey>) =>
  db.updateTable('signing_keys').set(row).where('tenant_id', '=', tenant_id).where('kid', '=', kid),
);

const remove = prepared((db: Db, p: { tenantId: string; kid: string }) =>
  db.deleteFrom('signing_keys').where('tenant_id', '=', p.tenantId).where('kid', '=', p.kid),
);

export function keyReader(db: Db): Reader['keys'] {
  return {
    list: async (tenantId) => (await ofTenant(db, { tenantId })).rows.map(signingKey.fromRow),
  };
}

export function keyAdmin(db: Db): Pick<AdminWriter['admin'], 'insertKey' | 'updateKey' | 'deleteKey'> {
  return {
    insertKey: async (key) => {
      await insert(db, signingKey.toRow(key));
    },
    updateKey: async (key) => {
      await update(db, signingKey.toRow(key));
    },
    deleteKey: async (tenantId, kid) => {
      await remove(db, { tenantId, kid });
    },
  };
}
