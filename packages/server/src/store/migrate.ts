/** Brings the schema up to date, under a lock that several starting processes share. */
import { type Kysely, type Migration, Migrator } from 'kysely';
import { StoreUnavailable } from '../core/ports.js';
import type { Dialect } from './dialects/dialect.js';
import { StoreOpenError } from './errors.js';
import { initial } from './migrations/0001-initial.js';
import { authentication } from './migrations/0002-authentication.js';
import { openidConnect } from './migrations/0003-openid-connect.js';
import { sessionOfTokens } from './migrations/0004-session-of-tokens.js';
import { appLogos } from './migrations/0005-app-logos.js';
import { knownDevices } from './migrations/0010-known-devices.js';
import { loginKeys } from './migrations/0011-login-keys.js';
import { traffic } from './migrations/0020-traffic.js';
import { resources } from './migrations/0025-resources.js';
import { deviceRequests } from './migrations/0026-device-requests.js';
import { boundTokens } from './migrations/0027-bound-tokens.js';
import { actors } from './migrations/0028-actors.js';
import { sessionClients } from './migrations/0035-session-clients.js';
import { registeredClients } from './migrations/0036-registered-clients.js';
import { rates } from './migrations/0045-rates.js';
import { fewerIndexEntries } from './migrations/0046-fewer-index-entries.js';
import { searches } from './migrations/0048-searches.js';
import { derivedSuccessors } from './migrations/0049-derived-successors.js';
import { grantsByTime } from './migrations/0050-grants-by-time.js';
import { changesOfApps } from './migrations/0051-changes-of-apps.js';
import type { Db } from './tables.js';

/** Where the database keeps the names of the migrations it has seen. */
export const MIGRATION_TABLE = 'sallyport_migration';

/** Every migration by name; a name sorts after all earlier ones. */
function migrations({ schema, userSearch }: Dialect): Record<string, Migration> {
  return {
    '0001-initial': initial(schema),
    '0002-authentication': authentication(schema),
    '0003-openid-connect': openidConnect(schema),
    '0004-session-of-tokens': sessionOfTokens(schema),
    '0005-app-logos': appLogos(schema),
    '0010-known-devices': knownDevices(schema),
    '0011-login-keys': loginKeys(),
    '0020-traffic': traffic(schema),
    '0025-resources': resources(schema),
    '0026-device-requests': deviceRequests(schema),
    '0027-bound-tokens': boundTokens(schema),
    '0028-actors': actors(schema),
    '0035-session-clients': sessionClients(schema),
    '0036-registered-clients': registeredClients(schema),
    '0045-rates': rates(schema),
    '0046-fewer-index-entries': fewerIndexEntries(),
    // More letters that look alike, and names that fold to themselves.
    '0047-login-keys': loginKeys(),
    '0048-user-search': searches(userSearch),
    '0049-derived-successors': derivedSuccessors(),
    '0050-grants-by-time': grantsByTime(),
    '0051-changes-of-apps': changesOfApps(schema),
  };
}

/** What to do about a database that no server has ever worked on, in a line. */
export function notSetUp(where: string): string {
  return `${where} holds no tenant: start the server there once, or name another place`;
}

/** Names of every migration this program knows, in order. */
export function migrationNames(dialect: Dialect): string[] {
  return Object.keys(migrations(dialect));
}

/** Names of the migrations that the database has seen. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  return (await lookAt(db)).applied;
}

/**
 * A restore names the migrations last. The tables are looked at first: whoever fills an empty database at the same time
 * commits both at once.
 */
async function lookAt(db: Db): Promise<{ applied: string[]; isCutOff: boolean }> {
  const untyped: Kysely<Record<string, { name: string }>> = db.withTables<Record<string, { name: string }>>();
  const tables = await untyped.introspection.getTables({ withInternalKyselyTables: true });
  const own = tables.find(({ name }) => name === MIGRATION_TABLE);
  if (!own) return { applied: [], isCutOff: false };
  const rows = await untyped.selectFrom(MIGRATION_TABLE).select('name').orderBy('name').execute();
  const isFilled = tables.some(({ name, schema }) => name === 'tenants' && schema === own.schema);
  return { applied: rows.map(({ name }) => name), isCutOff: rows.length === 0 && isFilled };
}

/**
 * Runs what migrations are missing; of an `existing` database alone, or of an empty one too.
 *
 * @throws StoreOpenError when the database was written by a newer program or left by half a restore, or a migration fails
 * @throws StoreUnavailable when the database is away or busy: try again
 */
export async function migrate(
  db: Db,
  dialect: Dialect,
  { where, existing = false }: { where: string; existing?: boolean },
): Promise<void> {
  const known = migrations(dialect);
  const { applied, isCutOff } = await lookAt(db);
  if (isCutOff)
    throw new StoreOpenError(
      `cannot prepare ${where}: a restore was cut off before its end; restore again with --overwrite`,
    );
  if (existing && applied.length === 0) throw new StoreOpenError(notSetUp(where));
  const unknown = applied.filter((name) => !(name in known));
  if (unknown.length > 0)
    throw new StoreOpenError(
      `${where} was written by a newer Sallyport (${unknown.at(-1)}); this one knows no further than ${Object.keys(known).at(-1)}`,
    );
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => known },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
    // By their bytes, as the names are made: the rules of a language would be loaded for it.
    nameComparator: (a, b) => Number(a > b) - Number(a < b),
  });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof StoreUnavailable) throw error;
  if (error)
    throw new StoreOpenError(`cannot prepare ${where}: ${error instanceof Error ? error.message : error}`);
}
