import type { Subject } from './access.js';
import type { RunningApp } from './app-runtime.js';
import type { Directory } from './directory.js';
import type { Actor } from './model.js';

/** Who a request comes from, once cookie or bearer was checked. */
export type Principal = SessionPrincipal | TokenPrincipal;

/** A signed-in user, by the `.ASPXAUTH` cookie or by the session's `Auth` handle; no scope limits it. */
export interface SessionPrincipal {
  kind: 'session';
  subject: Subject;
  sessionId: string;
  authTime: number;
  /** Mechanisms met, and where the sign-in came from. */
  amr: readonly string[];
  source: string;
  /** True when it came by cookie: then a state-changing call needs the CSRF guard. Rule 12. */
  byCookie: boolean;
}

/** A bearer of an app's access token: as far as its scopes reach. */
export interface TokenPrincipal {
  kind: 'token';
  subject: Subject;
  app: RunningApp;
  clientId: string;
  /** Space-separated. */
  scope: string;
  /** When the user, or for client credentials the client, last proved who they are. */
  authTime: number;
  /** `jti` of a JWT, hash of an opaque token. */
  tokenId: string;
  /** Null for client credentials. */
  grantId: string | null;
  /** Thumbprint of the key it is bound to, and whose proof came along; null for a bearer token. */
  jkt: string | null;
  expiresAt: number;
}

/**
 * The principal with what is known of their user now, after the directory has caught up; null when the user is gone, or
 * signed out everywhere since. Who they are was looked up before, and may be a second old.
 */
export async function asKnownNow<P extends Principal>(
  directory: Pick<Directory, 'subject'>,
  principal: P,
): Promise<P | null> {
  const { tenantId, id } = principal.subject.user;
  const subject = await directory.subject(tenantId, id);
  if (!subject || subject.user.validAfter > principal.authTime) return null;
  return { ...principal, subject };
}

/** The principal as actor of the change log. */
export function actorOf(principal: Principal, source: string): Actor {
  return { userId: principal.subject.user.id, name: principal.subject.user.loginName, source };
}
