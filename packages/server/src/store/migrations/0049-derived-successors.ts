/** The successor of a refresh token is worked out from it, and stored nowhere. */
import type { Migration } from 'kysely';

export function derivedSuccessors(): Migration {
  return {
    up: async (db) => {
      await db.schema.dropIndex('ix_refresh_tokens_successor_hash').execute();
      for (const column of ['successor_hash', 'sealed_successor'])
        await db.schema.alterTable('refresh_tokens').dropColumn(column).execute();
    },
  };
}
