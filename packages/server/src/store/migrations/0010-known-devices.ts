/** Browsers that users have had remembered, and which mail addresses are known to be theirs. */
import type { CreateTableBuilder, Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function knownDevices(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      let table: CreateTableBuilder<string, string> = db.schema.createTable('devices');
      for (const column of ['tenant_id', 'id', 'user_id', 'token_hash', 'source', 'user_agent'])
        table = table.addColumn(column, schema.text, (c) => c.notNull());
      for (const column of ['created_at', 'last_seen_at', 'expires_at'])
        table = table.addColumn(column, 'bigint', (c) => c.notNull());
      await table
        .addPrimaryKeyConstraint('pk_devices', ['tenant_id', 'id'])
        .addForeignKeyConstraint(
          'fk_devices_user_id',
          ['tenant_id', 'user_id'],
          'users',
          ['tenant_id', 'id'],
          (key) => key.onDelete('cascade'),
        )
        .execute();
      await db.schema
        .createIndex('ux_devices_tenant_id_user_id_token_hash')
        .unique()
        .on('devices')
        .columns(['tenant_id', 'user_id', 'token_hash'])
        .execute();
      for (const columns of [['tenant_id', 'token_hash'], ['expires_at']])
        await db.schema
          .createIndex(`ix_devices_${columns.join('_')}`)
          .on('devices')
          .columns(columns)
          .execute();
      await db.schema
        .alterTable('users')
        .addColumn('email_verified', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
    },
  };
}
