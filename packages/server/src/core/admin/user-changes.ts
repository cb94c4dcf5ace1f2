/** What may happen to a user inside an administrative transaction, whoever asks: the API, the command line, `apply`. */
import { isDeepStrictEqual } from 'node:util';
import type { UserPatch } from '@sallyport/contract';
import { newId } from '../../kit/random.js';
import type { FieldFault } from '../errors.js';
import { withPassword } from '../login/password-life.js';
import { foldLoginName } from '../login-name.js';
import type { User } from '../model.js';
import { type Administrator, authorize, requireAbove } from './authority.js';
import type { Recorder } from './change-log.js';
import { refuse } from './faults.js';

export type NewUser = Required<UserPatch> & Pick<User, 'passwordHash' | 'mustChangePassword'>;
export type UserChanges = Partial<NewUser>;

/** Throws `invalid` or `conflict` when the login name may not be taken. */
export async function addUser(
  recorder: Recorder,
  by: Administrator,
  tenantId: string,
  input: NewUser,
): Promise<User> {
  authorize(by, 'write users');
  await checkLoginName(recorder, tenantId, input.loginName);
  const user: User = {
    ...withFittingPasswordState(input),
    tenantId,
    id: newId(),
    loginKey: foldLoginName(input.loginName),
    emailVerified: false,
    passwordChangedAt: recorder.now,
    passwordHistory: [],
    validAfter: 0,
    createdAt: recorder.now,
    updatedAt: recorder.now,
    version: 1,
  };
  await recorder.createUser(user);
  return user;
}

/**
 * Writes the fields present; nothing happens, and nobody is asked for a right, when none differs. A new password,
 * disabling, and becoming or ceasing to be a client void every token and session of the user. Rule 16.
 */
export async function changeUser(
  recorder: Recorder,
  by: Administrator,
  before: User,
  changes: UserChanges,
): Promise<User> {
  const emailVerified = before.emailVerified && (changes.email ?? before.email) === before.email;
  const next = withFittingPasswordState({ ...before, ...changes, emailVerified });
  if (!differs(before, next)) return before;
  if (by.userId !== before.id) authorize(by, 'write users');
  await requireAbove(recorder, by, before);
  if (next.loginName !== before.loginName)
    await checkLoginName(recorder, before.tenantId, next.loginName, before);
  const after: User = {
    ...withPassword(before, next, recorder.now),
    loginKey: foldLoginName(next.loginName),
    validAfter: signsOut(before, next) ? recorder.now : before.validAfter,
    updatedAt: recorder.now,
    version: before.version + 1,
  };
  await recorder.updateUser(before, after);
  if (after.validAfter !== before.validAfter) {
    await recorder.tx.sessions.removeOfUser(after.tenantId, after.id);
    await recorder.tx.devices.removeOfUser(after.tenantId, after.id);
  }
  return after;
}

/** Removes the user with everything of theirs. Rule 16. */
export async function removeUser(recorder: Recorder, by: Administrator, user: User): Promise<void> {
  authorize(by, 'write users');
  await requireAbove(recorder, by, user);
  await recorder.deleteUser(user);
}

/** A client has nobody at the keyboard who could change a password. */
function withFittingPasswordState<T extends Pick<User, 'confidentialClient' | 'mustChangePassword'>>(
  user: T,
): T {
  return { ...user, mustChangePassword: user.mustChangePassword && !user.confidentialClient };
}

function differs(before: User, after: User): boolean {
  return (Object.keys(after) as (keyof User)[]).some(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
}

function signsOut(before: User, after: User): boolean {
  return (
    before.passwordHash !== after.passwordHash ||
    (before.enabled && !after.enabled) ||
    before.confidentialClient !== after.confidentialClient
  );
}

/** A login name ends in one of the tenant's suffixes and is unique in its folded form. */
async function checkLoginName(
  recorder: Recorder,
  tenantId: string,
  loginName: string,
  self?: User,
): Promise<void> {
  const faults: FieldFault[] = [];
  const clashes: FieldFault[] = [];
  const key = foldLoginName(loginName);
  const tenant = await recorder.tx.tenants.find(tenantId);
  const suffixes = tenant?.loginSuffixes ?? [];
  if (!suffixes.some((suffix) => key.endsWith(`@${foldLoginName(suffix)}`)))
    faults.push({ field: 'loginName', message: `must end in ${suffixes.map((s) => `@${s}`).join(' or ')}` });
  const holder = await recorder.tx.users.findByLoginKey(tenantId, key);
  if (holder && holder.id !== self?.id)
    clashes.push({ field: 'loginName', message: `"${loginName}" is taken` });
  refuse(faults, clashes);
}
