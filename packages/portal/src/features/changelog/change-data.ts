/** The change log as the API has it. */
import { Change, Restoration, type Right } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path, type Versioned } from '../../api.js';
import type { ListQuery } from '../../ui/data-list.js';
import { loadApps } from '../apps/app-data.js';
import { loadRoles } from '../roles/role-data.js';

/** Kinds of objects whose changes are recorded, as the log can be narrowed to them. */
export const KINDS = ['apps', 'users', 'roles', 'keys', 'recordings', 'tenant'] as const;
/** What belongs to an app is told apart from it. */
export type Kind = (typeof KINDS)[number] | 'clients' | 'registrationTokens';

export function kindOf(object: string): Kind | undefined {
  const [kind, , part] = object.split('/', 3);
  if (kind === 'apps' && part === 'clients') return 'clients';
  if (kind === 'apps' && part === 'registration-tokens') return 'registrationTokens';
  return KINDS.find((known) => known === kind);
}

/** Newest first; `object` is one object's path, or a kind. */
export const loadChanges = (object: string | undefined, query: ListQuery) =>
  api.page('/changes', Change, { ...query, object });

/** The newest change of one object; null when there is none. */
export const lastChangeQuery = (object: string) =>
  queryOptions({
    queryKey: ['changes', 'last', object],
    queryFn: async () => (await loadChanges(object, { limit: 1 })).items[0] ?? null,
    staleTime: 0,
    retry: false,
  });

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

/** The right that taking an object back asks for. */
export const RESTORED_BY = {
  apps: 'Application Management',
  roles: 'Role Management',
  users: 'User Management',
  tenant: 'System Administrator',
} as const satisfies Partial<Record<Kind, Right>>;

export function isRestorable(kind: Kind | undefined): kind is keyof typeof RESTORED_BY {
  return kind !== undefined && kind in RESTORED_BY;
}

/** Fields that are no part of a version: they stay as they are whatever is restored. */
const NO_VERSION =
  /^(members|factors|devices|sessions|permissions|lock|password|validAfter|mustChangePassword|code|restoredFrom)$/;

/** Whether a version differs from others by this change. */
export function makesVersion({ fields }: Change): boolean {
  return fields.some(({ field }) => !NO_VERSION.test(field));
}

const restoreTarget = (changeId: string) => `/changes${path(changeId)}/restore`;

/** What restoring would change now; read anew whenever it is asked. */
export const planQuery = (changeId: string) =>
  queryOptions({
    queryKey: ['restoration', changeId],
    queryFn: () => api.write('POST', `${restoreTarget(changeId)}?dryRun=true`, Restoration, undefined),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

/** Does what `plan` said, unless somebody changed the object meanwhile (412). */
export async function restoreChange(changeId: string, plan: Versioned<Restoration>): Promise<Restoration> {
  const etag = plan.etag === '' ? undefined : plan.etag;
  return (await api.write('POST', restoreTarget(changeId), Restoration, undefined, etag)).value;
}

/** Takes up what an object was taken back to; it may have another name again. */
export type Restored = (restored: Restoration) => Promise<void>;

/** Application IDs of the apps by id; of a great many apps the first alone. */
export const appNamesQuery = queryOptions({
  queryKey: ['apps', 'names'],
  queryFn: async () => {
    const { items } = await loadApps({ limit: MOST_PER_CALL });
    return new Map(items.map(({ id, applicationId }) => [id, applicationId]));
  },
  staleTime: 60_000,
});

/** Names of the roles by id; of a great many roles the first alone. */
export const roleNamesQuery = queryOptions({
  queryKey: ['roles', 'names'],
  queryFn: async () => {
    const { items } = await loadRoles({ limit: MOST_PER_CALL });
    return new Map(items.map(({ id, name }) => [id, name]));
  },
  staleTime: 60_000,
});
