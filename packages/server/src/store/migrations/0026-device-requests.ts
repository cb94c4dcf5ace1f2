/** Requests of devices that cannot show a sign-in page. @see RFC 8628 */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function deviceRequests(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('device_requests')
        .addColumn('tenant_id', schema.text, (c) => c.notNull())
        .addColumn('code_hash', schema.text, (c) => c.primaryKey().notNull())
        .addColumn('user_code_hash', schema.text, (c) => c.notNull())
        .addColumn('grant_id', schema.text, (c) => c.notNull())
        .addColumn('app_id', schema.text, (c) => c.notNull())
        .addColumn('client_id', schema.text, (c) => c.notNull())
        .addColumn('scope', schema.text, (c) => c.notNull())
        .addColumn('resource', schema.text)
        .addColumn('asked_from', schema.text, (c) => c.notNull())
        .addColumn('state', schema.text, (c) => c.notNull())
        .addColumn('session_id', schema.text)
        .addColumn('user_id', schema.text)
        .addColumn('auth_time', 'bigint', (c) => c.notNull())
        .addColumn('amr', schema.text, (c) => c.notNull())
        .addColumn('source', schema.text, (c) => c.notNull())
        .addColumn('interval_seconds', 'integer', (c) => c.notNull())
        .addColumn('polled_at', 'bigint', (c) => c.notNull())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('expires_at', 'bigint', (c) => c.notNull())
        .addColumn('redeemed_at', 'bigint')
        .addForeignKeyConstraint(
          'fk_device_requests_app',
          ['tenant_id', 'app_id'],
          'apps',
          ['tenant_id', 'id'],
          (c) => c.onDelete('cascade'),
        )
        .execute();
      await db.schema
        .createIndex('ux_device_requests_tenant_id_user_code_hash')
        .unique()
        .on('device_requests')
        .columns(['tenant_id', 'user_code_hash'])
        .execute();
      await db.schema
        .createIndex('ix_device_requests_expires_at')
        .on('device_requests')
        .column('expires_at')
        .execute();
      await db.schema
        .createIndex('ix_device_requests_tenant_id_app_id')
        .on('device_requests')
        .columns(['tenant_id', 'app_id'])
        .execute();
    },
  };
}
