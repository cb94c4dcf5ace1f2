/** Clients that registered themselves, and the tokens by which an administrator lets them. */
import type { CreateTableBuilder, Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

type Table = CreateTableBuilder<string, string>;

const CLIENT = [
  'tenant_id',
  'id',
  'app_id',
  'name',
  'metadata',
  'token_hash',
  'registered_by',
  'search_text',
];
const TOKEN = ['tenant_id', 'id', 'app_id', 'name', 'token_hash'];

export function registeredClients(schema: Dialect['schema']): Migration {
  function withColumns(made: Table, texts: readonly string[], instants: readonly string[]): Table {
    let table = made;
    for (const column of texts) table = table.addColumn(column, schema.text, (c) => c.notNull());
    for (const column of instants) table = table.addColumn(column, 'bigint', (c) => c.notNull());
    return table;
  }

  async function create(db: Kysely<unknown>, name: string, table: Table): Promise<void> {
    await table
      .addPrimaryKeyConstraint(`pk_${name}`, ['tenant_id', 'id'])
      .addForeignKeyConstraint(
        `fk_${name}_app_id`,
        ['tenant_id', 'app_id'],
        'apps',
        ['tenant_id', 'id'],
        (key) => key.onDelete('cascade'),
      )
      .execute();
    await db.schema
      .createIndex(`ix_${name}_tenant_id_app_id`)
      .on(name)
      .columns(['tenant_id', 'app_id'])
      .execute();
  }

  return {
    up: async (db: Kysely<unknown>) => {
      const clients: Table = db.schema.createTable('clients');
      await create(
        db,
        'clients',
        withColumns(clients, CLIENT, ['created_at', 'updated_at'])
          .addColumn('secret_digest', schema.text)
          .addColumn('version', 'integer', (column) => column.notNull()),
      );
      const tokens: Table = db.schema.createTable('registration_tokens');
      await create(db, 'registration_tokens', withColumns(tokens, TOKEN, ['created_at', 'expires_at']));
      await db.schema
        .createIndex('ux_registration_tokens_token_hash')
        .unique()
        .on('registration_tokens')
        .column('token_hash')
        .execute();
    },
  };
}
