/** Users: the directory's administration. Decides rights and rules; the edge and the command line only call. */
import type {
  CreatedUser,
  Factor,
  Page,
  PasswordReset,
  User,
  UserInput,
  UserPatch,
  UserSummary,
} from '@sallyport/contract';
import type { Vault } from '../../kit/vault.js';
import { AdminError } from '../errors.js';
import type { Credentials } from '../login/credentials.js';
import { passwordFault } from '../login/password-policy.js';
import { foldLoginName } from '../login-name.js';
import type * as model from '../model.js';
import type { PageRequest, Reader, Store } from '../ports.js';
import { type Administrator, administer, authorize, requireAbove } from './authority.js';
import type { ChangeLog, Recorder } from './change-log.js';
import { type Expected, expectVersion } from './expected-version.js';
import { factorViews, setOf } from './factor-views.js';
import { generatePassword } from './generated-password.js';
import { addUser, changeUser, removeUser } from './user-changes.js';
import { userSummary, userView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** `name` is a user's id or login name. Every function throws `AdminError`. */
export interface UserAdmin {
  page(tenant: Tenant, by: Administrator, page: PageRequest): Promise<Page<UserSummary>>;
  get(tenant: Tenant, by: Administrator, name: string): Promise<User>;
  /** `generatedPassword` is answered this once and never again. */
  create(tenant: Tenant, by: Administrator, input: UserInput): Promise<CreatedUser>;
  patch(
    tenant: Tenant,
    by: Administrator,
    name: string,
    patch: UserPatch,
    expected?: Expected,
  ): Promise<User>;
  remove(tenant: Tenant, by: Administrator, name: string, expected?: Expected): Promise<void>;
  /** Signs the user out everywhere. Answers the generated password, or null. */
  setPassword(tenant: Tenant, by: Administrator, name: string, reset: PasswordReset): Promise<string | null>;
  /** Clears every lock that failed sign-ins left. */
  unlock(tenant: Tenant, by: Administrator, name: string): Promise<void>;
  /** Security questions and recovery codes each stand as one. */
  factors(tenant: Tenant, by: Administrator, name: string): Promise<Factor[]>;
  /** Takes away every second factor. */
  resetFactors(tenant: Tenant, by: Administrator, name: string): Promise<void>;
  removeFactor(tenant: Tenant, by: Administrator, name: string, factorId: string): Promise<void>;
}

/** A password's stored form, and the password itself if Sallyport made it. */
interface PreparedPassword {
  hash: string | null;
  generated: string | null;
}

export function createUserAdmin(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
  credentials: Pick<Credentials, 'hashChosen' | 'generate'>;
  vault: Vault;
}): UserAdmin {
  const { store, changeLog, credentials, vault } = deps;

  /** Hashes outside the transaction: that may take long, and the transaction may run twice. */
  async function prepare(
    user: Pick<model.User, 'loginName' | 'displayName' | 'email' | 'confidentialClient'>,
    wanted: { password?: string | undefined; generate: boolean },
  ): Promise<PreparedPassword> {
    if (wanted.generate && user.confidentialClient) {
      const { secret, stored } = credentials.generate();
      return { hash: stored, generated: secret };
    }
    const generated = wanted.generate ? generatePassword() : null;
    const password = generated ?? wanted.password;
    if (password === undefined) return { hash: null, generated };
    const fault = await passwordFault(password, user);
    if (fault !== null) throw AdminError.invalid('password', fault);
    return { hash: await credentials.hashChosen(password), generated };
  }

  function change<T>(
    tenant: Tenant,
    by: Administrator,
    name: string,
    job: (recorder: Recorder, by: Administrator, user: model.User) => Promise<T>,
  ): Promise<T> {
    return administer(changeLog, tenant.id, by, ['write users'], async (recorder, current) =>
      job(recorder, current, await getUser(recorder.tx, tenant.id, name)),
    );
  }

  return {
    async page(tenant, by, page) {
      authorize(by, 'read users');
      const { items, next } = await store.read.users.page(tenant.id, page);
      return { items: items.map(userSummary), next };
    },
    async get(tenant, by, name) {
      authorize(by, 'read users');
      return viewUser(store.read, await getUser(store.read, tenant.id, name));
    },
    async create(tenant, by, { password, generatePassword: generate, ...input }) {
      authorize(by, 'write users');
      if (password !== undefined && generate)
        throw AdminError.invalid('generatePassword', 'either this or a password');
      const { hash, generated } = await prepare(input, { password, generate });
      const user = await administer(changeLog, tenant.id, by, ['write users'], (recorder, current) =>
        addUser(recorder, current, tenant.id, { ...input, passwordHash: hash }),
      );
      return { ...userView(user, [], []), generatedPassword: generated };
    },
    patch: (tenant, by, name, patch, expected) =>
      change(tenant, by, name, async (recorder, current, user) => {
        expectVersion(user, expected);
        return viewUser(recorder.tx, await changeUser(recorder, current, user, patch));
      }),
    remove: (tenant, by, name, expected) =>
      change(tenant, by, name, async (recorder, current, user) => {
        expectVersion(user, expected);
        await removeUser(recorder, current, user);
      }),
    async setPassword(tenant, by, name, reset) {
      authorize(by, 'write users');
      const known = await getUser(store.read, tenant.id, name);
      const wanted = 'password' in reset ? { ...reset, generate: false } : { generate: true };
      const { hash, generated } = await prepare(known, wanted);
      const { mustChangePassword } = reset;
      await change(tenant, by, known.id, async (recorder, current, user) => {
        await requireAbove(recorder, current, user);
        await changeUser(recorder, current, user, { passwordHash: hash, mustChangePassword });
      });
      return generated;
    },
    unlock: (tenant, by, name) =>
      change(tenant, by, name, async (recorder, current, user) => {
        await requireAbove(recorder, current, user);
        await recorder.tx.attempts.clear(tenant.id, user.loginKey);
        await recorder.noteTaken(user, 'lock', 'failed sign-ins');
      }),
    async factors(tenant, by, name) {
      authorize(by, 'read users');
      const user = await getUser(store.read, tenant.id, name);
      return factorViews(vault, await store.read.users.factors(tenant.id, user.id));
    },
    removeFactor: (tenant, by, name, factorId) =>
      change(tenant, by, name, async (recorder, current, user) => {
        await requireAbove(recorder, current, user);
        const factors = await recorder.tx.users.factors(tenant.id, user.id);
        const factor = factors.find(({ id }) => id === factorId);
        if (!factor) throw AdminError.notFound('the factor');
        for (const one of setOf(factor, factors)) await recorder.removeFactor(user, one);
      }),
    resetFactors: (tenant, by, name) =>
      change(tenant, by, name, async (recorder, current, user) => {
        await requireAbove(recorder, current, user);
        for (const factor of await recorder.tx.users.factors(tenant.id, user.id))
          await recorder.removeFactor(user, factor);
      }),
  };
}

/** The user by id or login name. Throws `not_found`. */
export async function getUser(read: Reader, tenantId: string, name: string): Promise<model.User> {
  const user = name.includes('@')
    ? await read.users.findByLoginKey(tenantId, foldLoginName(name))
    : await read.users.find(tenantId, name);
  if (!user) throw AdminError.notFound(`the user ${name}`);
  return user;
}

/** The user with factors and roles, as `read` has them now. */
export async function viewUser(read: Reader, user: model.User): Promise<User> {
  const { tenantId, id } = user;
  const roles = await read.roles.findMany(tenantId, await read.users.roleIds(tenantId, id));
  return userView(user, await read.users.factors(tenantId, id), roles);
}
