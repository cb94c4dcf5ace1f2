import { BUILT_IN_SCOPES } from '@sallyport/contract';
import { mayUseApp } from '../access.js';
import { OAuthError } from '../errors.js';
import { type Parameters, required } from '../oauth/parameters.js';
import { invalidTarget, type Resources, type Target } from '../oauth/resource.js';
import { narrowedScope, scopeNames } from '../oauth/scope.js';
import type { RequestContext } from '../request-context.js';
import { type ActClaim, actDepth } from '../tokens/act-claim.js';
import { NO_CLAIMS } from '../tokens/claims-request.js';
import type { InspectedToken, TokenVerifier } from '../tokens/verify.js';
import type { GrantRequest, TokenGrant } from './grant.js';

/** @see RFC 8693 section 3 */
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** Most services in one chain of delegation. */
const LONGEST_CHAIN = 5;

interface ExchangeDeps {
  tokens: Pick<TokenVerifier, 'inspect'>;
  resources: Resources;
}

/**
 * An access token for one that reaches no further: of the same user, for no scope beyond, until no later, in the same
 * family, bound to a key where the first one was. A confidential client swaps what it received as the API of this app,
 * or what this app issued, and so calls the next API in the user's name. Rule 15. @see RFC 8693
 */
export function createTokenExchangeGrant({ tokens, resources }: ExchangeDeps): TokenGrant {
  async function presented(
    context: RequestContext,
    parameters: Parameters,
    name: 'subject_token' | 'actor_token',
  ): Promise<InspectedToken> {
    const type = required(parameters, `${name}_type`);
    if (type !== ACCESS_TOKEN && type !== JWT)
      throw new OAuthError('invalid_request', `${name}_type is not one of access_token and jwt`);
    let detail = '';
    const token = await tokens.inspect(context, required(parameters, name), (reason) => {
      detail = reason;
    });
    if (!token) throw unacceptable(name, detail);
    return token;
  }

  /** The API named by `resource` or `audience`; the app's own without either. */
  async function targetOf({ context, app, parameters }: GrantRequest): Promise<Target> {
    const [resource, audience] = [parameters.get('resource'), parameters.get('audience')];
    const target = await resources.chosen(context, app, resource ?? null, resource);
    if (audience === undefined) return target;
    const named = await resources.named(context, app, audience);
    if (resource !== undefined && named.app.id !== target.app.id)
      throw invalidTarget('resource and audience name different APIs');
    return named;
  }

  return {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    confidentialOnly: true,
    deniedAs: 'invalid_grant',
    isAllowed: (app) => app.authMethods.has('tokenExchange'),
    async authorize(request) {
      const { context, app, client, parameters, jkt } = request;
      const requestedType = parameters.get('requested_token_type') ?? ACCESS_TOKEN;
      if (requestedType !== ACCESS_TOKEN)
        throw new OAuthError('invalid_request', 'the requested_token_type is not access_token');
      const { facts, principal, target: api } = await presented(context, parameters, 'subject_token');
      if (facts.appId !== app.id && api.id !== app.id)
        throw unacceptable('subject_token', 'it is neither of this app nor for its API');
      if (facts.jkt !== null && jkt === null)
        throw new OAuthError('invalid_dpop_proof', 'the subject_token is bound to a key: send a DPoP proof');

      const target = await targetOf(request);
      // Scopes of an API elsewhere open nothing here, whatever their names.
      if (target.app.template === 'OAuth2Client' && facts.audience !== target.audience)
        throw invalidTarget('the subject_token is for another API than this server');
      if (!client.user || !mayUseApp(client.user, app) || !mayUseApp(client.user, target.app))
        throw new OAuthError('unauthorized_client', 'the client may not use this app', 'rule 1: the client');
      const asked = parameters.get('scope');
      return {
        subject: principal.subject,
        scope: narrowedScope(target.app, withoutBuiltIn(facts.scope), asked),
        target,
        authTime: facts.authTime,
        grantId: facts.grantId,
        sessionId: facts.sessionId,
        nonce: null,
        amr: [],
        claims: NO_CLAIMS,
        act: await actorOf(request, facts.act),
        notAfter: facts.expiresAt,
        issuedTokenType: ACCESS_TOKEN,
        settle: async () => ({ outcome: 'spent', refreshToken: null }),
      };
    },
  };

  /** Who acts, before whom: with an actor token of the client's own it is delegation. @see RFC 8693 section 4.1 */
  async function actorOf(
    { context, client, parameters }: GrantRequest,
    before: ActClaim | null,
  ): Promise<ActClaim | null> {
    if (!parameters.has('actor_token')) {
      if (parameters.has('actor_token_type'))
        throw new OAuthError('invalid_request', 'actor_token_type without actor_token');
      return before;
    }
    const { facts } = await presented(context, parameters, 'actor_token');
    if (facts.clientId !== client.id)
      throw unacceptable('actor_token', 'it is not of the client that sent it');
    const act: ActClaim = { sub: facts.userId, client_id: client.id, ...(before ? { act: before } : {}) };
    if (actDepth(act) > LONGEST_CHAIN) throw unacceptable('subject_token', 'its chain of actors is too long');
    return act;
  }
}

/** An ID token and a refresh token come of a sign-in alone. */
function withoutBuiltIn(scope: string): string {
  const builtIn: readonly string[] = BUILT_IN_SCOPES;
  return scopeNames(scope)
    .filter((name) => !builtIn.includes(name))
    .join(' ');
}

/** @see RFC 8693 section 2.2.2 */
function unacceptable(name: string, detail: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    `the ${name} is not acceptable`,
    `token exchange: ${name}: ${detail}`,
  );
}
