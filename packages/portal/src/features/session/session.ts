/** Who is signed in, and what they may do here. */
import { Me, type Right } from '@sallyport/contract';
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api } from '../../api.js';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => api.get('/me', Me),
  staleTime: 5 * 60_000,
});

/** The signed-in user. Read before any page is shown, so it is always there. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the signed-in user holds `right`. What this hides, the server refuses too. */
export function useRight(right: Right): boolean {
  return holds(useMe(), right);
}

export function holds(me: Me, right: Right): boolean {
  return me.rights.includes('System Administrator') || me.rights.includes(right);
}

/** What stands behind a page, with the rights of which any one opens it to be read. The server decides by the same. */
const READ_BY = {
  apps: ['Application Management', 'Read Only System Administrator'],
  users: ['Read Only User Management'],
  roles: ['Role Management', 'Read Only User Management', 'Application Management'],
  policies: ['Read Only System Administrator', 'Read Only User Management'],
  traffic: ['Application Management', 'User Management', 'Read Only System Administrator'],
  changelog: ['Read Only System Administrator'],
  audit: ['Read Only System Administrator'],
  settings: ['Read Only System Administrator', 'Read Only User Management'],
} as const satisfies Record<string, readonly Right[]>;
export type Readable = keyof typeof READ_BY;

export function isReadable(what: string): what is Readable {
  return what in READ_BY;
}

/** Tells what the signed-in user may read: what is not shown need not be refused. */
export function useMayRead(): (what: Readable) => boolean {
  const me = useMe();
  return (what) => READ_BY[what].some((right) => holds(me, right));
}
