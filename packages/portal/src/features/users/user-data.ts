/** Users as the API has them. */
import {
  CreatedUser,
  Factor,
  GeneratedPassword,
  type PasswordReset,
  User,
  type UserInput,
  type UserPatch,
  UserSummary,
} from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';
import type { ListQuery } from '../../ui/data-list.js';
import { tenantQuery } from '../settings/settings-data.js';

export const loadUsers = (query: ListQuery) => api.page('/users', UserSummary, { ...query });

export const userQuery = (id: string) =>
  queryOptions({ queryKey: ['users', id], queryFn: () => api.read(path('users', id), User) });

export const factorsQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id, 'factors'],
    queryFn: () => api.list(path('users', id, 'factors'), Factor),
  });

/** The suffixes a login name may end in. */
export const suffixesQuery = queryOptions({
  ...tenantQuery,
  select: ({ value }) => value.loginSuffixes,
});

export async function createUser(input: Partial<UserInput>): Promise<CreatedUser> {
  return (await api.write('POST', '/users', CreatedUser, input)).value;
}

export const changeUser = (id: string, patch: UserPatch, etag?: string) =>
  api.write('PATCH', path('users', id), User, patch, etag);

export const deleteUser = (id: string) => api.act('DELETE', path('users', id));

/** Answers the password if Sallyport made it, else null. */
export async function resetPassword(id: string, reset: PasswordReset): Promise<string | null> {
  const answer = await api.write('PUT', path('users', id, 'password'), GeneratedPassword, reset);
  return answer.value.generatedPassword;
}

/** Mails the way to a first password. */
export const inviteUser = (id: string) => api.act('POST', path('users', id, 'invitation'));

export const unlockUser = (id: string) => api.act('POST', path('users', id, 'unlock'));

export const resetFactors = (id: string) => api.act('DELETE', path('users', id, 'factors'));

/** Ends every session, and what clients may do for the user. */
export const signUserOut = (id: string) => api.act('DELETE', path('users', id, 'sessions'));

export const removeFactor = (id: string, factor: string) =>
  api.act('DELETE', path('users', id, 'factors', factor));
