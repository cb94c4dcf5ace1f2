/** The pictures that apps show, apart from the apps: lists do not read them. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function appLogos(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('apps').addColumn('logo', schema.text).execute();
      await db.schema
        .createTable('app_logos')
        .addColumn('tenant_id', schema.text, (column) => column.notNull())
        .addColumn('app_id', schema.text, (column) => column.notNull())
        .addColumn('digest', schema.text, (column) => column.notNull())
        .addColumn('png', schema.text, (column) => column.notNull())
        .addPrimaryKeyConstraint('pk_app_logos', ['tenant_id', 'app_id'])
        .addForeignKeyConstraint(
          'fk_app_logos_app_id',
          ['tenant_id', 'app_id'],
          'apps',
          ['tenant_id', 'id'],
          (key) => key.onDelete('cascade'),
        )
        .execute();
      await db.schema
        .createIndex('ix_app_logos_tenant_id_digest')
        .on('app_logos')
        .columns(['tenant_id', 'digest'])
        .execute();
    },
  };
}
