/**
 * What `PlatformTokenResponse` asks for: a JWT that stands for the session itself, and what renews it. Neither lives
 * longer than the session, nor under other handles than it had when they were made. protocol 3.3 and 5.2
 */
import { z } from 'zod';
import { type Clock, seconds } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import { UnsealError, type Vault } from '../../kit/vault.js';
import type { Subject } from '../access.js';
import type { Session } from '../model.js';
import type { SessionPrincipal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import type { Keys } from '../tokens/keys.js';
import type { Urls } from '../urls.js';
import type { Sessions } from './sessions.js';

/** Media type of the JWT: no access token of an app is ever taken for one, nor one for it. */
const TYP = 'session+jwt';
/** Seconds. */
const LIFETIME = 5 * 3600;

/** `hdl` is the hash of the session's second handle: a session that is raised or renewed leaves old tokens behind. */
const Facts = z.object({ sid: z.string(), hdl: z.string() });

export interface PlatformToken {
  token: string;
  refreshToken: string;
  /** Seconds. */
  lifetime: number;
}

export interface PlatformTokens {
  issue(context: RequestContext, subject: Subject, session: Session): Promise<PlatformToken>;
  /** Null when it is none of ours, or its session has ended or changed its handles. */
  verify(context: RequestContext, token: string): Promise<SessionPrincipal | null>;
  /** A new pair for a refresh token of a session that lives; null otherwise. */
  renew(context: RequestContext, refreshToken: string): Promise<PlatformToken | null>;
}

export function createPlatformTokens(deps: {
  keys: Keys;
  urls: Urls;
  clock: Clock;
  vault: Vault;
  sessions: Pick<Sessions, 'byId'>;
}): PlatformTokens {
  const { keys, urls, clock, vault, sessions } = deps;

  async function issue({ tenant }: RequestContext, { user }: Subject, session: Session) {
    const now = clock.now();
    const lifetime = Math.max(1, Math.min(LIFETIME, seconds(session.expiresAt - now)));
    const facts = { sid: session.id, hdl: session.handleHash };
    const token = await keys.sign(
      tenant.id,
      { typ: TYP },
      {
        iss: `${urls.publicUrl}/`,
        sub: user.id,
        aud: urls.publicUrl,
        iat: seconds(now),
        exp: seconds(now) + lifetime,
        jti: newId(),
        tenant_id: tenant.code,
        unique_name: user.loginName,
        ...facts,
        user_uuid: user.id,
      },
    );
    return { token, refreshToken: vault.seal(JSON.stringify(facts), contextOf(tenant.id)), lifetime };
  }

  function sealedFacts(tenantId: string, refreshToken: string): unknown {
    try {
      return JSON.parse(vault.open(refreshToken, contextOf(tenantId)));
    } catch (error) {
      if (error instanceof UnsealError) return null;
      throw error;
    }
  }

  return {
    issue,
    async verify(context, token) {
      const verified = await keys.verify(context.tenant.id, token);
      if (verified?.header.typ !== TYP || verified.claims.aud !== urls.publicUrl) return null;
      const { exp } = verified.claims;
      const facts = Facts.safeParse(verified.claims).data;
      if (!facts || typeof exp !== 'number' || exp * 1000 <= clock.now()) return null;
      return (await sessions.byId(context, facts.sid, facts.hdl))?.principal ?? null;
    },
    async renew(context, refreshToken) {
      const facts = Facts.safeParse(sealedFacts(context.tenant.id, refreshToken)).data;
      const found = facts ? await sessions.byId(context, facts.sid, facts.hdl) : null;
      return found && issue(context, found.principal.subject, found.session);
    },
  };
}

function contextOf(tenantId: string): string {
  return `platform token of ${tenantId}`;
}
