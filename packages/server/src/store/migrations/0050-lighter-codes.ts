/**
 * A code lives for a minute, and its user, app and session are asked for when it is redeemed: it needs no entry in indexes
 * that find it by these, and no look at their rows when it is made.
 */
import { type CreateTableBuilder, type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

const TEXT = ['code_hash', 'tenant_id', 'grant_id', 'app_id', 'client_id', 'user_id', 'session_id'].concat([
  'redirect_uri',
  'scope',
  'amr',
  'source',
]);
const OPTIONAL_TEXT = ['nonce', 'claims', 'resource', 'jkt', 'code_challenge'];
const INSTANTS = ['auth_time', 'created_at', 'expires_at'];
const OPTIONAL_INSTANTS = ['redeemed_at'];

export function lighterCodes(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      // SQLite drops no constraint of a table that there is.
      await sql`create table codes_kept as select * from codes`.execute(db);
      await db.schema.dropTable('codes').execute();
      let table: CreateTableBuilder<string, string> = db.schema.createTable('codes');
      for (const name of TEXT) table = table.addColumn(name, schema.text, (column) => column.notNull());
      for (const name of OPTIONAL_TEXT) table = table.addColumn(name, schema.text);
      for (const name of INSTANTS) table = table.addColumn(name, 'bigint', (column) => column.notNull());
      for (const name of OPTIONAL_INSTANTS) table = table.addColumn(name, 'bigint');
      await table.addPrimaryKeyConstraint('pk_codes', ['code_hash']).execute();
      await db.schema.createIndex('ix_codes_expires_at').on('codes').columns(['expires_at']).execute();
      const columns = sql.join(
        [...TEXT, ...OPTIONAL_TEXT, ...INSTANTS, ...OPTIONAL_INSTANTS].map((name) => sql.ref(name)),
      );
      await sql`insert into codes (${columns}) select ${columns} from codes_kept`.execute(db);
      await db.schema.dropTable('codes_kept').execute();
    },
  };
}
