/** Claims about the user of an access token. @see OpenID Connect Core 1.0 section 5.3 */
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { Reader } from '../ports.js';
import { type PresentedToken, requirePossession } from '../possession.js';
import type { ClientRegistry } from '../registration/client-registry.js';
import type { RequestContext } from '../request-context.js';
import { loadClaims } from '../tokens/claims-request.js';
import type { Keys } from '../tokens/keys.js';
import type { Subjects } from '../tokens/subjects.js';
import { claimsOfScope, userClaims } from '../tokens/user-claims.js';
import type { InspectedToken, TokenVerifier } from '../tokens/verify.js';
import { notePrincipal } from '../traffic/notes.js';
import type { Urls } from '../urls.js';
import { servedApp } from './app.js';
import type { Dpop } from './dpop.js';

export interface UserinfoRequest {
  readonly applicationId: string;
  /** The token of the header or the form; null without one. */
  readonly presented: PresentedToken | null;
}

export interface Userinfo {
  readonly claims: Record<string, unknown>;
  /** The same, signed; null for a client that wants plain JSON. */
  readonly jwt: string | null;
}

/** Media type of a signed answer: no ID token, no access token. */
const TYP = 'userinfo+jwt';

export function createUserinfo(deps: {
  read: Pick<Reader, 'grants'>;
  directory: Directory;
  tokens: TokenVerifier;
  dpop: Dpop;
  registry: ClientRegistry;
  subjects: Subjects;
  keys: Keys;
  urls: Urls;
}) {
  const { read, directory, tokens, registry, subjects, keys, urls } = deps;

  /** @see OpenID Connect Core 1.0 section 5.5 */
  async function askedOneByOne({ facts, principal }: InspectedToken): Promise<readonly string[]> {
    if (facts.grantId === null) return [];
    const grant = await read.grants.find(principal.app.tenantId, facts.grantId);
    return loadClaims(grant?.claims ?? null).userinfo;
  }

  /** @see OpenID Connect Core 1.0 section 5.3.2 */
  async function isSigned(app: RunningApp, clientId: string): Promise<boolean> {
    if (app.settings.tokens.userinfoSignedResponseAlg !== 'none') return true;
    if (!registry.governs(app, clientId)) return false;
    return (await registry.find(app, clientId))?.metadata.userinfo_signed_response_alg !== undefined;
  }

  return async (context: RequestContext, request: UserinfoRequest): Promise<Userinfo> => {
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
    const { clientId } = inspected.facts;
    const sub = await subjects.of(app, clientId, user.id);
    const name = sub === user.id ? { unique_name: user.loginName } : {};
    const claims = { ...userClaims(user, names), sub, ...name };
    if (!(await isSigned(app, clientId))) return { claims, jwt: null };
    const signed = { ...claims, iss: urls.issuer(app), aud: clientId };
    return { claims, jwt: await keys.sign(context.tenant.id, { typ: TYP }, signed) };
  };
}
