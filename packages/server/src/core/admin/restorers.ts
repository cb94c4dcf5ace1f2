/** How each kind of object is taken back: from the fields of the change log to the change that writes them. */

import { isDeepStrictEqual } from 'node:util';
import {
  AppInput,
  AuthenticationProfile,
  lifetimeText,
  RoleInput,
  TenantSettings,
  UserInput,
  UserPatch,
} from '@sallyport/contract';
import { z } from 'zod';
import type { Change, Role, Tenant } from '../model.js';
import { type AppDeps, addApp, changeApp } from './app-changes.js';
import { authenticationSettings, changeAuthentication } from './authentication-changes.js';
import type { Administrator } from './authority.js';
import type { Recorder } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { parse } from './faults.js';
import { merged } from './merged.js';
import { addRole, changeRole } from './role-changes.js';
import { changeTenant, getTenant, suffixesStillInUse } from './tenant-changes.js';
import { addUser, changeUser } from './user-changes.js';
import { appInput, tenantSettings } from './views.js';

/** One restoration, inside its transaction. */
export interface RestoreRun {
  recorder: Recorder;
  by: Administrator;
  tenantId: string;
  deps: AppDeps;
  change: Change;
  /** Former values by field, of the fields that differ from now. */
  fields: ReadonlyMap<string, unknown>;
  /** The version of the object that the caller has seen. */
  expected: Expected;
}

export interface Restored {
  /** The version that was found; null when the object was gone. */
  found: number | null;
  /** The version that was written. */
  version: number;
  /** What could not be taken back. */
  notes: string[];
}

export const RESTORERS = { apps, roles, users, tenant } as const satisfies Record<
  string,
  (run: RestoreRun) => Promise<Restored>
>;

async function apps(run: RestoreRun): Promise<Restored> {
  const { recorder, by, tenantId, deps, change, fields } = run;
  const { tx } = recorder;
  const before = change.appId === null ? null : await tx.apps.find(tenantId, change.appId);
  expectVersion(before, run.expected);
  const present = before ? appInput(before, await tx.roles.findMany(tenantId, before.roleIds)) : {};
  const { roles, notes } = await rolesOf(recorder, tenantId, fields.get('userAccess.roles'));
  const former = nested(fields, {
    except: new Set(['userAccess.roles', 'logo']),
    keepsNull: before !== null,
  });
  const input = parse(AppInput, {
    ...merged(present, former),
    ...(roles && { userAccess: { roles: roles.map(({ name }) => name) } }),
  });
  const { version } = await (before
    ? changeApp(recorder, by, deps, before, input)
    : addApp(recorder, by, deps, tenantId, input));
  if (fields.get('logo')) notes.push('the logo does not come back: choose it again');
  return { found: before?.version ?? null, version, notes };
}

/** The roles of User Access as they were, less those that are no more. */
async function rolesOf(
  { tx }: Recorder,
  tenantId: string,
  ids: unknown,
): Promise<{ roles: Role[] | null; notes: string[] }> {
  if (!Array.isArray(ids)) return { roles: null, notes: [] };
  const roles = await tx.roles.findMany(tenantId, ids.map(String));
  const gone = ids.length - roles.length;
  const notes = gone === 0 ? [] : [`roles of User Access that were deleted since stay away: ${gone}`];
  return { roles, notes };
}

const ROLE_FIELDS = new Set(['name', 'description', 'rights']);

async function roles({ recorder, by, tenantId, change, fields, expected }: RestoreRun): Promise<Restored> {
  const former = only(fields, ROLE_FIELDS);
  const before = await recorder.tx.roles.find(tenantId, idOf(change));
  expectVersion(before, expected);
  if (before) {
    const { name, description, rights } = before;
    const input = parse(RoleInput, { name, description, rights, ...former });
    const { version } = await changeRole(recorder, by, before, input);
    return { found: before.version, version, notes: [] };
  }
  const { version } = await addRole(recorder, by, tenantId, parse(RoleInput, former));
  return { found: null, version, notes: ['the role comes back without members, and opens no app'] };
}

const USER_FIELDS = new Set([
  'loginName',
  'email',
  'displayName',
  'description',
  'enabled',
  'confidentialClient',
  'profile',
  'jwks',
]);

async function users({ recorder, by, tenantId, change, fields, expected }: RestoreRun): Promise<Restored> {
  const former = only(fields, USER_FIELDS);
  const before = await recorder.tx.users.find(tenantId, idOf(change));
  expectVersion(before, expected);
  if (before) {
    const { version } = await changeUser(recorder, by, before, parse(UserPatch, former));
    return { found: before.version, version, notes: [] };
  }
  const { password: _, generatePassword: __, ...input } = parse(UserInput, former);
  const { version } = await addUser(recorder, by, tenantId, { ...input, passwordHash: null });
  return { found: null, version, notes: ['the user comes back without password, second factors and roles'] };
}

async function tenant({ recorder, by, tenantId, fields, expected }: RestoreRun): Promise<Restored> {
  const before = await getTenant(recorder.tx, tenantId);
  expectVersion(before, expected);
  const wanted = parse(TenantSettings, merged(tenantSettings(before), tenantFields(fields)));
  const used = await suffixesStillInUse(recorder, before, wanted.loginSuffixes);
  const loginSuffixes = [...wanted.loginSuffixes, ...used];
  const changed = await changeTenant(recorder, by, before, { ...wanted, loginSuffixes });
  const { version, notes } = await restoreAuthentication(recorder, by, changed, fields);
  const staying = used.map((suffix) => `the login suffix "${suffix}" stays: login names end in it`);
  return { found: before.version, version, notes: [...staying, ...notes] };
}

/** Profiles and rules as they are stored. */
const StoredAuthentication = z.object({
  profiles: z.array(AuthenticationProfile),
  rules: z.array(
    z.object({
      roleIds: z.array(z.string()),
      appIds: z.array(z.string()),
      networks: z.array(z.string()),
      device: z.enum(['any', 'known', 'unknown']).optional(),
      profile: z.string(),
    }),
  ),
});

async function restoreAuthentication(
  recorder: Recorder,
  by: Administrator,
  before: Tenant,
  fields: ReadonlyMap<string, unknown>,
): Promise<Omit<Restored, 'found'>> {
  const present = before.authentication;
  const former = parse(StoredAuthentication, {
    profiles: fields.get('authentication.profiles') ?? present.profiles,
    rules: fields.get('authentication.rules') ?? present.rules,
  });
  if (isDeepStrictEqual(former, present)) return { version: before.version, notes: [] };
  const settings = await authenticationSettings(recorder.tx, { ...before, authentication: former });
  const { version } = await changeAuthentication(recorder, by, before, settings);
  const gone = former.rules.length - settings.rules.length;
  const notes = gone === 0 ? [] : [`rules whose roles or apps were deleted since stay away: ${gone}`];
  return { version, notes };
}

/** The log has seconds where the settings have lifetimes. */
function tenantFields(fields: ReadonlyMap<string, unknown>): object {
  const former = new Map(
    [...fields].filter(([field]) => field !== 'code' && !field.startsWith('authentication.')),
  );
  for (const field of ['sessions.idle', 'sessions.absolute', 'passwords.expireAfter']) {
    const seconds = former.get(field);
    if (typeof seconds === 'number') former.set(field, seconds === 0 ? 'never' : lifetimeText(seconds));
  }
  return nested(former);
}

/** What follows the kind in an object's path. */
function idOf({ object }: Change): string {
  return object.slice(object.indexOf('/') + 1);
}

function only(fields: ReadonlyMap<string, unknown>, names: ReadonlySet<string>): object {
  return nested(new Map([...fields].filter(([field]) => names.has(field))));
}

interface Tree {
  [key: string]: unknown;
}

interface Nesting {
  except?: ReadonlySet<string>;
  /** Else nothing, as a value, is left out, and the default takes its place. */
  keepsNull?: boolean;
}

/** `tokens.lifetime` as `{tokens: {lifetime}}`. */
function nested(
  fields: ReadonlyMap<string, unknown>,
  { except = new Set(), keepsNull = false }: Nesting = {},
): object {
  const root: Tree = {};
  for (const [field, value] of fields) {
    if ((value === null && !keepsNull) || except.has(field)) continue;
    const steps = field.split('.');
    const last = steps.pop() ?? field;
    let section = root;
    for (const step of steps) {
      const inner: Tree = Object(section[step]);
      section[step] = inner;
      section = inner;
    }
    section[last] = value;
  }
  return root;
}
