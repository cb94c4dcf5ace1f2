/** Whether an access token is good now, whatever its format. Says nothing about scope and rights. */
import type { Clock } from '../../kit/clock.js';
import { mayUseApp } from '../access.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import type { Store, Writer } from '../ports.js';
import type { TokenPrincipal } from '../principal.js';
import { isRegisteredId } from '../registration/client-id.js';
import type { RequestContext } from '../request-context.js';
import { audienceKey, type Urls } from '../urls.js';
import type { ReadToken, TokenFormat } from './format.js';
import { createTokenFormats } from './index.js';
import type { Keys } from './keys.js';

/** A good token: who bears it, and what it says. */
export interface InspectedToken extends ReadToken {
  readonly principal: TokenPrincipal;
  readonly format: TokenFormat;
  /** The app of the API that the token is for. */
  readonly target: RunningApp;
}

export interface TokenVerifier {
  /** For this server's own API. Null for every token that is not good; the reason goes to the operator's log by `detail` of the callback. */
  verify(
    context: RequestContext,
    token: string,
    onRefused?: (detail: string) => void,
  ): Promise<TokenPrincipal | null>;
  /** The same, whatever API it is for, with what the token says: for introspection, userinfo and revocation. */
  inspect(
    context: RequestContext,
    token: string,
    onRefused?: (detail: string) => void,
  ): Promise<InspectedToken | null>;
  /** Revokes this token alone. Call `directory.catchUp` after the transaction, so that this node obeys at once. */
  revoke(tx: Writer, context: RequestContext, token: InspectedToken): Promise<void>;
}

export function createTokenVerifier(deps: {
  store: Pick<Store, 'read'>;
  keys: Keys;
  urls: Urls;
  clock: Clock;
  directory: Directory;
}): TokenVerifier {
  const { store, directory, clock, urls } = deps;
  const formats = createTokenFormats({ ...deps, read: store.read });

  /** The token with what its app and user make of it now, or why it is not good. */
  async function judge({ tenant }: RequestContext, token: string): Promise<InspectedToken | string> {
    const format = formats.find((candidate) => candidate.recognises(token));
    const read = format ? await format.read(tenant, token) : null;
    if (!format || !read) return 'not an access token of this server, or expired or revoked';
    const { facts, id } = read;
    if (directory.isRevoked(tenant.id, id)) return 'the token was revoked';
    if (facts.grantId && directory.isRevoked(tenant.id, facts.grantId)) return 'its grant was revoked';
    if (facts.sessionId && directory.isRevoked(tenant.id, facts.sessionId)) return 'its session has ended';
    const app = await directory.appById(tenant.id, facts.appId);
    if (!app?.enabled) return 'its app is disabled or gone';
    if (isRegisteredId(facts.clientId) && !(await directory.client(tenant.id, facts.clientId)))
      return 'its client is gone';
    const subject = await directory.subject(tenant.id, facts.userId);
    if (!subject?.user.enabled) return 'its user is disabled or gone';
    if (subject.user.validAfter > facts.authTime) return 'its user signed out everywhere since';
    if (!mayUseApp(subject, app)) return "its user holds no role of the app's User Access";
    const target = await targetOf(app, facts.audience);
    if (!target?.enabled || !mayUseApp(subject, target)) return 'the API it is for is closed to its user';
    if (app.updatedAt >= facts.issuedAt && (await isGrantGone(tenant.id, facts.grantId)))
      return 'its grant was revoked earlier';
    const principal: TokenPrincipal = {
      kind: 'token',
      subject,
      app,
      clientId: facts.clientId,
      scope: facts.scope,
      authTime: facts.authTime,
      tokenId: id,
      grantId: facts.grantId,
      jkt: facts.jkt,
      expiresAt: facts.expiresAt,
    };
    return { principal, format, target, ...read };
  }

  /** Null when the API has another audience by now, or is gone. */
  async function targetOf(app: RunningApp, audience: string): Promise<RunningApp | null> {
    if (audience === urls.audience(app)) return app;
    const target = await directory.appByAudience(app.tenantId, audienceKey(audience));
    return target?.template === 'OAuth2Server' ? target : null;
  }

  /**
   * The signal that revokes a grant lives as long as a token of its app does by the settings of that moment. A token
   * from before the settings changed may outlive it, and is judged by the grant's row.
   */
  async function isGrantGone(tenantId: string, grantId: string | null): Promise<boolean> {
    if (grantId === null) return false;
    const grant = await store.read.grants.find(tenantId, grantId);
    return !grant || grant.revokedAt !== null;
  }

  const inspect: TokenVerifier['inspect'] = async (context, token, onRefused) => {
    const verdict = await judge(context, token);
    if (typeof verdict !== 'string') return verdict;
    onRefused?.(verdict);
    return null;
  };
  return {
    inspect,
    revoke: (tx, { tenant }, token) => token.format.revoke(tx, tenant, token, clock.now()),
    async verify(context, token, onRefused) {
      const inspected = await inspect(context, token, onRefused);
      if (!inspected || inspected.facts.audience === urls.resource) return inspected?.principal ?? null;
      onRefused?.('the token is for another API than this server');
      return null;
    },
  };
}
