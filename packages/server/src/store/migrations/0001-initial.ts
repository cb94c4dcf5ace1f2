/** The first schema. Hashes are keys by themselves; everything else is keyed inside its tenant. */
import { type CreateTableBuilder, type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

type Schema = Dialect['schema'];
type Db = Kysely<unknown>;

/** A table; names of columns are separated by spaces. Flags are integers 0 and 1, instants epoch milliseconds. */
interface Plan {
  text: string;
  optionalText?: string;
  integer?: string;
  instant?: string;
  optionalInstant?: string;
  /** Columns of the primary key; absent when the rows are numbered by the database in `sequence`. */
  key?: string;
  /** Whose row takes this one along when it goes, by the column that names it. */
  owners?: Record<string, 'tenants' | 'users' | 'apps' | 'roles' | 'grants'>;
  unique?: string[];
  indexes?: string[];
}

function split(names = ''): string[] {
  return names === '' ? [] : names.split(' ');
}

function withColumns(table: CreateTableBuilder<string, string>, schema: Schema, name: string, plan: Plan) {
  let made = table;
  for (const column of split(plan.text)) made = made.addColumn(column, schema.text, (c) => c.notNull());
  for (const column of split(plan.optionalText)) made = made.addColumn(column, schema.text);
  for (const column of split(plan.integer)) made = made.addColumn(column, 'integer', (c) => c.notNull());
  for (const column of split(plan.instant)) made = made.addColumn(column, 'bigint', (c) => c.notNull());
  for (const column of split(plan.optionalInstant)) made = made.addColumn(column, 'bigint');
  if (plan.key) return made.addPrimaryKeyConstraint(`pk_${name}`, split(plan.key));
  return made.addColumn('sequence', schema.sequence, schema.sequenceColumn);
}

async function create(db: Db, schema: Schema, name: string, plan: Plan): Promise<void> {
  let table = withColumns(db.schema.createTable(name), schema, name, plan);
  for (const [column, owner] of Object.entries(plan.owners ?? {})) {
    const [own, theirs] =
      column === 'tenant_id'
        ? [[column], ['id']]
        : [
            ['tenant_id', column],
            ['tenant_id', 'id'],
          ];
    table = table.addForeignKeyConstraint(`fk_${name}_${column}`, own, owner, theirs, (key) =>
      key.onDelete('cascade'),
    );
  }
  await table.execute();
  for (const columns of plan.unique ?? [])
    await db.schema
      .createIndex(`ux_${name}_${columns.replaceAll(' ', '_')}`)
      .unique()
      .on(name)
      .columns(split(columns))
      .execute();
  for (const columns of plan.indexes ?? [])
    await db.schema
      .createIndex(`ix_${name}_${columns.replaceAll(' ', '_')}`)
      .on(name)
      .columns(split(columns))
      .execute();
}

const DIRECTORY: Record<string, Plan> = {
  tenants: {
    text: 'id code name login_suffixes sessions',
    optionalText: 'host',
    integer: 'version',
    instant: 'created_at',
    key: 'id',
    unique: ['code', 'host'],
  },
  users: {
    text: 'tenant_id id login_name login_key email display_name description search_text',
    optionalText: 'password_hash',
    integer: 'confidential_client enabled must_change_password version',
    instant: 'valid_after created_at updated_at',
    key: 'tenant_id id',
    owners: { tenant_id: 'tenants' },
    unique: ['tenant_id login_key'],
  },
  factors: {
    text: 'tenant_id id user_id mechanism sealed',
    instant: 'last_step created_at',
    key: 'tenant_id id',
    owners: { user_id: 'users' },
    indexes: ['tenant_id user_id'],
  },
  roles: {
    text: 'tenant_id id name name_key description rights search_text',
    integer: 'built_in version',
    key: 'tenant_id id',
    owners: { tenant_id: 'tenants' },
    unique: ['tenant_id name_key'],
  },
  role_members: {
    text: 'tenant_id role_id user_id login_key',
    key: 'tenant_id role_id user_id',
    owners: { role_id: 'roles', user_id: 'users' },
    indexes: ['tenant_id user_id', 'tenant_id role_id login_key'],
  },
  apps: {
    text: 'tenant_id id application_id application_key template name description category settings search_text',
    optionalText: 'issuer',
    integer: 'enabled version settings_version',
    instant: 'created_at updated_at',
    key: 'tenant_id id',
    owners: { tenant_id: 'tenants' },
    unique: ['tenant_id application_key', 'tenant_id issuer'],
  },
  app_roles: {
    text: 'tenant_id app_id role_id',
    key: 'tenant_id app_id role_id',
    owners: { app_id: 'apps', role_id: 'roles' },
    indexes: ['tenant_id role_id'],
  },
  signing_keys: {
    text: 'tenant_id kid alg public_jwk sealed_private_key state',
    instant: 'created_at',
    optionalInstant: 'retire_at',
    key: 'tenant_id kid',
    owners: { tenant_id: 'tenants' },
  },
};

const SIGN_IN: Record<string, Plan> = {
  logins: {
    text: 'tenant_id id_hash login_key state source',
    optionalText: 'user_id',
    integer: 'version',
    instant: 'created_at expires_at',
    key: 'id_hash',
    owners: { user_id: 'users' },
    indexes: ['tenant_id user_id', 'expires_at'],
  },
  sessions: {
    text: 'tenant_id id cookie_hash handle_hash user_id amr source user_agent',
    instant: 'auth_time created_at last_seen_at expires_at',
    key: 'tenant_id id',
    owners: { user_id: 'users' },
    unique: ['cookie_hash', 'handle_hash'],
    indexes: ['tenant_id user_id', 'expires_at'],
  },
  parked: {
    text: 'tenant_id key_hash app_id request',
    instant: 'created_at expires_at',
    key: 'key_hash',
    owners: { app_id: 'apps' },
    indexes: ['tenant_id app_id', 'expires_at'],
  },
  attempts: {
    text: 'tenant_id login_key source',
    integer: 'failures pending',
    instant: 'pending_at slowed_until succeeded_at touched_at',
    key: 'tenant_id login_key source',
    indexes: ['touched_at'],
  },
};

const ALLOWED: Record<string, Plan> = {
  // Without app, client and user: a tombstone.
  grants: {
    text: 'tenant_id id scope',
    optionalText: 'app_id client_id user_id session_id',
    instant: 'auth_time created_at expires_at',
    optionalInstant: 'revoked_at',
    key: 'tenant_id id',
    owners: { user_id: 'users', app_id: 'apps' },
    indexes: ['tenant_id user_id', 'tenant_id app_id', 'tenant_id session_id', 'expires_at'],
  },
  codes: {
    text: 'tenant_id code_hash grant_id app_id client_id user_id session_id redirect_uri scope',
    optionalText: 'nonce code_challenge',
    instant: 'auth_time created_at expires_at',
    optionalInstant: 'redeemed_at',
    key: 'code_hash',
    owners: { user_id: 'users', app_id: 'apps' },
    indexes: ['tenant_id user_id', 'tenant_id app_id', 'expires_at'],
  },
  refresh_tokens: {
    text: 'tenant_id token_hash grant_id',
    optionalText: 'successor_hash sealed_successor',
    instant: 'created_at expires_at',
    optionalInstant: 'replaced_at',
    key: 'token_hash',
    owners: { grant_id: 'grants' },
    indexes: ['tenant_id grant_id', 'expires_at'],
  },
  access_tokens: {
    text: 'tenant_id token_hash app_id client_id user_id scope',
    optionalText: 'grant_id',
    instant: 'auth_time created_at expires_at',
    optionalInstant: 'revoked_at',
    key: 'token_hash',
    owners: { user_id: 'users', app_id: 'apps' },
    indexes: ['tenant_id user_id', 'tenant_id app_id', 'tenant_id grant_id', 'expires_at'],
  },
  consents: {
    text: 'tenant_id user_id app_id client_id scope',
    instant: 'granted_at',
    key: 'tenant_id user_id app_id client_id',
    owners: { user_id: 'users', app_id: 'apps' },
    indexes: ['tenant_id app_id'],
  },
};

/** Logs outlive what they speak of. */
const LOGS: Record<string, Plan> = {
  changes: {
    text: 'tenant_id id actor source object name action fields search_text',
    optionalText: 'actor_id',
    instant: 'at',
    key: 'tenant_id id',
    indexes: ['tenant_id object id'],
  },
  events: {
    text: 'tenant_id id type source correlation_id detail search_text',
    optionalText: 'user_id user_name app_id client_id',
    instant: 'at',
    key: 'tenant_id id',
  },
  signals: { text: 'tenant_id kind subject', instant: 'expires_at', indexes: ['expires_at'] },
  nodes: { text: 'id name', instant: 'sequence seen_at', key: 'id' },
};

/** The migration, in the words of one dialect. */
export function initial(schema: Schema): Migration {
  return {
    up: async (db: Db) => {
      const plans = { ...DIRECTORY, ...SIGN_IN, ...ALLOWED, ...LOGS };
      for (const [name, plan] of Object.entries(plans)) await create(db, schema, name, plan);
      // The grace of a rotation is looked up by the successor; most tokens have none yet.
      await db.schema
        .createIndex('ix_refresh_tokens_successor_hash')
        .on('refresh_tokens')
        .column('successor_hash')
        .where(sql.ref('successor_hash'), 'is not', null)
        .execute();
    },
  };
}
