/**
 * Telling the clients of a session that it has ended: by addresses that the user's browser loads, and by a request of
 * the server itself. What is still to be said is a row that outlives its session, so every way in which a session
 * can go (signing out, an administrator, the user's removal, time) is told of, and a restart loses nothing.
 * @see OpenID Connect Front-Channel Logout 1.0, OpenID Connect Back-Channel Logout 1.0
 */
import type { Clock } from '../../kit/clock.js';
import { newCorrelationId } from '../../kit/random.js';
import type { RunningApp } from '../app-runtime.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import type { RegisteredClient, SessionClient, Tenant } from '../model.js';
import type { Client } from '../oauth/client-auth.js';
import { withParameters } from '../oauth/redirect-uri.js';
import { type Outbound, OutboundError } from '../outbound.js';
import type { Store } from '../ports.js';
import { isRegisteredId } from '../registration/client-id.js';
import type { Keys } from '../tokens/keys.js';
import type { Subjects } from '../tokens/subjects.js';
import type { Urls } from '../urls.js';
import { createLogoutToken } from './logout-token.js';

/** Where a client hears of the end of a session; null where it does not want to. */
export interface LogoutAddresses {
  readonly front: string | null;
  readonly back: string | null;
}

export interface LogoutNotices {
  /** The row to keep when `client` is let into a session; null for one that wants no notice. */
  participant(
    app: RunningApp,
    client: Client,
    session: { sessionId: string | null; userId: string },
  ): SessionClient | null;
  /** Addresses that the browser must load when the session ends; to be asked before it does. */
  frontChannel(tenant: Pick<Tenant, 'id'>, sessionId: string): Promise<string[]>;
  /** Tells the clients of sessions that ended; resolves when every notice that is due was tried once. */
  deliver(): Promise<void>;
}

/** Notices sent at once, and tries until a notice is given up. */
const AT_ONCE = 20;
const MOST_ATTEMPTS = 5;
/** Milliseconds until the second try; each later one waits twice as long. */
const RETRY_AFTER = 30_000;
const ANSWER_LIMIT = 16 * 1024;

interface NoticeDeps {
  store: Store;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  keys: Keys;
  urls: Urls;
  outbound: Outbound;
  subjects: Subjects;
}

export function createLogoutNotices(deps: NoticeDeps): LogoutNotices {
  const { store, clock, audit, directory, urls, outbound, subjects } = deps;
  let delivering: Promise<void> | null = null;
  let isAskedAgain = false;

  async function addressesOf(row: SessionClient): Promise<{ app: RunningApp; to: LogoutAddresses } | null> {
    const app = await directory.appById(row.tenantId, row.appId);
    if (!app) return null;
    const registered = isRegisteredId(row.clientId)
      ? await directory.client(row.tenantId, row.clientId)
      : null;
    return { app, to: logoutAddresses(app, registered) };
  }

  /** Why the client was not told; null when it was, or wants to hear nothing. */
  async function notify(row: SessionClient): Promise<string | null> {
    const known = await addressesOf(row);
    if (!known || known.to.back === null) return null;
    const { tenantId, clientId, sessionId, userId } = row;
    const subject = await subjects.of(known.app, clientId, userId);
    const facts = { tenantId, issuer: urls.issuer(known.app), clientId, subject, sessionId };
    const form = { logout_token: await createLogoutToken(deps, facts) };
    try {
      const { status } = await outbound({ url: known.to.back, form, maxBytes: ANSWER_LIMIT });
      return status === 200 || status === 204 ? null : `answered ${status}`;
    } catch (error) {
      if (error instanceof OutboundError) return error.message;
      throw error;
    }
  }

  async function tell(row: SessionClient): Promise<void> {
    const dueAt = clock.now() + RETRY_AFTER * 2 ** row.attempts;
    if (!(await store.write((tx) => tx.sessionClients.claim(row, dueAt)))) return;
    const fault = await notify(row);
    if (fault !== null && row.attempts + 1 < MOST_ATTEMPTS) return;
    const tenant = fault === null ? null : await store.read.tenants.find(row.tenantId);
    await store.write(async (tx) => {
      await tx.sessionClients.remove(row);
      if (tenant && fault !== null) await tx.events.append(undelivered(tenant, row, fault));
    });
  }

  function undelivered(tenant: Tenant, { userId, appId, clientId }: SessionClient, fault: string) {
    const context = { tenant, source: 'local', userAgent: '', correlationId: newCorrelationId() };
    const detail = `the client was not told of the end of a session: ${fault}`;
    return audit.event(context, 'logout.undelivered', { userId, appId, clientId, detail });
  }

  async function deliverDue(): Promise<void> {
    for (;;) {
      const due = await store.read.sessionClients.orphans(clock.now(), AT_ONCE);
      if (due.length === 0) return;
      const tried = await Promise.allSettled(due.map(tell));
      const failed = tried.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  return {
    participant(app, client, { sessionId, userId }) {
      const { front, back } = logoutAddresses(app, client.registered);
      if (sessionId === null || (front === null && back === null)) return null;
      const key = { tenantId: app.tenantId, sessionId, appId: app.id, clientId: client.id };
      return { ...key, userId, attempts: 0, dueAt: clock.now() };
    },
    async frontChannel(tenant, sessionId) {
      const found: string[] = [];
      for (const row of await store.read.sessionClients.ofSession(tenant.id, sessionId)) {
        const known = await addressesOf(row);
        if (known && known.to.front !== null)
          found.push(withParameters(known.to.front, { iss: urls.issuer(known.app), sid: sessionId }));
      }
      return [...new Set(found)];
    },
    async deliver() {
      if (delivering) {
        isAskedAgain = true;
        return delivering;
      }
      delivering = (async () => {
        do {
          isAskedAgain = false;
          await deliverDue();
        } while (isAskedAgain);
      })().finally(() => {
        delivering = null;
      });
      return delivering;
    },
  };
}

/** Of the client itself, where it registered; else of the app. */
function logoutAddresses(
  { settings: { generalUsage } }: RunningApp,
  registered: RegisteredClient | null,
): LogoutAddresses {
  if (!registered)
    return { front: generalUsage.frontchannelLogoutUri, back: generalUsage.backchannelLogoutUri };
  const { frontchannel_logout_uri: front = null, backchannel_logout_uri: back = null } = registered.metadata;
  return { front, back };
}
