/** Roles as the API has them. */
import { App, Role, type RoleInput, RoleMember, RoleSummary } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';
import { inWords } from '../../i18n/in-words.js';
import type { ListQuery } from '../../ui/data-list.js';
import { inputOf, saveApp } from '../apps/app-data.js';

export const loadRoles = (query: ListQuery) => api.page('/roles', RoleSummary, { ...query });

export const roleQuery = (id: string) =>
  queryOptions({ queryKey: ['roles', id], queryFn: () => api.read(path('roles', id), Role) });

/** The role of that name, which is unique; null when it is gone. */
export const roleNamedQuery = (name: string) =>
  queryOptions({
    queryKey: ['roles', 'named', name],
    queryFn: async () => {
      const { items } = await loadRoles({ search: name, limit: 200 });
      return items.find((role) => role.name === name) ?? null;
    },
  });

export async function createRole(input: Partial<RoleInput>): Promise<Role> {
  return (await api.write('POST', '/roles', Role, input)).value;
}

/** The part of a role that an administrator writes. */
export function roleInput({ name, description, rights }: Role): RoleInput {
  return { name, description, rights };
}

/** A role's description: what a built-in one is born with, in the reader's language; anybody's own words as they are. */
export function describedRole({ builtIn, description }: Role): string {
  return builtIn ? inWords(description) : description;
}

export const saveRole = (id: string, input: RoleInput, etag: string) =>
  api.write('PUT', path('roles', id), Role, input, etag);

export const deleteRole = (id: string) => api.act('DELETE', path('roles', id));

export const loadMembers = (role: string, query: ListQuery) =>
  api.page(path('roles', role, 'members'), RoleMember, { ...query });

export const addMember = (role: string, user: string) => api.act('PUT', path('roles', role, 'members', user));

export const removeMember = (role: string, user: string) =>
  api.act('DELETE', path('roles', role, 'members', user));

/** The apps that list the role under User Access. */
export const roleAppsQuery = (role: string) =>
  queryOptions({
    queryKey: ['roles', role, 'apps'],
    queryFn: () => api.list(path('roles', role, 'apps'), App),
  });

/** Lists the role under the app's User Access, or no longer: the app as it is now, with that one change. */
export async function setUserAccess(applicationId: string, role: string, listed: boolean): Promise<void> {
  const { value, etag } = await api.read(path('apps', applicationId), App);
  const others = value.userAccess.roles.filter((name) => name !== role);
  const roles = listed ? [...others, role] : others;
  await saveApp({ applicationId, etag, input: { ...inputOf(value), userAccess: { roles } } });
}
