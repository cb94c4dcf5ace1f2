/** Authentication profiles and the rules that choose among them. */
import type { Authentication, AuthenticationSettings } from '@sallyport/contract';
import type { Tenant } from '../model.js';
import type { Store } from '../ports.js';
import { authenticationSettings, changeAuthentication } from './authentication-changes.js';
import { type Administrator, administer, authorize } from './authority.js';
import type { ChangeLog } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { getTenant } from './tenant-changes.js';

/** Every function throws `AdminError`. */
export interface AuthenticationAdmin {
  get(tenant: Pick<Tenant, 'id'>, by: Administrator): Promise<Authentication>;
  /** The whole document at once; the version is the tenant's. */
  replace(
    tenant: Pick<Tenant, 'id'>,
    by: Administrator,
    input: AuthenticationSettings,
    expected?: Expected,
  ): Promise<Authentication>;
}

export function createAuthenticationAdmin(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
}): AuthenticationAdmin {
  const { store, changeLog } = deps;
  return {
    async get({ id }, by) {
      authorize(by, 'read tenant');
      const tenant = await getTenant(store.read, id);
      return { ...(await authenticationSettings(store.read, tenant)), version: tenant.version };
    },
    replace: ({ id }, by, input, expected) =>
      administer(changeLog, id, by, ['write tenant'], async (recorder, current) => {
        const before = await getTenant(recorder.tx, id);
        expectVersion(before, expected);
        const after = await changeAuthentication(recorder, current, before, input);
        return { ...(await authenticationSettings(recorder.tx, after)), version: after.version };
      }),
  };
}
