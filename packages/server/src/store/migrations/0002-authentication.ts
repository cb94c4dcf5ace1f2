/** Authentication profiles and rules, what a grant's sign-in met, and the life of passwords. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

type Schema = Dialect['schema'];

/** New text columns with what rows from before hold. */
const TEXT: Record<string, Record<string, string>> = {
  tenants: {
    authentication: '{"profiles":[],"rules":[]}',
    passwords: '{"expireAfter":0,"remembered":0}',
  },
  users: { password_history: '[]' },
  codes: { amr: 'UP', source: '' },
  grants: { amr: 'UP', source: '' },
};

export function authentication(schema: Schema): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const [table, columns] of Object.entries(TEXT))
        for (const [column, before] of Object.entries(columns))
          await db.schema
            .alterTable(table)
            .addColumn(column, schema.text, (c) => c.notNull().defaultTo(before))
            .execute();
      await db.schema
        .alterTable('users')
        .addColumn('password_changed_at', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
    },
  };
}
