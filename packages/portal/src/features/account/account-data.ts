/** What belongs to one user: sessions, and permissions given to clients. Read by the user or by an administrator. */
import { Consent, Grant, Session } from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';

/** Whose things: one's own, or a user's. */
export interface Account {
  /** Begins the keys under which they are kept. */
  key: readonly string[];
  /** Begins their addresses. */
  path: string;
}

export const MY_ACCOUNT: Account = { key: ['me'], path: '/me' };

export function accountOf(userId: string): Account {
  return { key: ['users', userId], path: path('users', userId) };
}

/** Sessions, the one used last first. */
export const sessionsQuery = (account: Account) =>
  queryOptions({
    queryKey: [...account.key, 'sessions'],
    queryFn: () => api.list(`${account.path}/sessions`, Session),
    select: (sessions) => sessions.toSorted((a, b) => b.lastSeenAt.localeCompare(a.lastSeenAt)),
  });

export const endSession = (account: Account, id: string) =>
  api.act('DELETE', `${account.path}/sessions${path(id)}`);

/** What one client may do for the user at one app. */
export interface Permission {
  applicationId: string;
  appName: string;
  clientId: string;
  scope: string[];
  since: string;
  /** When the last of its tokens ends, if it holds any. */
  until: string | null;
  /** Whether the user is not asked again. */
  remembered: boolean;
  grantIds: string[];
}

export const permissionsQuery = (account: Account) =>
  queryOptions({
    queryKey: [...account.key, 'permissions'],
    queryFn: async () => {
      const [grants, consents] = await Promise.all([
        api.list(`${account.path}/grants`, Grant),
        api.list(`${account.path}/consents`, Consent),
      ]);
      return permissionsOf(grants, consents);
    },
  });

function permissionsOf(grants: Grant[], consents: Consent[]): Permission[] {
  const found = new Map<string, Permission>();
  const merge = (of: Pick<Grant, 'applicationId' | 'appName' | 'clientId' | 'scope'>, since: string) => {
    const key = `${of.applicationId} ${of.clientId}`;
    const { applicationId, appName, clientId } = of;
    const known = found.get(key);
    const permission: Permission = {
      applicationId,
      appName,
      clientId,
      scope: [...new Set([...(known?.scope ?? []), ...of.scope])],
      since: known && known.since < since ? known.since : since,
      until: known?.until ?? null,
      remembered: known?.remembered ?? false,
      grantIds: known?.grantIds ?? [],
    };
    found.set(key, permission);
    return permission;
  };
  for (const consent of consents) merge(consent, consent.grantedAt).remembered = true;
  for (const grant of grants) {
    const permission = merge(grant, grant.createdAt);
    permission.grantIds.push(grant.id);
    if (permission.until === null || permission.until < grant.expiresAt) permission.until = grant.expiresAt;
  }
  return [...found.values()].toSorted((a, b) => b.since.localeCompare(a.since));
}

/** Takes the permission back: its tokens stop working, and the user is asked again. */
export async function revokePermission(account: Account, permission: Permission): Promise<void> {
  const { applicationId, clientId, remembered, grantIds } = permission;
  if (remembered)
    return api.act('DELETE', `${account.path}/consents`, { query: { applicationId, clientId } });
  await Promise.all(grantIds.map((id) => api.act('DELETE', `${account.path}/grants${path(id)}`)));
}
