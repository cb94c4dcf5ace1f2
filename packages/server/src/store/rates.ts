import type { Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import type { Db, Tables } from './tables.js';

const add = prepared((db: Db, row: Tables['rates']) =>
  db
    .insertInto('rates')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet((eb) => ({ count: eb('rates.count', '+', eb.ref('excluded.count')) })),
    )
    .returning('count'),
);

export function rateWriter(db: Db): Writer['rates'] {
  return {
    add: async (key, count, expiresAt) => {
      const { rows } = await add(db, { key, count, expires_at: expiresAt });
      return rows[0]?.count ?? count;
    },
  };
}
