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
