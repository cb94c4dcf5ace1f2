/**
 * The code flow of a user in a browser: start it, send the browser to `url`, validate what the browser brings
 * back, exchange the code. PKCE S256 and `state` always; `nonce` with `openid`.
 *
 * @see RFC 6749 section 4.1, RFC 7636, RFC 9207, RFC 9700 section 2.1
 */
import type { Client } from './client-auth.js';
import { base64url } from './encoding.js';
import type { ServerMetadata } from './endpoint.js';
import { AuthorizationResponseError, InvalidArgumentError, OAuthResponseError } from './errors.js';
import type { HttpOptions } from './http.js';
import { validateIdToken } from './id-token.js';
import { processTokenResponse, type TokenResponse, tokenRequest } from './token-endpoint.js';

export interface AuthorizationRequest {
  /** One of the app's *Redirects*, exactly; the port of an http loopback address is free. */
  readonly redirectUri: string;
  /** Separated by spaces; the app's default when left out. */
  readonly scope?: string;
  /** `login` asks for a fresh sign-in, `none` for no page at all. */
  readonly prompt?: 'login' | 'none' | 'consent';
}

/** An authorization under way. Plain data: a web app may keep it in the user's session. */
export interface PendingAuthorization {
  /** Where the browser goes. Holds no secret. */
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  /** Secret until the code is exchanged. */
  readonly codeVerifier: string;
  /** Set when `openid` was asked for. */
  readonly nonce: string | null;
}

/** A response that was validated; only {@link validateAuthorizationResponse} makes one. */
export interface AuthorizationResponse {
  /** Secret: redeemable once, for about a minute. */
  readonly code: string;
}

/** The responses made here: a look-alike is refused at the exchange. */
const validated = new WeakSet<AuthorizationResponse>();

/** A fresh PKCE verifier: 256 random bits as 43 characters. @see RFC 7636 section 4.1 */
export function generateCodeVerifier(): string {
  return randomText();
}

/** A fresh `state`, 256 random bits. @see RFC 6749 section 10.12 */
export function generateState(): string {
  return randomText();
}

/** A fresh `nonce`, 256 random bits. @see OpenID Connect Core 1.0 section 15.5.2 */
export function generateNonce(): string {
  return randomText();
}

/** The S256 challenge of a verifier. @see RFC 7636 section 4.2 */
export async function calculateCodeChallenge(codeVerifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
  return base64url(new Uint8Array(digest));
}

/**
 * Begins an authorization with a fresh state, verifier and nonce. The client's secret is never part of the URL.
 *
 * @see RFC 6749 section 4.1.1, RFC 7636 section 4.3
 */
export async function startAuthorization(
  server: ServerMetadata,
  client: Client,
  request: AuthorizationRequest,
): Promise<PendingAuthorization> {
  const { redirectUri, scope, prompt } = request;
  const state = generateState();
  const codeVerifier = generateCodeVerifier();
  const nonce = scope?.split(' ').includes('openid') ? generateNonce() : null;
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    prompt,
    code_challenge: await calculateCodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  return { url: url.href, redirectUri, state, codeVerifier, nonce };
}

/**
 * Checks that what the browser brought back answers this authorization, from this server.
 *
 * @param callback the URL the browser was sent to, or its query
 * @throws AuthorizationResponseError when `state` or `iss` differ, or a parameter is missing or repeated
 * @throws OAuthResponseError when the server, or the user, refused
 * @see RFC 6749 sections 4.1.2 and 10.12, RFC 9207 section 2.4
 */
export function validateAuthorizationResponse(
  server: ServerMetadata,
  pending: PendingAuthorization,
  callback: URL | URLSearchParams,
): AuthorizationResponse {
  const query = callback instanceof URL ? callback.searchParams : callback;
  if (single(query, 'state') !== pending.state) {
    throw new AuthorizationResponseError('the response does not answer this request: state differs', 'state');
  }
  const issuer = single(query, 'iss');
  const mustNameIssuer = server.authorization_response_iss_parameter_supported === true;
  if (issuer === null ? mustNameIssuer : issuer !== server.issuer) {
    throw new AuthorizationResponseError(
      'the response is not from the server that was asked: iss differs',
      'iss',
    );
  }
  const error = single(query, 'error');
  if (error !== null) throw new OAuthResponseError(error, single(query, 'error_description'), null);
  const code = single(query, 'code');
  if (code === null) throw new AuthorizationResponseError('the response holds no code', 'code');
  const response = { code };
  validated.add(response);
  return response;
}

/**
 * Exchanges the code. With `openid`, the ID token of the answer is validated too.
 *
 * @throws InvalidArgumentError when the response was not validated
 * @throws OAuthResponseError, UnexpectedResponseError, and the errors of {@link exchange}
 * @see RFC 6749 section 4.1.3, RFC 7636 section 4.5, OpenID Connect Core 1.0 section 3.1.3.5
 */
export async function authorizationCodeGrant(
  server: ServerMetadata,
  client: Client,
  pending: PendingAuthorization,
  response: AuthorizationResponse,
  options?: HttpOptions,
): Promise<TokenResponse> {
  if (!validated.has(response)) {
    throw new InvalidArgumentError('the response must come from validateAuthorizationResponse()');
  }
  const parameters = {
    grant_type: 'authorization_code',
    code: response.code,
    redirect_uri: pending.redirectUri,
    code_verifier: pending.codeVerifier,
  };
  const token = processTokenResponse(await tokenRequest(server, client, parameters, options));
  if (token.id_token !== undefined) {
    validateIdToken(token.id_token, {
      issuer: server.issuer,
      clientId: client.clientId,
      nonce: pending.nonce,
    });
  }
  return token;
}

function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** A parameter's only value, or null without one. @see RFC 6749 section 3.1 on repeated parameters */
function single(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  if (values.length > 1) throw new AuthorizationResponseError(`the response repeats ${name}`, name);
  return values[0] || null;
}
