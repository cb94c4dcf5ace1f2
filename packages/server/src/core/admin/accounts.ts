/**
 * What belongs to one user: sessions, permissions given to clients, factors. Users see and take back their own;
 * administrators those of users they stand above. Every taking back stands in the change log.
 */
import type { Consent, Grant, Session } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { runningApp } from '../app-runtime.js';
import { AdminError } from '../errors.js';
import type * as model from '../model.js';
import type { Reader, Store } from '../ports.js';
import { revokeFamily } from '../tokens/revocation.js';
import { getApp } from './apps.js';
import { type Administrator, administer, authorize, requireAbove } from './authority.js';
import type { ChangeLog, Recorder } from './change-log.js';
import { getUser } from './users.js';
import { consentView, grantView, sessionView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** `name` is a user's id or login name. Every function throws `AdminError`. */
export interface Accounts {
  /** `currentId` marks the session the question came by. */
  sessions(tenant: Tenant, by: Administrator, name: string, currentId: string | null): Promise<Session[]>;
  /** Ends the session and the families without `offline_access` that began in it. */
  endSession(tenant: Tenant, by: Administrator, name: string, sessionId: string): Promise<void>;
  /** Signs the user out everywhere: every session ends, and with it all that clients may do. */
  signOut(tenant: Tenant, by: Administrator, name: string): Promise<void>;
  /** Live ones, newest first. */
  grants(tenant: Tenant, by: Administrator, name: string): Promise<Grant[]>;
  revokeGrant(tenant: Tenant, by: Administrator, name: string, grantId: string): Promise<void>;
  consents(tenant: Tenant, by: Administrator, name: string): Promise<Consent[]>;
  /** Forgets the consent and revokes every grant of that client to that app. */
  withdrawConsent(
    tenant: Tenant,
    by: Administrator,
    name: string,
    key: { applicationId: string; clientId: string },
  ): Promise<void>;
}

export function createAccounts(deps: {
  store: Pick<Store, 'read'>;
  changeLog: ChangeLog;
  clock: Clock;
}): Accounts {
  const { store, changeLog, clock } = deps;

  async function readable(tenant: Tenant, by: Administrator, name: string): Promise<model.User> {
    if (name !== by.userId) authorize(by, 'read users');
    return getUser(store.read, tenant.id, name);
  }

  function change(
    tenant: Tenant,
    by: Administrator,
    name: string,
    job: (recorder: Recorder, user: model.User) => Promise<void>,
  ): Promise<void> {
    const operations = name === by.userId ? [] : (['write users'] as const);
    return administer(changeLog, tenant.id, by, operations, async (recorder, current) => {
      const user = await getUser(recorder.tx, tenant.id, name);
      await requireAbove(recorder, current, user);
      await job(recorder, user);
    });
  }

  function isLive(grant: model.Grant, user: model.User): boolean {
    return grant.revokedAt === null && grant.expiresAt > clock.now() && grant.authTime >= user.validAfter;
  }

  return {
    async sessions(tenant, by, name, currentId) {
      const user = await readable(tenant, by, name);
      const sessions = await store.read.sessions.ofUser(tenant.id, user.id);
      return sessions
        .filter((session) => session.expiresAt > clock.now() && session.createdAt >= user.validAfter)
        .map((session) => sessionView(session, currentId));
    },
    endSession: (tenant, by, name, sessionId) =>
      change(tenant, by, name, async (recorder, user) => {
        const session = await recorder.tx.sessions.find(tenant.id, sessionId);
        if (session?.userId !== user.id) throw AdminError.notFound('the session');
        for (const grantId of await recorder.tx.grants.ofSession(session, recorder.now))
          await revokeGrant(recorder, tenant.id, grantId);
        await recorder.tx.sessions.remove(tenant.id, sessionId);
        await recorder.noteTaken(user, 'sessions', `from ${session.source}`);
      }),
    signOut: (tenant, by, name) =>
      change(tenant, by, name, async (recorder, user) => {
        const { tx } = recorder;
        for (const grant of await tx.grants.ofUser(tenant.id, user.id))
          if (isLive(grant, user)) await revokeGrant(recorder, tenant.id, grant.id);
        await tx.sessions.removeOfUser(tenant.id, user.id);
        await tx.devices.removeOfUser(tenant.id, user.id);
        await recorder.noteTaken(user, 'sessions', 'everywhere');
      }),
    async grants(tenant, by, name) {
      const user = await readable(tenant, by, name);
      const grants = await store.read.grants.ofUser(tenant.id, user.id);
      const live = grants.filter((grant) => isLive(grant, user));
      return withApps(store.read, tenant.id, live, grantView);
    },
    revokeGrant: (tenant, by, name, grantId) =>
      change(tenant, by, name, async (recorder, user) => {
        const grant = await recorder.tx.grants.find(tenant.id, grantId);
        if (grant?.userId !== user.id) throw AdminError.notFound('the permission');
        await revokeGrant(recorder, tenant.id, grantId);
        await recorder.noteTaken(user, 'permissions', `of ${grant.clientId}`);
      }),
    async consents(tenant, by, name) {
      const user = await readable(tenant, by, name);
      const consents = await store.read.consents.ofUser(tenant.id, user.id);
      return withApps(store.read, tenant.id, consents, consentView);
    },
    withdrawConsent: (tenant, by, name, { applicationId, clientId }) =>
      change(tenant, by, name, async (recorder, user) => {
        const { tx } = recorder;
        const app = await getApp(tx, tenant.id, applicationId);
        if (!(await tx.consents.remove(tenant.id, user.id, app.id, clientId)))
          throw AdminError.notFound('the consent');
        for (const grant of await tx.grants.ofUser(tenant.id, user.id))
          if (grant.appId === app.id && grant.clientId === clientId && isLive(grant, user))
            await revokeGrant(recorder, tenant.id, grant.id);
        await recorder.noteTaken(user, 'permissions', `of ${clientId} at ${app.applicationId}`);
      }),
  };
}

async function revokeGrant({ tx, now }: Recorder, tenantId: string, grantId: string): Promise<void> {
  const grant = await tx.grants.find(tenantId, grantId);
  const app = grant && (await tx.apps.find(tenantId, grant.appId));
  if (app) await revokeFamily(tx, runningApp(app), grantId, now);
}

/** Each record shown with its app, which the database guarantees to exist. */
async function withApps<R extends { appId: string }, V>(
  read: Reader,
  tenantId: string,
  records: readonly R[],
  view: (record: R, app: model.App) => V,
): Promise<V[]> {
  const apps = new Map<string, model.App | null>();
  for (const { appId } of records)
    if (!apps.has(appId)) apps.set(appId, await read.apps.find(tenantId, appId));
  return records.flatMap((record) => {
    const app = apps.get(record.appId);
    return app ? [view(record, app)] : [];
  });
}
