/** The very first start: an empty database becomes a tenant with its roles, its administrator and its key. */

import { randomInt } from 'node:crypto';
import { BUILT_IN_ROLES, Email } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import type { Vault } from '../../kit/vault.js';
import { AdminError } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { passwordFault } from '../login/password-policy.js';
import { foldLoginName } from '../login-name.js';
import type { Actor, Role, SigningKey, Tenant, User } from '../model.js';
import type { Reader, Store } from '../ports.js';
import type { ChangeLog, Recorder } from './change-log.js';
import { generatePassword } from './generated-password.js';
import { newSigningKey } from './keys.js';

const SYSTEM: Actor = { userId: null, name: 'system', source: 'local' };
const SESSIONS = { idle: 12 * 3600, absolute: 7 * 86_400 };

export interface FirstAdministrator {
  /** `name@suffix`; the suffix becomes the tenant's login suffix. */
  adminUser: string;
  /** Null has one generated, which is good for nothing but being changed. */
  adminPassword: string | null;
}

export interface FirstStart {
  tenant: Tenant;
  /** To be shown once, outside the log; null when the password was given. */
  generatedPassword: string | null;
}

/** Sets up an empty database; null on one that is not. Of several processes that start at once, one does. */
export async function bootstrap(
  deps: {
    store: Pick<Store, 'read'>;
    changeLog: ChangeLog;
    credentials: Pick<Credentials, 'hashChosen'>;
    vault: Vault;
    clock: Clock;
  },
  { adminUser, adminPassword }: FirstAdministrator,
): Promise<FirstStart | null> {
  if (await hasTenant(deps.store.read)) return null;
  const generatedPassword = adminPassword === null ? generatePassword() : null;
  const tenant = newTenant(adminUser);
  const user = {
    ...newAdministrator(tenant, adminUser, deps.clock.now()),
    mustChangePassword: generatedPassword !== null,
  };
  const password = adminPassword ?? generatedPassword ?? '';
  const fault = await passwordFault(password, user);
  if (fault !== null) throw AdminError.invalid('SALLYPORT_ADMIN_PASSWORD', fault);
  const passwordHash = await deps.credentials.hashChosen(password);
  const key = await newSigningKey(deps, tenant.id, 'RS256', 'active');
  const done = await deps.changeLog.record(tenant.id, SYSTEM, async (recorder) => {
    await recorder.serialize();
    if (await hasTenant(recorder.tx)) return false;
    await createAll(recorder, tenant, { ...user, passwordHash }, key);
    return true;
  });
  return done ? { tenant, generatedPassword } : null;
}

/** Any host finds the first tenant, if there is one. */
async function hasTenant(read: Reader): Promise<boolean> {
  return (await read.tenants.findByHost('localhost')) !== null;
}

async function createAll(recorder: Recorder, tenant: Tenant, user: User, key: SigningKey): Promise<void> {
  await recorder.createTenant(tenant);
  const [sysadmin, everybody] = builtInRoles(tenant.id);
  await recorder.createRole(sysadmin);
  await recorder.createRole(everybody);
  await recorder.createUser(user);
  await recorder.addMember(sysadmin, user);
  await recorder.createKey(key);
}

function newTenant(adminUser: string): Tenant {
  const suffix = adminUser.slice(adminUser.lastIndexOf('@') + 1).toLowerCase();
  const [label = ''] = suffix.split('.');
  const name = label === 'localhost' ? 'Sallyport' : label.charAt(0).toUpperCase() + label.slice(1);
  return {
    id: newId(),
    code: newCode(),
    name,
    loginSuffixes: [suffix],
    sessions: SESSIONS,
    authentication: { profiles: [], rules: [] },
    passwords: { expireAfter: 0, remembered: 0 },
    version: 1,
  };
}

/** Three letters and four digits, as the vendor's tenant codes look. */
function newCode(): string {
  const letters = Array.from({ length: 3 }, () => String.fromCharCode(65 + randomInt(26))).join('');
  return `${letters}${String(randomInt(10_000)).padStart(4, '0')}`;
}

function builtInRoles(tenantId: string): [Role, Role] {
  const common = { tenantId, builtIn: true, version: 1 };
  return [
    {
      ...common,
      id: 'sysadmin',
      name: BUILT_IN_ROLES.sysadmin,
      description: 'May do everything',
      rights: ['System Administrator'],
    },
    {
      ...common,
      id: 'everybody',
      name: BUILT_IN_ROLES.everybody,
      description: 'Every person of the tenant',
      rights: [],
    },
  ];
}

function newAdministrator(tenant: Tenant, loginName: string, now: number): User {
  const local = loginName.slice(0, loginName.lastIndexOf('@'));
  const email = [loginName, `${loginName}.localdomain`, `${local}@localhost.localdomain`].find(
    (address) => Email.safeParse(address).success,
  );
  return {
    tenantId: tenant.id,
    id: newId(),
    loginName,
    loginKey: foldLoginName(loginName),
    email: email ?? 'admin@localhost.localdomain',
    emailVerified: false,
    displayName: 'Administrator',
    description: '',
    profile: {},
    jwks: [],
    confidentialClient: false,
    enabled: true,
    passwordHash: null,
    mustChangePassword: false,
    passwordChangedAt: now,
    passwordHistory: [],
    validAfter: 0,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}
