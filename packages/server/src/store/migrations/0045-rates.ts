/** How often a source or an account came lately, as all processes together count it. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function rates(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('rates')
        .addColumn('key', schema.text, (c) => c.notNull().primaryKey())
        .addColumn('count', 'integer', (c) => c.notNull())
        .addColumn('expires_at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('ix_rates_expires_at').on('rates').column('expires_at').execute();
    },
  };
}
