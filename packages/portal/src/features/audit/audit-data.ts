/** The audit log as the API has it, and the groups by which it is filtered. */
import { App, AUDIT_TYPES, AuditEvent, type AuditType, DENIALS } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.js';
import type { ListQuery } from '../../ui/data-list.js';

/** Filters by their value in the address: groups, then single types. */
const GROUPS = {
  signIns: ['login.success', 'login.failure', 'login.challenge', 'logout'],
  tokens: ['token.issued', 'token.denied', 'token.revoked', 'token.reuse'],
  denials: DENIALS,
} as const satisfies Record<string, readonly AuditType[]>;
export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

export type Filter = Group | AuditType;

export function filterOf(word: string | undefined): Filter | undefined {
  return [...GROUP_NAMES, ...AUDIT_TYPES].find((known) => known === word);
}

function typesOf(filter: Filter | undefined): readonly AuditType[] | undefined {
  if (filter === undefined) return undefined;
  return filter in GROUPS ? GROUPS[filter as Group] : [filter as AuditType];
}

/** Newest first. */
export const loadEvents = (filter: Filter | undefined, query: ListQuery) =>
  api.page('/events', AuditEvent, { ...query, type: typesOf(filter)?.join(',') });

/** Names of the apps by id; of a great many apps the first alone. */
export const appNamesQuery = queryOptions({
  queryKey: ['apps', 'names'],
  queryFn: async () => {
    const { items } = await api.page('/apps', App, { limit: 200 });
    return new Map(items.map(({ id, name }) => [id, name]));
  },
  staleTime: 60_000,
});
