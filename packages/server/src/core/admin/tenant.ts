/** The tenant's own settings. */
import type { Tenant, TenantSettings } from '@sallyport/contract';
import type * as model from '../model.js';
import type { Store } from '../ports.js';
import { type Administrator, administer, authorize } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { refuse } from './faults.js';
import { changeTenant, getTenant, suffixesStillInUse } from './tenant-changes.js';
import { tenantView } from './views.js';

/** Every function throws `AdminError`. */
export interface TenantAdmin {
  get(tenant: Pick<model.Tenant, 'id'>, by: Administrator): Promise<Tenant>;
  /** A login suffix that login names end in cannot be left out. */
  replace(
    tenant: Pick<model.Tenant, 'id'>,
    by: Administrator,
    input: TenantSettings,
    expected?: Expected,
  ): Promise<Tenant>;
}

export function createTenantAdmin(deps: { store: Pick<Store, 'read'>; changeLog: ChangeLog }): TenantAdmin {
  const { store, changeLog } = deps;
  return {
    async get({ id }, by) {
      authorize(by, 'read tenant');
      return tenantView(await getTenant(store.read, id));
    },
    replace: ({ id }, by, input, expected) =>
      administer(changeLog, id, by, ['write tenant'], async (recorder, current) => {
        const before = await getTenant(recorder.tx, id);
        expectVersion(before, expected);
        const used = await suffixesStillInUse(recorder, before, input.loginSuffixes);
        refuse(used.map((suffix) => ({ field: 'loginSuffixes', message: `"${suffix}" is in use` })));
        return tenantView(await changeTenant(recorder, current, before, input));
      }),
  };
}
