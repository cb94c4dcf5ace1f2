/** OAuth2 Client apps: one whole, versioned document each. */
import type { App, AppInput, AppUsage, Page } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { AdminError } from '../errors.js';
import { foldName } from '../login-name.js';
import type * as model from '../model.js';
import type { PageRequest, Reader, Store } from '../ports.js';
import { type AppDeps, addApp, changeApp, removeApp } from './app-changes.js';
import { type Administrator, administer, authorize } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { appView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** Every function throws `AdminError`. */
export interface AppAdmin {
  page(tenant: Tenant, by: Administrator, page: PageRequest): Promise<Page<App>>;
  get(tenant: Tenant, by: Administrator, applicationId: string): Promise<App>;
  /** What hangs on the app now: what deleting or disabling it would take away. */
  usage(tenant: Tenant, by: Administrator, applicationId: string): Promise<AppUsage>;
  create(tenant: Tenant, by: Administrator, input: AppInput): Promise<App>;
  replace(
    tenant: Tenant,
    by: Administrator,
    applicationId: string,
    input: AppInput,
    expected?: Expected,
  ): Promise<App>;
  /** Its codes, grants, tokens and consents go with it. */
  remove(tenant: Tenant, by: Administrator, applicationId: string, expected?: Expected): Promise<void>;
}

export function createAppAdmin(
  deps: AppDeps & { store: Pick<Store, 'read'>; changeLog: ChangeLog; clock: Clock },
): AppAdmin {
  const { store, changeLog, clock } = deps;

  return {
    async page(tenant, by, page) {
      authorize(by, 'read apps');
      const { items, next } = await store.read.apps.page(tenant.id, page);
      const roleIds = [...new Set(items.flatMap((app) => app.roleIds))];
      const roles = await store.read.roles.findMany(tenant.id, roleIds);
      return { items: items.map((app) => appView(app, roles)), next };
    },
    async get(tenant, by, applicationId) {
      authorize(by, 'read apps');
      return viewOf(store.read, await getApp(store.read, tenant.id, applicationId));
    },
    async usage(tenant, by, applicationId) {
      authorize(by, 'read apps');
      const { id } = await getApp(store.read, tenant.id, applicationId);
      return store.read.grants.countOfApp(tenant.id, id, clock.now());
    },
    create: (tenant, by, input) =>
      administer(changeLog, tenant.id, by, ['write apps'], async (recorder, current) =>
        viewOf(recorder.tx, await addApp(recorder, current, deps, tenant.id, input)),
      ),
    replace: (tenant, by, applicationId, input, expected) =>
      administer(changeLog, tenant.id, by, ['write apps'], async (recorder, current) => {
        const app = await getApp(recorder.tx, tenant.id, applicationId);
        expectVersion(app, expected);
        return viewOf(recorder.tx, await changeApp(recorder, current, deps, app, input));
      }),
    remove: (tenant, by, applicationId, expected) =>
      administer(changeLog, tenant.id, by, ['write apps'], async (recorder, current) => {
        const app = await getApp(recorder.tx, tenant.id, applicationId);
        expectVersion(app, expected);
        await removeApp(recorder, current, app);
      }),
  };
}

async function viewOf(read: Reader, app: model.App): Promise<App> {
  return appView(app, await read.roles.findMany(app.tenantId, app.roleIds));
}

/** The app, whatever case its Application ID is asked for in. Throws `not_found`. */
export async function getApp(read: Reader, tenantId: string, applicationId: string): Promise<model.App> {
  const app = await read.apps.findByKey(tenantId, foldName(applicationId));
  if (!app) throw AdminError.notFound(`the app ${applicationId}`);
  return app;
}
