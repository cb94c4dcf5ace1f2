/** The walkthrough, from an empty tenant to a first token, and what of it is done. */
import type { App } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useMayRead, useRight } from '../session/session.js';
import { allAppsQuery, hasClientQuery, hasTokenQuery } from './dashboard-data.js';

export const STEPS = ['app', 'usage', 'scope', 'client', 'access', 'token'] as const;
export type Step = (typeof STEPS)[number];

export interface Progress {
  done: ReadonlySet<Step>;
  /** The app that the steps lead to: the newest, which is the one being set up. */
  app: App | undefined;
}

/** What is done already, by the real state; undefined until that is known, null when it cannot be. */
export function useProgress(): Progress | undefined | null {
  const mayReadUsers = useRight('Read Only User Management');
  const mayReadLogs = useRight('Read Only System Administrator');
  const mayReadApps = useMayRead()('apps');
  const apps = useQuery({ ...allAppsQuery, enabled: mayReadApps });
  const client = useQuery({ ...hasClientQuery, enabled: mayReadUsers });
  const token = useQuery({ ...hasTokenQuery, enabled: mayReadLogs });
  if (!mayReadApps || apps.isError) return null;
  if (!apps.isSuccess || client.isLoading || token.isLoading) return undefined;
  const some = (test: (app: App) => boolean) => apps.data.some(test);
  const state: Record<Step, boolean> = {
    app: apps.data.length > 0,
    usage: some(({ generalUsage, tokens }) => generalUsage.redirects.length > 0 || !usesCodes(tokens)),
    scope: some(({ scope }) => scope.definitions.length > 0),
    client: client.data ?? false,
    access: some(({ userAccess }) => userAccess.roles.length > 0),
    token: token.data ?? false,
  };
  return { done: new Set(STEPS.filter((step) => state[step])), app: newest(apps.data) };
}

function newest(apps: App[]): App | undefined {
  return apps.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
}

/** Only the flow with a browser needs redirects. */
function usesCodes({ authMethods }: App['tokens']): boolean {
  return authMethods.includes('authCode');
}
