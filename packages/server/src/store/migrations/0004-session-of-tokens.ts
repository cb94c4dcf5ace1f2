/** The session an opaque access token came of, so that signing out ends it even where its grant lives on. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function sessionOfTokens(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('access_tokens').addColumn('session_id', schema.text).execute();
      await db.schema
        .createIndex('ix_access_tokens_tenant_id_session_id')
        .on('access_tokens')
        .columns(['tenant_id', 'session_id'])
        .execute();
    },
  };
}
