/** Profiles and rules inside an administrative transaction: names in documents, ids in the record. */
import { isDeepStrictEqual } from 'node:util';
import { type AuthenticationRule, type AuthenticationSettings, MECHANISMS } from '@sallyport/contract';
import type { FieldFault } from '../errors.js';
import { unmet } from '../login/policy.js';
import { foldName } from '../login-name.js';
import type { Tenant, TenantAuthentication, TenantRule } from '../model.js';
import type { Reader } from '../ports.js';
import { type Administrator, authorize } from './authority.js';
import type { Recorder } from './change-log.js';
import { refuse } from './faults.js';

/** Profiles and rules as documents have them. A rule all of whose roles or apps are gone fits nobody, and is left out. */
export async function authenticationSettings(
  read: Reader,
  { id, authentication }: Tenant,
): Promise<AuthenticationSettings> {
  const rules: AuthenticationRule[] = [];
  for (const { roleIds, appIds, networks, device = 'any', profile } of authentication.rules) {
    const roles = (await read.roles.findMany(id, roleIds)).map((role) => role.name);
    const found = await Promise.all(appIds.map((appId) => read.apps.find(id, appId)));
    const apps = found.flatMap((app) => (app ? [app.applicationId] : []));
    const isDead = (roleIds.length > 0 && roles.length === 0) || (appIds.length > 0 && apps.length === 0);
    if (!isDead) rules.push({ roles, apps, networks, device, profile });
  }
  return { profiles: authentication.profiles, rules };
}

/** Throws `invalid` for names that stand for nothing; does and logs nothing when all is as it was. */
export async function changeAuthentication(
  recorder: Recorder,
  by: Administrator,
  before: Tenant,
  settings: AuthenticationSettings,
): Promise<Tenant> {
  const authentication = await resolvedAuthentication(recorder.tx, before.id, settings);
  if (isDeepStrictEqual(authentication, before.authentication)) return before;
  authorize(by, 'write tenant');
  const after = { ...before, authentication, version: before.version + 1 };
  await recorder.updateTenant(before, after);
  return after;
}

/** The settings as the record has them. Throws `invalid` for names that stand for nothing. */
export async function resolvedAuthentication(
  read: Reader,
  tenantId: string,
  { profiles, rules }: AuthenticationSettings,
): Promise<TenantAuthentication> {
  const faults: FieldFault[] = repeated(profiles.map(({ name }) => name));
  for (const [i, { challenges }] of profiles.entries())
    if (unmet(challenges, MECHANISMS).length > 0)
      faults.push({
        field: `profiles.${i}.challenges`,
        message: 'each challenge needs a mechanism of its own',
      });
  const names = new Set(profiles.map(({ name }) => name));
  const resolved: TenantRule[] = [];
  for (const [i, rule] of rules.entries()) {
    if (!names.has(rule.profile))
      faults.push({ field: `rules.${i}.profile`, message: `there is no profile "${rule.profile}"` });
    resolved.push(await resolve(read, tenantId, rule, `rules.${i}`, faults));
  }
  refuse(faults);
  return { profiles, rules: resolved };
}

async function resolve(
  read: Reader,
  tenantId: string,
  { roles, apps, networks, device, profile }: AuthenticationRule,
  path: string,
  faults: FieldFault[],
): Promise<TenantRule> {
  const idsOf = async (
    kind: string,
    given: string[],
    find: (key: string) => Promise<{ id: string } | null>,
  ) => {
    const ids: string[] = [];
    for (const [i, name] of given.entries()) {
      const found = await find(foldName(name));
      if (found) ids.push(found.id);
      else faults.push({ field: `${path}.${kind}s.${i}`, message: `there is no ${kind} "${name}"` });
    }
    return ids;
  };
  const roleIds = await idsOf('role', roles, (key) => read.roles.findByNameKey(tenantId, key));
  const appIds = await idsOf('app', apps, (key) => read.apps.findByKey(tenantId, key));
  return { roleIds, appIds, networks, device, profile };
}

function repeated(names: readonly string[]): FieldFault[] {
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [{ field: `profiles.${i}.name`, message: `"${name}" stands here twice` }],
  );
}
