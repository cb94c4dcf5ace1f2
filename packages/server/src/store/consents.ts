import type { Consent } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const consent = codec<Consent>({});

interface Key {
  tenantId: string;
  userId: string;
  appId: string;
  clientId: string;
}

const byKey = prepared((db: Db, p: Key) =>
  db
    .selectFrom('consents')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('app_id', '=', p.appId)
    .where('client_id', '=', p.clientId),
);

const ofUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('consents')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('granted_at', 'desc')
    .orderBy('app_id')
    .orderBy('client_id'),
);

const upsert = prepared((db: Db, row: Row<Consent>) =>
  db
    .insertInto('consents')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id', 'app_id', 'client_id']).doUpdateSet((eb) => ({
        scope: eb.ref('excluded.scope'),
        granted_at: eb.ref('excluded.granted_at'),
      })),
    ),
);

const remove = prepared((db: Db, p: Key) =>
  db
    .deleteFrom('consents')
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('app_id', '=', p.appId)
    .where('client_id', '=', p.clientId),
);

export function consentReader(db: Db): Reader['consents'] {
  return {
    find: async (tenantId, userId, appId, clientId) =>
      consent.first((await byKey(db, { tenantId, userId, appId, clientId })).rows),
    ofUser: async (tenantId, userId) => (await ofUser(db, { tenantId, userId })).rows.map(consent.fromRow),
  };
}

export function consentWriter(db: Db): Writer['consents'] {
  return {
    ...consentReader(db),
    upsert: async (given) => {
      await upsert(db, consent.toRow(given));
    },
    remove: async (tenantId, userId, appId, clientId) =>
      (await remove(db, { tenantId, userId, appId, clientId })).changed > 0,
  };
}
