/** Sessions: opaque, stored hashed, with idle and absolute lifetimes. Rule 12. */
import type { Clock } from '../../kit/clock.js';
import { sameSecret, sha256 } from '../../kit/digest.js';
import { newId, randomToken } from '../../kit/random.js';
import type { Subject } from '../access.js';
import type { Audit } from '../audit.js';
import type { Directory } from '../directory.js';
import type { LogoutNotices } from '../logout/logout-notices.js';
import type { SecurityNotices } from '../mail/security-notices.js';
import type { Session, User } from '../model.js';
import type { Store, Writer } from '../ports.js';
import type { SessionPrincipal, TokenPrincipal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import { revokeFamily } from '../tokens/revocation.js';

/** At most this often is it written down that a session was seen, in milliseconds. */
const SEEN_EVERY = 60_000;

/** What a successful sign-in hands out, once. */
export interface NewSession {
  session: Session;
  /** Value of the `.ASPXAUTH` cookie. */
  cookie: string;
  /** `Result.Auth`: the second handle, good as a bearer. */
  handle: string;
}

/** The end of sessions as part of a transaction of somebody else's. */
export interface Ending {
  write(tx: Writer): Promise<void>;
  /** To be called once that is durable: this node obeys at once, and clients are told. */
  after(): Promise<void>;
}

export interface Sessions {
  /** A new session, not kept yet: the sign-in inserts it in the transaction that ends the login. */
  prepare(context: RequestContext, userId: string, amr: string[]): NewSession;
  /** Whether a session of `subject` could still be used. */
  isLive(context: RequestContext, session: Session, subject: Subject): boolean;
  /** Null when unknown, expired, or of a user who is gone, disabled or signed out everywhere. */
  byCookie(context: RequestContext, cookie: string): Promise<SessionPrincipal | null>;
  byHandle(context: RequestContext, handle: string): Promise<SessionPrincipal | null>;
  /** The same for who holds neither, while the hash of the second handle is still this one. */
  byId(
    context: RequestContext,
    id: string,
    handleHash: string,
  ): Promise<{ principal: SessionPrincipal; session: Session } | null>;
  /**
   * Ends the session, its access tokens and its refresh families without `offline_access`. Resolves to the addresses
   * that a browser must load so that the session's clients hear of it.
   */
  end(context: RequestContext, sessionId: string): Promise<string[]>;
  /** Ends an app's token and the family it belongs to. */
  endToken(context: RequestContext, principal: TokenPrincipal): Promise<void>;
  /**
   * Signs the user out everywhere: every session but `exceptSessionId`, every grant to any app, every known device.
   * To be written along with what it is for, such as a new password, which no older session must outlive.
   */
  endingAll(context: RequestContext, userId: string, exceptSessionId?: string): Promise<Ending>;
  /** The same by itself, at the user's own wish, told to them by mail: whoever stole a session could have wished it. */
  endAllOf(context: RequestContext, user: User): Promise<void>;
}

export function createSessions(deps: {
  store: Store;
  clock: Clock;
  directory: Directory;
  audit: Audit;
  logout: LogoutNotices;
  notices: SecurityNotices;
}): Sessions {
  const { store, clock, directory, audit, logout, notices } = deps;

  function isLive({ tenant }: Pick<RequestContext, 'tenant'>, session: Session, { user }: Subject): boolean {
    return endOf(session, tenant.sessions) > clock.now() && session.createdAt >= user.validAfter;
  }

  async function principalOf(
    { tenant }: RequestContext,
    session: Session | null,
    byCookie: boolean,
  ): Promise<SessionPrincipal | null> {
    const now = clock.now();
    if (!session || session.tenantId !== tenant.id) return null;
    const subject = await directory.subject(tenant.id, session.userId);
    if (!subject?.user.enabled || subject.user.confidentialClient) return null;
    if (!isLive({ tenant }, session, subject)) return null;
    if (now - session.lastSeenAt >= Math.min(SEEN_EVERY, tenant.sessions.idle * 250))
      await store.write((tx) => tx.sessions.touch(tenant.id, session.id, now));
    const { id: sessionId, authTime, amr, source } = session;
    return { kind: 'session', subject, sessionId, authTime, amr: amr.split(' '), source, byCookie };
  }

  /** An app that is gone took its grants along. */
  async function revokeGrant(tx: Writer, tenantId: string, grantId: string): Promise<void> {
    const grant = await tx.grants.find(tenantId, grantId);
    const app = grant && (await directory.appById(tenantId, grant.appId));
    if (app) await revokeFamily(tx, app, grantId, clock.now());
  }

  /** Grants with `offline_access` outlive the session; the access tokens they gave during it do not. */
  async function endTokensOf(tx: Writer, session: Session): Promise<void> {
    const { tenantId, id: sessionId } = session;
    const now = clock.now();
    const appIds = await tx.grants.detach(session, now);
    await tx.accessTokens.revokeOfSession(tenantId, sessionId, now);
    const apps = await Promise.all(appIds.map((id) => directory.appById(tenantId, id)));
    const longest = Math.max(0, ...apps.map((app) => app?.lifetimes.access ?? 0));
    const expiresAt = now + longest * 1000;
    if (longest > 0) await tx.signals.append({ tenantId, kind: 'token', subject: sessionId, expiresAt });
  }

  /** What `job` ends, with a line in the audit log. */
  async function ending(
    context: RequestContext,
    facts: { userId: string; clientId?: string; detail: string },
    job: (tx: Writer) => Promise<boolean>,
  ): Promise<Ending> {
    const subject = await directory.subject(context.tenant.id, facts.userId);
    const event = audit.event(context, 'logout', { ...facts, userName: subject?.user.loginName ?? null });
    return {
      async write(tx) {
        if (await job(tx)) await tx.events.append(event);
      },
      async after() {
        context.trace?.decided(event);
        await directory.catchUp();
        // What cannot be said now is said later, by whichever process looks next.
        void logout.deliver().catch(() => undefined);
      },
    };
  }

  async function carryOut({ write, after }: Ending): Promise<void> {
    await store.write(write);
    await after();
  }

  function endingAll(context: RequestContext, userId: string, exceptSessionId?: string): Promise<Ending> {
    const tenantId = context.tenant.id;
    const detail = exceptSessionId ? 'signed out everywhere else' : 'signed out everywhere';
    return ending(context, { userId, detail }, async (tx) => {
      for (const grant of await tx.grants.ofUser(tenantId, userId)) await revokeGrant(tx, tenantId, grant.id);
      await tx.sessions.removeOfUser(tenantId, userId, exceptSessionId);
      await tx.devices.removeOfUser(tenantId, userId);
      return true;
    });
  }

  return {
    isLive,
    prepare(context, userId, amr) {
      const { tenant, source, userAgent } = context;
      const now = clock.now();
      const [cookie, handle] = [randomToken(), randomToken()];
      const session: Session = {
        tenantId: tenant.id,
        id: newId(),
        cookieHash: sha256(cookie),
        handleHash: sha256(handle),
        userId,
        authTime: now,
        amr: amr.join(' '),
        source,
        userAgent,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now + tenant.sessions.absolute * 1000,
      };
      return { session, cookie, handle };
    },
    byCookie: async (context, cookie) =>
      principalOf(context, await store.read.sessions.findByCookie(sha256(cookie)), true),
    byHandle: async (context, handle) =>
      principalOf(context, await store.read.sessions.findByHandle(sha256(handle)), false),
    async byId(context, id, handleHash) {
      const session = await store.read.sessions.find(context.tenant.id, id);
      if (!session || !sameSecret(session.handleHash, handleHash)) return null;
      const principal = await principalOf(context, session, false);
      return principal && { principal, session };
    },
    async end(context, sessionId) {
      const tenantId = context.tenant.id;
      const session = await store.read.sessions.find(tenantId, sessionId);
      if (!session) return [];
      const frames = await logout.frontChannel(context.tenant, sessionId);
      const facts = { userId: session.userId, detail: 'signed out' };
      const end = await ending(context, facts, async (tx) => {
        for (const grantId of await tx.grants.ofSession(session, clock.now()))
          await revokeGrant(tx, tenantId, grantId);
        await endTokensOf(tx, session);
        return tx.sessions.remove(tenantId, sessionId);
      });
      await carryOut(end);
      return frames;
    },
    async endToken(context, principal) {
      const { clientId, subject, tokenId, grantId, expiresAt } = principal;
      const tenantId = context.tenant.id;
      const facts = { userId: subject.user.id, clientId, detail: 'signed out by an access token' };
      const end = await ending(context, facts, async (tx) => {
        await tx.accessTokens.revoke(tokenId, clock.now());
        await tx.signals.append({ tenantId, kind: 'token', subject: tokenId, expiresAt });
        if (grantId !== null) await revokeGrant(tx, tenantId, grantId);
        return true;
      });
      await carryOut(end);
    },
    endingAll,
    async endAllOf(context, user) {
      await carryOut(await endingAll(context, user.id));
      notices.signedOutEverywhere(context, user);
    },
  };
}

/** When the session ends unless it is used before. */
function endOf(session: Session, lifetimes: { idle: number; absolute: number }): number {
  return Math.min(
    session.expiresAt,
    session.createdAt + lifetimes.absolute * 1000,
    session.lastSeenAt + lifetimes.idle * 1000,
  );
}
