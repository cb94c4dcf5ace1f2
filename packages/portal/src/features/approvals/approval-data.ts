/** Sign-ins on other devices that wait for this one. */
import { type ApprovalDecision, ApprovalOutcome, WaitingSignIn } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';

/** How often it is asked, in milliseconds: whoever waits looks at both screens. */
const EVERY = 3000;

/** Asked for as long as somebody is at the page: what asks by itself must not keep a session alive. */
export const waitingQuery = (isPresent: boolean) =>
  queryOptions({
    queryKey: ['approvals'],
    queryFn: () => api.poll('/me/approvals', WaitingSignIn),
    enabled: isPresent,
    refetchInterval: isPresent ? EVERY : false,
    staleTime: 0,
    retry: false,
  });

export async function decide(id: string, decision: ApprovalDecision): Promise<ApprovalOutcome['outcome']> {
  return (await api.write('POST', `/me/approvals${path(id)}`, ApprovalOutcome, decision)).value.outcome;
}
