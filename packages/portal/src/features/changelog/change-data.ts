/** The change log as the API has it. */
import { Change } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.js';
import type { ListQuery } from '../../ui/data-list.js';
import { loadRoles } from '../roles/role-data.js';

/** Kinds of objects whose changes are recorded. */
export const KINDS = ['apps', 'users', 'roles', 'keys', 'tenant'] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf(object: string): Kind | undefined {
  const [kind] = object.split('/', 1);
  return KINDS.find((known) => known === kind);
}

/** Newest first; `object` is one object's path, or a kind. */
export const loadChanges = (object: string | undefined, query: ListQuery) =>
  api.page('/changes', Change, { ...query, object });

const MOST_PER_CALL = 200;

/** Every change that matches, page by page. */
export async function loadEveryChange(object: string | undefined, search: string | undefined) {
  const changes: Change[] = [];
  let after: string | undefined;
  do {
    const page = await loadChanges(object, { search, after, limit: MOST_PER_CALL });
    changes.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return changes;
}

/** Names of the roles by id; of a great many roles the first alone. */
export const roleNamesQuery = queryOptions({
  queryKey: ['roles', 'names'],
  queryFn: async () => {
    const { items } = await loadRoles({ limit: MOST_PER_CALL });
    return new Map(items.map(({ id, name }) => [id, name]));
  },
  staleTime: 60_000,
});
