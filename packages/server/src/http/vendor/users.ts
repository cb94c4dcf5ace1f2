/** Users by the vendor's names. protocol 7.1 */
import {
  type PasswordReset,
  PasswordReset as PasswordResetShape,
  type User,
  UserInput,
  UserPatch,
  type UserSummary,
} from '@sallyport/contract';
import { parse } from '../../core/admin/faults.js';
import { AdminError } from '../../core/errors.js';
import { type Arguments, flag, list, optionalFlag, required, text, texts } from './body.js';
import { NEVER, type Row, wireDate, withoutBlanks } from './envelope.js';
import { all, pageOf } from './paging.js';
import { roleOf } from './roles.js';
import type { Call, Rpc } from './rpc.js';

/** Each is a mail. */
const MOST_INVITED = 100;

export const userCalls: readonly Call[] = [
  {
    path: '/CDirectoryService/CreateUser',
    does: 'Creates a user, or with `OauthClient` a confidential client. Answers the id.',
    answer: createUser,
  },
  {
    path: '/CDirectoryService/ChangeUser',
    does: 'Writes the fields present; `Password: "undefined"` leaves the password. Answers null.',
    answer: changeUser,
  },
  {
    path: '/CDirectoryService/SetUserState',
    does: 'Disables a user (`Locked`, `Disabled`), or enables and unlocks one (`None`). Answers null.',
    answer: setUserState,
  },
  {
    path: '/CDirectoryService/GetUser',
    methods: ['GET', 'POST'],
    does: 'Reads the user `ID`, or without one the caller.',
    answer: async (rpc) => attributes(await ownOr(rpc), rpc),
  },
  {
    path: '/CDirectoryService/GetUserByName',
    does: 'Reads the user with the login name `username`.',
    answer: async (rpc) => attributes(await userOf(rpc, required(rpc.args, 'username')), rpc),
  },
  {
    path: '/CDirectoryService/GetUsers',
    does: 'Lists users, paged by `Args`.',
    answer: async (rpc) => {
      const { core, tenant, by } = rpc;
      const users = await all((page) => core.admin.users.page(tenant, by, page));
      const rows = users.map((user) => ({ key: user.id, row: attributes(user, rpc) }));
      return pageOf('User', rows, rpc.args);
    },
  },
  {
    path: '/CDirectoryService/DeleteUser',
    does: 'Deletes the user `ID`, an id or a login name. Answers null.',
    answer: removeUser,
  },
  { path: '/UserMgmt/RemoveUser', does: 'The same.', answer: removeUser },
  {
    path: '/UserMgmt/RemoveUsers',
    does: 'Deletes each of `Users`, up to the first that may not be. Answers null.',
    answer: async (rpc) => {
      for (const id of texts(rpc.args, 'Users')) await rpc.core.admin.users.remove(rpc.tenant, rpc.by, id);
      return null;
    },
  },
  {
    path: '/UserMgmt/InviteUsers',
    does: 'Mails each user of `Entities` the way to a first password, after adding them to `Role` if one is named. Answers null.',
    answer: inviteUsers,
  },
  {
    path: '/UserMgmt/ResetUserPassword',
    does: 'Sets the password of the user `ID` to `newPassword`. Answers null.',
    answer: async (rpc) => {
      await setPassword(rpc, required(rpc.args, 'ID'), required(rpc.args, 'newPassword'));
      return null;
    },
  },
  {
    path: '/UserMgmt/GetUserAttributes',
    does: 'Reads the user `ID`, or without one the caller.',
    answer: async (rpc) => attributes(await ownOr(rpc), rpc),
  },
  {
    path: '/UserMgmt/GetUserInfo',
    does: 'The same.',
    answer: async (rpc) => attributes(await ownOr(rpc), rpc),
  },
];

/** The user by id or login name. */
export function userOf({ core, tenant, by }: Rpc, name: string): Promise<User> {
  return core.admin.users.get(tenant, by, name);
}

/** The user `ID`, or without one the caller: everybody may read themselves. */
async function ownOr(rpc: Rpc): Promise<User> {
  const { core, context, principal, args } = rpc;
  const name = text(args, 'ID');
  if (name === null && (args.get('id') ?? null) !== null) throw AdminError.invalid('ID', 'is no text');
  const { user } = principal.subject;
  if (name && name !== user.id) return userOf(rpc, name);
  return (await core.admin.ownAccount.get(context, principal)).user;
}

async function createUser({ core, tenant, by, args }: Rpc): Promise<string> {
  refuseSysAdmin(args);
  const { loginName, ...fields } = fieldsOf(args);
  const name = loginName ?? required(args, 'Name');
  const password = text(args, 'Password') ?? undefined;
  const again = text(args, 'confirmPassword');
  if (again !== null && again !== password)
    throw AdminError.invalid('confirmPassword', 'is not the same as Password');
  const input = parse(UserInput, {
    displayName: name,
    ...fields,
    loginName: name,
    password,
    mustChangePassword: flag(args, 'ForcePasswordChangeNext'),
    profile: changedProfile({}, args),
  });
  return (await core.admin.users.create(tenant, by, input)).id;
}

async function changeUser(rpc: Rpc): Promise<null> {
  const { core, tenant, by, args } = rpc;
  refuseSysAdmin(args);
  const id = required(args, 'ID');
  const password = text(args, 'Password') ?? '';
  const isReset = password !== '' && password !== 'undefined';
  const mustChangePassword = isReset ? undefined : optionalFlag(args, 'ForcePasswordChangeNext');
  const fields = withoutAbsent({ ...fieldsOf(args), mustChangePassword });
  const namesProfile = PROFILE_FIELDS.some(([name]) => text(args, name) !== null);
  const patch = namesProfile
    ? { ...fields, profile: changedProfile((await userOf(rpc, id)).profile, args) }
    : fields;
  await core.admin.users.patch(tenant, by, id, parse(UserPatch, patch));
  if (isReset) await setPassword(rpc, id, password);
  return null;
}

async function setUserState({ core, tenant, by, args }: Rpc): Promise<null> {
  const id = required(args, 'ID');
  const enabled = isEnabledState(required(args, 'state'));
  const { id: userId } = await core.admin.users.patch(tenant, by, id, { enabled });
  if (enabled) await core.admin.users.unlock(tenant, by, userId);
  return null;
}

async function removeUser({ core, tenant, by, args }: Rpc): Promise<null> {
  await core.admin.users.remove(tenant, by, required(args, 'ID'));
  return null;
}

/** Entities are users by `Guid` or `Name`, or their ids alone. The mail is the one that the Admin Portal sends. */
async function inviteUsers(rpc: Rpc): Promise<null> {
  const { core, context, tenant, by, args } = rpc;
  const entities = list(args, 'Entities').flatMap(
    (entity) => text(entity, 'Guid') ?? text(entity, 'Name') ?? [],
  );
  const names = [...texts(args, 'Entities'), ...entities];
  if (names.length === 0 || names.length > MOST_INVITED)
    throw AdminError.invalid('Entities', `names 1 to ${MOST_INVITED} users`);
  if (optionalFlag(args, 'EmailInvite') === false)
    throw AdminError.invalid('EmailInvite', 'is false, and mail is the one way to invite');
  const named = text(args, 'Role');
  const role = named ? await roleOf(rpc, named) : null;
  for (const name of names) {
    const { id } = await core.admin.users.get(tenant, by, name);
    if (role) await core.admin.roles.addMember(tenant, by, role.id, id);
    await core.admin.invitations.send(context, by, id);
  }
  return null;
}

async function setPassword({ core, tenant, by, args }: Rpc, id: string, password: string): Promise<void> {
  const mustChangePassword = flag(args, 'ForcePasswordChangeNext');
  const reset: PasswordReset = parse(PasswordResetShape, { password, mustChangePassword });
  await core.admin.users.setPassword(tenant, by, id, reset);
}

/** Fields of a profile that the vendor has names for. */
const PROFILE_FIELDS = [
  ['MobileNumber', 'phoneNumber'],
  ['OfficeNumber', 'officeNumber'],
  ['HomeNumber', 'homeNumber'],
  ['ReportsTo', 'reportsTo'],
] as const;

/** The profile with the fields that the call names; an empty one is taken away. */
function changedProfile(before: User['profile'], args: Arguments): User['profile'] {
  const profile = { ...before };
  for (const [name, field] of PROFILE_FIELDS) {
    const value = text(args, name);
    if (value === '') delete profile[field];
    else if (value !== null) profile[field] = value;
  }
  return profile;
}

/** The fields the call names, without those of the profile. Pictures and invitations have no place here. */
function fieldsOf(args: Arguments): UserPatch {
  const state = text(args, 'state');
  return withoutAbsent({
    loginName: text(args, 'Name') ?? undefined,
    email: text(args, 'Mail') ?? undefined,
    displayName: text(args, 'DisplayName') ?? undefined,
    description: text(args, 'Description') ?? undefined,
    enabled: state ? isEnabledState(state) : undefined,
    confidentialClient: optionalFlag(args, 'OauthClient'),
  });
}

function withoutAbsent(fields: { [Name in keyof UserPatch]: UserPatch[Name] | undefined }): UserPatch {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A right is not given in passing. Rule 16 */
function refuseSysAdmin(args: Arguments): void {
  if (flag(args, 'InSysAdminRole'))
    throw AdminError.invalid('InSysAdminRole', 'add the user to the role sysadmin instead');
}

function isEnabledState(state: string): boolean {
  const word = state.toLowerCase();
  if (word === 'none') return true;
  if (['locked', 'disabled', 'suspended', 'expired'].includes(word)) return false;
  throw AdminError.invalid('state', `"${state}" is not None, Locked or Disabled`);
}

function attributes(user: UserSummary, { tenant }: Rpc): Row {
  const state = user.enabled ? 'None' : 'Locked';
  return withoutBlanks({
    Uuid: user.id,
    ID: user.id,
    Name: user.loginName,
    DisplayName: user.displayName,
    Mail: user.email,
    ...Object.fromEntries(PROFILE_FIELDS.map(([name, field]) => [name, user.profile[field]])),
    Description: user.description,
    Alias: user.loginName.replace(/^.*@/s, ''),
    State: state,
    CloudState: state,
    OauthClient: user.confidentialClient,
    InEverybodyRole: !user.confidentialClient,
    ForcePasswordChangeNext: user.mustChangePassword ? 'True' : 'False',
    directoryServiceUuid: tenant.id,
    CreateDate: wireDate(user.createdAt),
    LastPasswordChangeDate:
      user.passwordChangedAt > user.createdAt ? wireDate(user.passwordChangedAt) : NEVER,
    SubjectToCloudLocks: true,
    Version: String(user.version),
  });
}
