/** Claims about the user of an access token. @see OpenID Connect Core 1.0 section 5.3 */
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Reader } from '../ports.js';
import { type PresentedToken, requirePossession } from '../possession.js';
import type { RequestContext } from '../request-context.js';
import { loadClaims } from '../tokens/claims-request.js';
import { claimsOfScope, userClaims } from '../tokens/user-claims.js';
import type { InspectedToken, TokenVerifier } from '../tokens/verify.js';
import { notePrincipal } from '../traffic/notes.js';
import { servedApp } from './app.js';
import type { Dpop } from './dpop.js';

export interface UserinfoRequest {
  readonly applicationId: string;
  /** The token of the header or the form; null without one. */
  readonly presented: PresentedToken | null;
}

export function createUserinfo(deps: {
  read: Pick<Reader, 'grants'>;
  directory: Directory;
  tokens: TokenVerifier;
  dpop: Dpop;
}) {
  const { read, directory, tokens } = deps;

  /** @see OpenID Connect Core 1.0 section 5.5 */
  async function askedOneByOne({ facts, principal }: InspectedToken): Promise<readonly string[]> {
    if (facts.grantId === null) return [];
    const grant = await read.grants.find(principal.app.tenantId, facts.grantId);
    return loadClaims(grant?.claims ?? null).userinfo;
  }

  return async (context: RequestContext, request: UserinfoRequest): Promise<Record<string, unknown>> => {
    await directory.catchUp();
    const app = await servedApp(directory, context, request.applicationId);
    const { presented } = request;
    if (presented === null) throw new OAuthError('invalid_token', 'an access token is needed');
    let detail = 'the token belongs to another app';
    const inspected = await tokens.inspect(context, presented.token, (reason) => {
      detail = reason;
    });
    // A token for another app's API stays useless here, whoever got hold of it.
    if (inspected?.facts.appId !== app.id || inspected.target.id !== app.id)
      throw new OAuthError('invalid_token', 'the token is not good', detail);
    notePrincipal(context, inspected.principal);
    await requirePossession(deps.dpop, context, presented, inspected.facts.jkt);
    const scopes = inspected.facts.scope.split(' ');
    if (!scopes.includes('openid')) throw new OAuthError('insufficient_scope', 'the scope openid is needed');
    const { user } = inspected.principal.subject;
    const names = [...claimsOfScope(inspected.facts.scope), ...(await askedOneByOne(inspected))];
    return { ...userClaims(user, names), sub: user.id, unique_name: user.loginName };
  };
}
