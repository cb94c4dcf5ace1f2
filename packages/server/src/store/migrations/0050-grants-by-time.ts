/** The grants of a session are found among those that its user gave since it began. */
import type { Migration } from 'kysely';

export function grantsByTime(): Migration {
  return {
    up: async (db) => {
      for (const column of ['user_id', 'session_id'])
        await db.schema.dropIndex(`ix_grants_tenant_id_${column}`).execute();
      await db.schema
        .createIndex('ix_grants_tenant_id_user_id_created_at')
        .on('grants')
        .columns(['tenant_id', 'user_id', 'created_at'])
        .execute();
    },
  };
}
