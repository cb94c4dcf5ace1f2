/** What the dashboard reads: the last day, what needs attention, how far the walkthrough is. */
import { Activity, App, AuditEvent, UserSummary } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api.js';
import { loadMembers } from '../roles/role-data.js';
import { factorsQuery } from '../users/user-data.js';

export const activityQuery = queryOptions({
  queryKey: ['events', 'activity'],
  queryFn: () => api.get('/events/activity', Activity),
  refetchInterval: 60_000,
});

export const allAppsQuery = queryOptions({
  queryKey: ['apps', 'dashboard'],
  queryFn: async () => {
    const apps: App[] = [];
    for await (const app of api.each('/apps', App)) apps.push(app);
    return apps;
  },
});

/** Administrators looked at for a second factor. */
const MOST_ADMINISTRATORS = 20;

/** Login names of system administrators who sign in with a password alone. */
export const withoutFactorQuery = queryOptions({
  queryKey: ['users', 'without factor'],
  queryFn: async ({ client }) => {
    const { items } = await loadMembers('sysadmin', { limit: MOST_ADMINISTRATORS });
    const factors = await Promise.all(items.map(({ id }) => client.fetchQuery(factorsQuery(id))));
    return items.filter((_, index) => factors[index]?.length === 0).map(({ loginName }) => loginName);
  },
  staleTime: 60_000,
});

/** Users looked at for a confidential client. */
const MOST_USERS = 2_000;

/** Whether there is a confidential client; among a great many users, the first are looked at. */
export const hasClientQuery = queryOptions({
  queryKey: ['users', 'has client'],
  queryFn: async () => {
    let looked = 0;
    for await (const { confidentialClient } of api.each('/users', UserSummary)) {
      if (confidentialClient) return true;
      if (++looked === MOST_USERS) break;
    }
    return false;
  },
});

export const hasTokenQuery = queryOptions({
  queryKey: ['events', 'has token'],
  queryFn: async () => {
    const events = await api.list('/events', AuditEvent, { type: 'token.issued', limit: 1 });
    return events.length > 0;
  },
});
