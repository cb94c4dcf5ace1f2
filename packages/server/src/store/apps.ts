import { foldName } from '../core/login-name.js';
import type { App } from '../core/model.js';
import type { AdminWriter, Reader } from '../core/ports.js';
import { audienceKey } from '../core/urls.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { prepared } from './prepared.js';
import { codec } from './rows.js';
import { SETTINGS_VERSION, upgradeSettings } from './settings-document.js';
import type { AppLogoRow, AppRoleRow, AppRow, Db } from './tables.js';

type Bare = Omit<App, 'roleIds'>;

const bare = codec<Bare>({ enabled: 'flag', settings: 'json' }, [
  'application_key',
  'issuer',
  'audience_key',
  'search_text',
  'settings_version',
]);

const BY_KEY: Listing = { sortBy: 'apps.application_key', direction: 'asc', searchIn: 'apps.search_text' };

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('apps').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const byKey = prepared((db: Db, p: { tenantId: string; key: string }) =>
  db.selectFrom('apps').selectAll().where('tenant_id', '=', p.tenantId).where('application_key', '=', p.key),
);

const byIssuer = prepared((db: Db, p: { tenantId: string; issuer: string }) =>
  db.selectFrom('apps').selectAll().where('tenant_id', '=', p.tenantId).where('issuer', '=', p.issuer),
);

const byAudience = prepared((db: Db, p: { tenantId: string; key: string }) =>
  db.selectFrom('apps').selectAll().where('tenant_id', '=', p.tenantId).where('audience_key', '=', p.key),
);

const openTo = prepared((db: Db, p: { tenantId: string; roleId: string }) =>
  db
    .selectFrom('apps')
    .selectAll('apps')
    .innerJoin('app_roles', (join) =>
      join.onRef('app_roles.tenant_id', '=', 'apps.tenant_id').onRef('app_roles.app_id', '=', 'apps.id'),
    )
    .where('app_roles.tenant_id', '=', p.tenantId)
    .where('app_roles.role_id', '=', p.roleId)
    .orderBy('apps.application_key'),
);

const insert = prepared((db: Db, row: AppRow) => db.insertInto('apps').values(row));

const update = prepared((db: Db, { before, tenant_id, id, ...row }: AppRow & { before: number }) =>
  db
    .updateTable('apps')
    .set(row)
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('version', '=', before),
);

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('apps').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const addRole = prepared((db: Db, row: AppRoleRow) => db.insertInto('app_roles').values(row));

const clearRoles = prepared((db: Db, p: { tenantId: string; appId: string }) =>
  db.deleteFrom('app_roles').where('tenant_id', '=', p.tenantId).where('app_id', '=', p.appId),
);

const clearLogo = prepared((db: Db, p: { tenantId: string; appId: string }) =>
  db.deleteFrom('app_logos').where('tenant_id', '=', p.tenantId).where('app_id', '=', p.appId),
);

const addLogo = prepared((db: Db, row: AppLogoRow) => db.insertInto('app_logos').values(row));

const logoOf = prepared((db: Db, p: { tenantId: string; digest: string }) =>
  db
    .selectFrom('app_logos')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('digest', '=', p.digest)
    .limit(1),
);

function rowOf({ roleIds: _, ...app }: App): AppRow {
  const { issuer, audience } = app.settings.generalUsage;
  return {
    ...bare.toRow(app),
    application_key: foldName(app.applicationId),
    issuer: issuer === 'default' ? null : issuer,
    audience_key: audience === null ? null : audienceKey(audience),
    search_text: searchText(app.applicationId, app.name, app.description, app.category),
    settings_version: SETTINGS_VERSION,
  };
}

/** The apps of `rows`, with the roles of User Access in the order of their ids. */
async function withRoles(db: Db, rows: readonly AppRow[]): Promise<App[]> {
  const [first] = rows;
  if (!first) return [];
  const links = await db
    .selectFrom('app_roles')
    .select(['app_id', 'role_id'])
    .where('tenant_id', '=', first.tenant_id)
    .where(
      'app_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('role_id')
    .execute();
  return rows.map((row) => {
    const app = bare.fromRow(row);
    const roleIds = links.filter((link) => link.app_id === row.id).map((link) => link.role_id);
    return { ...app, settings: upgradeSettings(app.settings, row.settings_version), roleIds };
  });
}

async function first(db: Db, { rows }: { rows: AppRow[] }): Promise<App | null> {
  const [app] = await withRoles(db, rows.slice(0, 1));
  return app ?? null;
}

export function appReader(db: Db): Reader['apps'] {
  return {
    find: async (tenantId, id) => first(db, await byId(db, { tenantId, id })),
    findByKey: async (tenantId, key) => first(db, await byKey(db, { tenantId, key })),
    findByIssuer: async (tenantId, issuer) => first(db, await byIssuer(db, { tenantId, issuer })),
    findByAudience: async (tenantId, key) => first(db, await byAudience(db, { tenantId, key })),
    page: async (tenantId, page) => {
      const all = db.selectFrom('apps').selectAll().where('tenant_id', '=', tenantId);
      const rows = await onPage(all, BY_KEY, page).execute();
      const { items, ...rest } = toPage(
        rows,
        BY_KEY,
        page,
        (row) => row.application_key,
        (row) => row,
      );
      return { items: await withRoles(db, items), ...rest };
    },
    ofRole: async (tenantId, roleId) => withRoles(db, (await openTo(db, { tenantId, roleId })).rows),
    logo: async (tenantId, digest) => (await logoOf(db, { tenantId, digest })).rows[0]?.png ?? null,
  };
}

async function writeRoles(db: Db, app: App): Promise<void> {
  for (const roleId of new Set(app.roleIds))
    await addRole(db, { tenant_id: app.tenantId, app_id: app.id, role_id: roleId });
}

export function appAdmin(
  db: Db,
): Pick<AdminWriter['admin'], 'insertApp' | 'updateApp' | 'deleteApp' | 'putLogo'> {
  return {
    insertApp: async (app) => {
      await insert(db, rowOf(app));
      await writeRoles(db, app);
    },
    updateApp: async (app) => {
      const { changed } = await update(db, { ...rowOf(app), before: app.version - 1 });
      if (changed === 0) return false;
      await clearRoles(db, { tenantId: app.tenantId, appId: app.id });
      await writeRoles(db, app);
      return true;
    },
    putLogo: async ({ tenantId, id, logo }, png) => {
      await clearLogo(db, { tenantId, appId: id });
      if (logo !== null && png !== null)
        await addLogo(db, { tenant_id: tenantId, app_id: id, digest: logo, png });
    },
    // Foreign keys take codes, parked requests, grants, tokens and consents along.
    deleteApp: async (tenantId, id) => {
      await remove(db, { tenantId, id });
    },
  };
}
