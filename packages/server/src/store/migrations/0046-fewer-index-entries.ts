/**
 * Most opaque access tokens are of client credentials and have neither grant nor session: they need no entry in the
 * indexes that find tokens by these.
 */
import { type Kysely, type Migration, sql } from 'kysely';

const COLUMNS = ['grant_id', 'session_id'];

export function fewerIndexEntries(): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const column of COLUMNS) {
        const name = `ix_access_tokens_tenant_id_${column}`;
        await db.schema.dropIndex(name).execute();
        await db.schema
          .createIndex(name)
          .on('access_tokens')
          .columns(['tenant_id', column])
          .where(sql.ref(column), 'is not', null)
          .execute();
      }
    },
  };
}
