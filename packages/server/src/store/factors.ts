import type { Factor } from '../core/model.js';
import type { AdminWriter, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const factor = codec<Factor>({});

const ofUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('factors')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('created_at')
    .orderBy('id'),
);

const acceptStep = prepared((db: Db, p: { tenantId: string; id: string; step: number }) =>
  db
    .updateTable('factors')
    .set({ last_step: p.step })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('last_step', '<', p.step),
);

const insert = prepared((db: Db, row: Row<Factor>) => db.insertInto('factors').values(row));

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('factors').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

/** The second factors of a user, oldest first. */
export async function factorsOf(db: Db, tenantId: string, userId: string): Promise<Factor[]> {
  return (await ofUser(db, { tenantId, userId })).rows.map(factor.fromRow);
}

export async function enrolledUsers(
  db: Db,
  tenantId: string,
): Promise<{ mechanism: string; users: number }[]> {
  return db
    .selectFrom('factors')
    .select((eb) => ['mechanism', eb.fn.count<number>('user_id').distinct().as('users')])
    .where('tenant_id', '=', tenantId)
    .groupBy('mechanism')
    .execute();
}

export function factorWriter(db: Db): Writer['factors'] {
  return {
    useStep: async (tenantId, id, step) => (await acceptStep(db, { tenantId, id, step })).changed > 0,
  };
}

export function factorAdmin(db: Db): Pick<AdminWriter['admin'], 'insertFactor' | 'deleteFactor'> {
  return {
    insertFactor: async (made) => {
      await insert(db, factor.toRow(made));
    },
    deleteFactor: async (tenantId, id) => {
      await remove(db, { tenantId, id });
    },
  };
}
