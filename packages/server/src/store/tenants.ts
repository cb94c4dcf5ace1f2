import type { Tenant } from '../core/model.js';
import type { AdminWriter, Reader } from '../core/ports.js';
import type { Clock } from '../kit/clock.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db, TenantRow } from './tables.js';

const tenant = codec<Tenant>(
  { loginSuffixes: 'json', sessions: 'json', authentication: 'json', passwords: 'json' },
  ['host', 'created_at'],
);

const byHost = prepared((db: Db, p: { host: string }) =>
  db
    .selectFrom('tenants')
    .selectAll()
    .orderBy((eb) => eb.case().when('host', '=', p.host).then(0).else(1).end())
    .orderBy('created_at')
    .orderBy('id')
    .limit(1),
);

const byId = prepared((db: Db, p: { id: string }) =>
  db.selectFrom('tenants').selectAll().where('id', '=', p.id),
);

const insert = prepared((db: Db, row: TenantRow) => db.insertInto('tenants').values(row));

const update = prepared((db: Db, { id, ...row }: Row<Tenant>) =>
  db.updateTable('tenants').set(row).where('id', '=', id),
);

export function tenantReader(db: Db): Reader['tenants'] {
  return {
    findByHost: async (host) => tenant.first((await byHost(db, { host })).rows),
    find: async (id) => tenant.first((await byId(db, { id })).rows),
  };
}

export function tenantAdmin(
  db: Db,
  clock: Clock,
): Pick<AdminWriter['admin'], 'insertTenant' | 'updateTenant'> {
  return {
    insertTenant: async (made) => {
      await insert(db, { ...tenant.toRow(made), host: null, created_at: clock.now() });
    },
    updateTenant: async (changed) => {
      await update(db, tenant.toRow(changed));
    },
  };
}
