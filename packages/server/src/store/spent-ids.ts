import type { SpentId } from '../core/model.js';
import type { Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const spent = codec<SpentId>({});

/** One statement decides: of two callers the second finds the id there. */
const spend = prepared((db: Db, row: Row<SpentId>) =>
  db
    .insertInto('spent_ids')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id_hash']).doNothing()),
);

export function spentIdWriter(db: Db): Writer['spentIds'] {
  return { spend: async (id) => (await spend(db, spent.toRow(id))).changed > 0 };
}
