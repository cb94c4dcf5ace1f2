/**
 * What must hold of an authorization request before anybody is asked to sign in. Order is security: client and
 * redirect come first, because only after them may an error travel by redirect; then the rows of {@link createChecks}
 * in running order. A parked request passes all of it again when it comes back, so settings that changed meanwhile
 * count.
 */
import type { RunningApp } from '../app-runtime.js';
import { OAuthError } from '../errors.js';
import type { RequestContext } from '../request-context.js';
import { acrAsked, readClaimsRequest } from '../tokens/claims-request.js';
import { type Client, type ClientAuth, isConfidential } from './client-auth.js';
import type { ConsentQuestion } from './consent.js';
import { type Parameters, required } from './parameters.js';
import { isRegisteredRedirect } from './redirect-uri.js';
import { invalidTarget, type Resources, scopesOf, type Target } from './resource.js';
import { requestedResponseType, requireResponseMode } from './response-type.js';
import { requestedScope } from './scope.js';

/** A request whose answers may travel by redirect. */
export interface TrustedRequest {
  readonly context: RequestContext;
  readonly app: RunningApp;
  readonly client: Client;
  readonly redirectUri: string;
  readonly parameters: Parameters;
  /** The APIs that the tokens may be for; none when what was asked for is refused. */
  readonly targets: readonly Target[];
}

/** What the endpoint answers: a redirect, a form that the browser posts to the client, or the consent page. */
export type AuthorizeAnswer =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'form'; readonly action: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'consent'; readonly question: ConsentQuestion };

/** A refusal that must not leave the server by redirect. */
export class NotByRedirect extends OAuthError {}

/** The parameters that are read, and kept while the request is parked. The client's secret is not among them. */
export const PARKED_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'acr_values',
  'claims',
  'id_token_hint',
  'login_hint',
  'ui_locales',
  'resource',
  'dpop_jkt',
] as const;

export const PROMPTS = ['none', 'login', 'consent', 'select_account'];
export const CODE_CHALLENGE_METHODS = ['S256'];

/** The client and the redirect, or an error that must not leave the server. @see RFC 6749 section 4.1.2.1 */
export async function trust(
  { clientAuth, resources }: { clientAuth: ClientAuth; resources: Resources },
  context: RequestContext,
  app: RunningApp,
  parameters: Parameters,
): Promise<TrustedRequest> {
  const client = await clientAuth.find(context, app, required(parameters, 'client_id'));
  if (!client || client.user?.user.enabled === false) {
    const detail = client
      ? 'the confidential client is disabled'
      : 'its Client ID Type does not admit the client';
    throw new OAuthError('invalid_client', 'this client may not use the app', detail, 400);
  }
  context.trace?.about({ clientId: client.id });
  const redirectUri = required(parameters, 'redirect_uri');
  if (!isRegisteredRedirect(redirectsOf(app, client), redirectUri))
    throw new OAuthError(
      'invalid_request',
      'invalid redirect: the redirect_uri is not on the list of the app',
    );
  context.trace?.passed('client', `${client.id}, ${client.user ? 'confidential' : 'public'}`);
  context.trace?.passed('redirect', redirectUri);
  const whole = withAcrValues(parameters, client);
  return { context, app, client, redirectUri, parameters: whole, targets: await targets() };

  /** What is refused here is refused by a check, which may answer by redirect. */
  async function targets(): Promise<readonly Target[]> {
    try {
      return await resources.asked(context, app, parameters.get('resource'));
    } catch (error) {
      if (error instanceof OAuthError) return [];
      throw error;
    }
  }
}

/**
 * `acr_values` where they are asked for elsewhere: as a claim of the ID token, or by the client at its registration.
 * @see OpenID Connect Core 1.0 section 5.5.1.1, Dynamic Client Registration 1.0 section 2
 */
function withAcrValues(parameters: Parameters, { registered }: Client): Parameters {
  if (parameters.has('acr_values')) return parameters;
  const values = acrAsked(parameters.get('claims')) ?? registered?.metadata.default_acr_values?.join(' ');
  return values === undefined ? parameters : new Map(parameters).set('acr_values', values);
}

/** A client that registered has a list of its own. */
function redirectsOf({ settings }: RunningApp, { registered }: Client): readonly string[] {
  return registered ? registered.metadata.redirect_uris : settings.generalUsage.redirects;
}

type Check = (request: TrustedRequest) => void | Promise<void>;

/** Every other check, in running order; what they throw goes to the client. */
export function createChecks(clientAuth: ClientAuth): readonly Check[] {
  return [
    noRequestObject,
    (request) => clientSecretIsRight(clientAuth, request),
    responseTypeIsServed,
    responseTypeIsRegistered,
    responseModeIsServed,
    resourceIsKnown,
    pkceHolds,
    keyIsNamed,
    scopeIsDefined,
    scopeIsRegistered,
    nonceIsThere,
    claimsAreReadable,
    promptIsKnown,
    maxAgeIsNumber,
  ];
}

/** @see OpenID Connect Core 1.0 section 3.1.2.6 */
function noRequestObject({ parameters }: TrustedRequest): void {
  if (parameters.has('request'))
    throw new OAuthError('request_not_supported', 'the parameter request is not supported');
  if (parameters.has('request_uri'))
    throw new OAuthError('request_uri_not_supported', 'the parameter request_uri is not supported');
}

/** The vendor's clients put it into the query: verified like any other, and then forgotten. Rule 3. */
async function clientSecretIsRight(
  clientAuth: ClientAuth,
  { context, client, parameters }: TrustedRequest,
): Promise<void> {
  const secret = parameters.get('client_secret');
  if (secret === undefined || !isConfidential(client)) return;
  if (!(await clientAuth.proves(context, client, { secret })))
    throw new OAuthError('invalid_client', 'invalid client creds');
  context.trace?.passed('clientProof', 'by the secret in the query');
}

function responseTypeIsServed({ context, app, parameters }: TrustedRequest): void {
  requestedResponseType(app, parameters);
  context.trace?.passed('responseType', parameters.get('response_type'));
}

/** @see RFC 7591 section 2 */
function responseTypeIsRegistered({ client: { registered }, parameters }: TrustedRequest): void {
  const type = required(parameters, 'response_type').split(' ').sort().join(' ');
  if (!registered || registered.metadata.response_types.some((known) => known === type)) return;
  throw new OAuthError('unauthorized_client', 'the client did not register this response_type');
}

function scopeIsRegistered(request: TrustedRequest): void {
  const { registered } = request.client;
  const allowed = registered?.metadata.scope?.split(' ');
  if (!allowed) return;
  const asked = scopeOf(request).split(' ');
  if (asked.every((name) => allowed.includes(name))) return;
  throw new OAuthError('invalid_scope', 'the client did not register a scope that it asks for');
}

function responseModeIsServed({ parameters }: TrustedRequest): void {
  requireResponseMode(parameters);
}

/** @see RFC 8707 section 2.1 */
function resourceIsKnown({ app, parameters, targets }: TrustedRequest): void {
  if (targets.length === 0) throw invalidTarget('a resource is unknown, disabled, or no absolute URI');
  if (targets.length > 1 && requestedResponseType(app, parameters).token)
    throw invalidTarget('a token by redirect is for one resource');
}

/** @see RFC 7636 section 4.3, RFC 9700 section 2.1.1 */
function pkceHolds({ context, app, client, parameters }: TrustedRequest): void {
  if (!requestedResponseType(app, parameters).code) return;
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) throw new OAuthError('invalid_request', 'code_challenge is missing');
    if (isConfidential(client) || app.settings.generalUsage.admitOldClients) return;
    throw new OAuthError(
      'invalid_request',
      'a public client must send a code_challenge, unless the app has the setting admitOldClients',
    );
  }
  if (method === undefined || !CODE_CHALLENGE_METHODS.includes(method))
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256');
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge))
    throw new OAuthError('invalid_request', 'code_challenge is not a SHA-256 in base64url');
  context.trace?.passed('pkceChallenge', method);
}

/** A token by redirect is bound to no key. @see RFC 9449 section 10 */
function keyIsNamed({ app, parameters }: TrustedRequest): void {
  const thumbprint = parameters.get('dpop_jkt');
  if (thumbprint !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(thumbprint))
    throw new OAuthError('invalid_request', 'dpop_jkt is not a SHA-256 in base64url');
  if (app.settings.tokens.requireDpop && requestedResponseType(app, parameters).token)
    throw new OAuthError('unauthorized_client', 'the app has the setting requireDpop: no token by redirect');
}

function scopeIsDefined(request: TrustedRequest): void {
  const scope = scopeOf(request);
  request.context.trace?.passed('scope', scope);
}

/** What the request asks for, of the scopes of its APIs. */
export function scopeOf({ targets, parameters }: TrustedRequest): string {
  return requestedScope(scopesOf(targets), parameters.get('scope'));
}

/** An ID token by way of the browser is about OpenID Connect, and bound to its request. @see Core 1.0 section 3.2.2.1 */
function nonceIsThere(request: TrustedRequest): void {
  const { context, app, parameters } = request;
  if (!requestedResponseType(app, parameters).idToken) return;
  if (!scopeOf(request).split(' ').includes('openid'))
    throw new OAuthError('invalid_request', 'an id_token needs the scope openid');
  if (parameters.has('nonce') || app.settings.generalUsage.admitOldClients) {
    context.trace?.passed('nonce');
    return;
  }
  throw new OAuthError(
    'invalid_request',
    'an id_token by redirect needs a nonce, unless the app has the setting admitOldClients',
  );
}

function claimsAreReadable({ parameters }: TrustedRequest): void {
  readClaimsRequest(parameters.get('claims'));
}

/** @see OpenID Connect Core 1.0 section 3.1.2.1 */
function promptIsKnown({ parameters }: TrustedRequest): void {
  const prompts = promptsOf(parameters);
  if (prompts.some((prompt) => !PROMPTS.includes(prompt)))
    throw new OAuthError('invalid_request', 'unknown value of prompt');
  if (prompts.includes('none') && prompts.length > 1)
    throw new OAuthError('invalid_request', 'prompt none stands alone');
}

function maxAgeIsNumber({ parameters }: TrustedRequest): void {
  const maxAge = parameters.get('max_age');
  if (maxAge !== undefined && !/^\d{1,10}$/.test(maxAge))
    throw new OAuthError('invalid_request', 'max_age is not a number of seconds');
}

/** The words of the parameter `prompt`. */
export function promptsOf(parameters: Parameters): string[] {
  return (parameters.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
}
