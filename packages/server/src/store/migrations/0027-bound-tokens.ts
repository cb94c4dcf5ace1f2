/** The key that codes, grants and opaque tokens are bound to. @see RFC 9449 */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function boundTokens(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const table of ['codes', 'grants', 'access_tokens'])
        await db.schema.alterTable(table).addColumn('jkt', schema.text).execute();
    },
  };
}
