/** Who is to be told when a session ends. Rows outlive the session: they are what is still to be said. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function sessionClients(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('session_clients')
        .addColumn('tenant_id', schema.text, (column) => column.notNull())
        .addColumn('session_id', schema.text, (column) => column.notNull())
        .addColumn('app_id', schema.text, (column) => column.notNull())
        .addColumn('client_id', schema.text, (column) => column.notNull())
        .addColumn('user_id', schema.text, (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('due_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_session_clients', ['tenant_id', 'session_id', 'app_id', 'client_id'])
        .addForeignKeyConstraint(
          'fk_session_clients_app_id',
          ['tenant_id', 'app_id'],
          'apps',
          ['tenant_id', 'id'],
          (key) => key.onDelete('cascade'),
        )
        .execute();
      await db.schema
        .createIndex('ix_session_clients_tenant_id_app_id')
        .on('session_clients')
        .columns(['tenant_id', 'app_id'])
        .execute();
      await db.schema
        .createIndex('ix_session_clients_due_at')
        .on('session_clients')
        .column('due_at')
        .execute();
    },
  };
}
