/**
 * The token endpoint: one pipeline for every grant. A grant fills in its own part only, so none can forget a check
 * that all share. @see RFC 6749 section 3.2
 */
import type { TokenResponse } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import { OAuthError } from '../errors.js';
import type { TokenGrant } from '../grants/grant.js';
import type { RequestContext } from '../request-context.js';
import type { Issuing, TokenIssuer } from '../tokens/issuer.js';
import { knownApp } from './app.js';
import { type Client, type ClientAuth, isConfidential, isProgram } from './client-auth.js';
import type { Dpop, ProvedRequest } from './dpop.js';
import { type Parameters, type RawParameters, readParameters, required } from './parameters.js';
import { createRequestMemory } from './request-memory.js';
import { mayUseTargets } from './resource.js';

/** A form posted to the token endpoint, or to another one where a client authenticates likewise. */
export interface ClientRequest {
  readonly applicationId: string;
  readonly authorization: string | undefined;
  readonly query: RawParameters;
  readonly body: RawParameters;
  /** The request as a DPoP proof names it. */
  readonly proved: ProvedRequest;
}

/** A request that passed every check. */
type Admitted = Omit<Issuing, 'context'> & { client: Client };

interface TokenDeps {
  clock: Clock;
  directory: Directory;
  clientAuth: ClientAuth;
  grants: readonly TokenGrant[];
  issuer: TokenIssuer;
  dpop: Dpop;
}

/** What an access token is made of never stands in a URL. @see RFC 6749 section 2.3.1 */
const NEVER_IN_QUERY = [
  'grant_type',
  'client_secret',
  'client_assertion',
  'code',
  'device_code',
  'subject_token',
  'actor_token',
  'code_verifier',
  'refresh_token',
  'password',
  'token',
];

export function createTokenEndpoint(deps: TokenDeps) {
  const { clock, directory, clientAuth, grants, issuer, dpop } = deps;
  const memory = createRequestMemory<Admitted>(deps);

  return async (context: RequestContext, request: ClientRequest): Promise<TokenResponse> => {
    // 1. The parameters, each once, in the body alone.
    refuseInQuery(request.query);
    const parameters = readParameters(request.body);
    const grantType = required(parameters, 'grant_type');
    // 2. The app, as every node knows it now.
    await directory.catchUp();
    const app = await knownApp(directory, context, request.applicationId);
    // The same request passed steps 3 to 8 a moment ago, and nothing that they look at has changed.
    const isRepeatable = grants.some((each) => each.grantType === grantType && each.repeatable);
    const question = isRepeatable ? memory.question(context, app, request) : null;
    const { known } = question ?? {};
    if (known) {
      const authorization = { ...known.authorization, authTime: clock.now() };
      return await issuer.issue({ context, ...known, authorization });
    }
    const admitted = await admit(context, app, { parameters, grantType, ...request });
    if (isProgram(admitted.client)) question?.remember(admitted);
    // 9. The tokens.
    return await issuer.issue({ context, ...admitted });
  };

  async function admit(
    context: RequestContext,
    app: RunningApp,
    request: ClientRequest & { parameters: Parameters; grantType: string },
  ): Promise<Admitted> {
    const { authorization: header, parameters, grantType } = request;
    // 3. The client, proved if it is confidential.
    const client = await clientAuth.authenticate(context, app, { authorization: header, parameters });
    const { trace } = context;
    trace?.about({ clientId: client.id });
    trace?.passed('clientProof', `${client.id}, ${isConfidential(client) ? 'proved' : 'a public client'}`);
    // 4. The grant, and whether the app allows it.
    const grant = grantOf(app, grants, grantType);
    trace?.passed('grantType', grantType);
    if (!app.enabled) throw notAdmitted(grant, 'the app is disabled');
    trace?.passed('app', app.applicationId);
    requireRegistered(client, grant);
    // 5. A confidential client, where the grant is for such alone.
    if (grant.confidentialOnly && !client.user) throw await unproved(context, client, parameters);
    // 6. The key, where one is proved or the app insists.
    const jkt = await provedKey(dpop, context, request.proved);
    if (jkt === null && app.settings.tokens.requireDpop)
      throw new OAuthError('invalid_dpop_proof', 'the app has the setting requireDpop: send a DPoP proof');
    // 7. What the grant gives.
    const authorization = await grant.authorize({ context, app, client, parameters, jkt });
    // 8. Rule 1, whatever the grant: the user holds a role of the app, and of the API it is for, now.
    if (!mayUseTargets(authorization.subject, [{ app }, authorization.target]))
      throw notAdmitted(grant, "the user is disabled or holds no role of the app's User Access");
    trace?.passed('access', authorization.subject.user.loginName);
    trace?.passed('scope', authorization.scope);
    return { app, client, clientId: client.id, jkt, grantType, authorization };
  }

  /** A public client is refused at the cost of a wrong secret, so that names cannot be told apart by time. */
  async function unproved(
    context: RequestContext,
    client: Client,
    parameters: Parameters,
  ): Promise<OAuthError> {
    await clientAuth.proves(context, client, { secret: parameters.get('client_secret') ?? '' });
    return new OAuthError(
      'invalid_client',
      'client authentication failed',
      'the grant needs a confidential client',
    );
  }
}

/** Thumbprint of the key that the request proves; null without a proof. @see RFC 9449 section 5 */
export async function provedKey(
  dpop: Dpop,
  context: RequestContext,
  request: ProvedRequest,
): Promise<string | null> {
  return request.proof === undefined ? null : dpop.check(context, request);
}

/** @see RFC 7591 section 2 */
function requireRegistered({ registered }: Client, { grantType }: TokenGrant): void {
  if (!registered || registered.metadata.grant_types.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `the client did not register the grant ${grantType}`);
}

export function refuseInQuery(query: RawParameters): void {
  const misplaced = NEVER_IN_QUERY.find((name) => query[name] !== undefined);
  if (misplaced)
    throw new OAuthError('invalid_request', `${misplaced} belongs in the form body, not in the URL`);
}

/** The vendor's sample swaps a code under the name `implicit`; rule 3 admits that by the app's switch. */
function grantOf(app: RunningApp, grants: readonly TokenGrant[], grantType: string): TokenGrant {
  const { admitOldClients } = app.settings.generalUsage;
  if (grantType === 'implicit' && !admitOldClients)
    throw new OAuthError(
      'unsupported_grant_type',
      'grant_type implicit needs the setting admitOldClients of the app',
    );
  const name = grantType === 'implicit' ? 'authorization_code' : grantType;
  const grant = grants.find((candidate) => candidate.grantType === name);
  if (!grant) throw new OAuthError('unsupported_grant_type', 'this grant type is not served');
  if (!grant.isAllowed(app))
    throw new OAuthError('unauthorized_client', `the app does not allow the grant ${grant.grantType}`);
  return grant;
}

function notAdmitted({ deniedAs, grantType }: TokenGrant, reason: string): OAuthError {
  return new OAuthError(deniedAs, 'the user may not use this app', `rule 1: ${reason} (${grantType})`);
}
