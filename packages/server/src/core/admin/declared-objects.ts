/** Each object of a declaration made what it is declared to be, in the order in which they refer to one another. */
import {
  APP_PRESETS,
  AppInput,
  AuthenticationSettings,
  type Declaration,
  type DeclaredApp,
  type DeclaredRole,
  type DeclaredUser,
  RoleInput,
  TenantSettings,
  UserInput,
} from '@sallyport/contract';
import type { Vault } from '../../kit/vault.js';
import { AdminError, type FieldFault } from '../errors.js';
import { holdsTotpSecret, TOTP_MECHANISM, totpFactor } from '../login/factors.js';
import { foldLoginName, foldName } from '../login-name.js';
import type { Role, Tenant, User } from '../model.js';
import { type AppDeps, addApp, changeApp } from './app-changes.js';
import { authenticationSettings, changeAuthentication } from './authentication-changes.js';
import { type Administrator, requireAbove } from './authority.js';
import type { Recorder } from './change-log.js';
import type { DeclaredSecret } from './declared-secrets.js';
import { everything } from './everything.js';
import { parse, refuse } from './faults.js';
import { merged } from './merged.js';
import { addRole, changeMembership, changeRole } from './role-changes.js';
import { changeTenant, getTenant, suffixesStillInUse } from './tenant-changes.js';
import { addUser, changeUser } from './user-changes.js';
import { appInput, tenantSettings } from './views.js';

/** One run of `apply`, inside its transaction. */
export interface DeclarationRun {
  recorder: Recorder;
  by: Administrator;
  tenant: Pick<Tenant, 'id'>;
  secrets: ReadonlyMap<string, DeclaredSecret>;
}

/** Answers notes on what stays as it is. Throws one refusal with the faults of every object. */
export async function declareObjects(
  deps: AppDeps,
  run: DeclarationRun,
  declaration: Declaration,
): Promise<string[]> {
  const notes: string[] = [];
  const faults: FieldFault[] = [];
  const { tenant, users = [], roles = [], apps = [], authentication } = declaration;
  if (tenant) await collect(faults, 'tenant', () => declareTenant(run, tenant, notes));
  for (const [i, user] of users.entries())
    await collect(faults, `users.${i}`, () => declareUser(run, deps.vault, user));
  for (const [i, role] of roles.entries()) await collect(faults, `roles.${i}`, () => declareRole(run, role));
  for (const [i, app] of apps.entries()) await collect(faults, `apps.${i}`, () => declareApp(run, deps, app));
  if (authentication)
    await collect(faults, 'authentication', () => declareAuthentication(run, authentication));
  refuse(faults);
  return notes;
}

/** Keeps what one object is refused for, and goes on, so that all faults are told together. */
async function collect(faults: FieldFault[], path: string, job: () => Promise<void>): Promise<void> {
  try {
    await job();
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    const own = error.faults.map(({ field, message }) => ({ field: `${path}.${field}`, message }));
    const all = own.length > 0 ? own : [{ field: path, message: error.message }];
    if (error.code === 'forbidden' || error.code === 'version_mismatch')
      throw new AdminError(error.code, `${path}: ${error.message}`, all);
    faults.push(...all);
  }
}

async function declareTenant(
  { recorder, by, tenant }: DeclarationRun,
  declared: NonNullable<Declaration['tenant']>,
  notes: string[],
): Promise<void> {
  const before = await getTenant(recorder.tx, tenant.id);
  const wanted = parse(TenantSettings, merged(tenantSettings(before), declared));
  const used = await suffixesStillInUse(recorder, before, wanted.loginSuffixes);
  for (const suffix of used) notes.push(`the login suffix "${suffix}" stays: login names end in it`);
  const loginSuffixes = [...wanted.loginSuffixes, ...used];
  await changeTenant(recorder, by, before, { ...wanted, loginSuffixes });
}

async function declareAuthentication(
  { recorder, by, tenant }: DeclarationRun,
  declared: NonNullable<Declaration['authentication']>,
): Promise<void> {
  const before = await getTenant(recorder.tx, tenant.id);
  const wanted = { ...(await authenticationSettings(recorder.tx, before)), ...declared };
  await changeAuthentication(recorder, by, before, parse(AuthenticationSettings, wanted));
}

async function declareUser(run: DeclarationRun, vault: Vault, declared: DeclaredUser): Promise<void> {
  const { recorder, by, tenant, secrets } = run;
  const { password: _, totpSecret, ...fields } = declared;
  const key = foldLoginName(declared.loginName);
  const before = await recorder.tx.users.findByLoginKey(tenant.id, key);
  const secret = secrets.get(key);
  if (secret && secret.basis !== (before?.passwordHash ?? null))
    throw new AdminError('version_mismatch', 'its password was changed meanwhile');
  const user = before
    ? await changeUser(recorder, by, before, { ...fields, ...passwordChange(secret) })
    : await addUser(recorder, by, tenant.id, newUser(fields, secret));
  if (totpSecret !== undefined) await declareTotp(run, vault, user, totpSecret);
}

/** The defaults of a new user, less what only the API takes. */
function newUser(fields: Omit<DeclaredUser, 'password' | 'totpSecret'>, secret: DeclaredSecret | undefined) {
  const { password: _, generatePassword: __, ...input } = parse(UserInput, fields);
  return { ...input, passwordHash: secret?.hash ?? null };
}

function passwordChange(secret: DeclaredSecret | undefined) {
  if (!secret || secret.hash === secret.basis) return {};
  return { passwordHash: secret.hash, mustChangePassword: false };
}

async function declareTotp(
  { recorder, by }: DeclarationRun,
  vault: Vault,
  user: User,
  secret: string,
): Promise<void> {
  const factors = await recorder.tx.users.factors(user.tenantId, user.id);
  const apps = factors.filter((factor) => factor.mechanism === TOTP_MECHANISM);
  if (apps.length === 1 && apps.every((factor) => holdsTotpSecret(vault, factor, secret))) return;
  await requireAbove(recorder, by, user);
  for (const factor of apps) await recorder.removeFactor(user, factor);
  await recorder.addFactor(user, totpFactor(vault, user, secret, recorder.now));
}

async function declareRole({ recorder, by, tenant }: DeclarationRun, declared: DeclaredRole): Promise<void> {
  const { members, ...fields } = declared;
  const before = await recorder.tx.roles.findByNameKey(tenant.id, foldName(declared.name));
  const role = before
    ? await changeRole(recorder, by, before, fields)
    : await addRole(recorder, by, tenant.id, parse(RoleInput, fields));
  if (members) await declareMembers(recorder, by, role, members);
}

async function declareMembers(
  recorder: Recorder,
  by: Administrator,
  role: Role,
  names: readonly string[],
): Promise<void> {
  const { tx } = recorder;
  const faults: FieldFault[] = [];
  const wanted = new Map<string, User>();
  for (const [i, name] of names.entries()) {
    const user = await tx.users.findByLoginKey(role.tenantId, foldLoginName(name));
    if (user) wanted.set(user.id, user);
    else faults.push({ field: `members.${i}`, message: `there is no user "${name}"` });
  }
  refuse(faults);
  const present = await everything((page) => tx.roles.members(role.tenantId, role.id, page));
  for (const user of wanted.values()) await changeMembership(recorder, by, role, user, true);
  for (const user of present)
    if (!wanted.has(user.id)) await changeMembership(recorder, by, role, user, false);
}

async function declareApp(
  { recorder, by, tenant }: DeclarationRun,
  deps: AppDeps,
  { preset, ...named }: DeclaredApp,
): Promise<void> {
  const declared = preset
    ? { ...merged(APP_PRESETS[preset], named), applicationId: named.applicationId }
    : named;
  const before = await recorder.tx.apps.findByKey(tenant.id, foldName(declared.applicationId));
  if (!before) {
    await addApp(recorder, by, deps, tenant.id, parse(AppInput, declared));
    return;
  }
  const roles = await recorder.tx.roles.findMany(tenant.id, before.roleIds);
  await changeApp(recorder, by, deps, before, parse(AppInput, merged(appInput(before, roles), declared)));
}
