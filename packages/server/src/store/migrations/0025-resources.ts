/** The APIs that apps, codes, grants and tokens are for. @see RFC 8707 */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function resources(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const table of ['codes', 'grants'])
        await db.schema.alterTable(table).addColumn('resource', schema.text).execute();
      await db.schema.alterTable('access_tokens').addColumn('audience', schema.text).execute();
      await db.schema.alterTable('apps').addColumn('audience_key', schema.text).execute();
      await db.schema
        .createIndex('ix_apps_tenant_id_audience_key')
        .on('apps')
        .columns(['tenant_id', 'audience_key'])
        .execute();
    },
  };
}
