/** Who acts with an exchanged token. @see RFC 8693 */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

export function actors(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('access_tokens').addColumn('act', schema.text).execute();
    },
  };
}
