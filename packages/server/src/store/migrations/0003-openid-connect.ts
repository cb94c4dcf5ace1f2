/** What OpenID Connect adds: claims asked for, facts about a person, keys of a client, and ids that count once. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function openidConnect(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const table of ['codes', 'grants'])
        await db.schema.alterTable(table).addColumn('claims', schema.text).execute();
      for (const [column, before] of [
        ['profile', '{}'],
        ['jwks', '[]'],
      ] as const)
        await db.schema
          .alterTable('users')
          .addColumn(column, schema.text, (c) => c.notNull().defaultTo(before))
          .execute();
      await db.schema
        .createTable('spent_ids')
        .addColumn('tenant_id', schema.text, (c) => c.notNull())
        .addColumn('id_hash', schema.text, (c) => c.notNull())
        .addColumn('expires_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('pk_spent_ids', ['tenant_id', 'id_hash'])
        .execute();
      await db.schema.createIndex('ix_spent_ids_expires_at').on('spent_ids').column('expires_at').execute();
    },
  };
}
