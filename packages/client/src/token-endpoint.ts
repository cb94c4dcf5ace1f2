/** The token endpoint, in two halves: every grant is a set of parameters in front of them. */
import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import { UnexpectedResponseError } from './errors.js';
import type { Answer, HttpOptions } from './http.js';
import { textOf } from './json.js';
import { clientRequest, type OAuthParameters, readOAuthObject } from './oauth-request.js';

/** A token endpoint's answer, spelled as on the wire. @see RFC 6749 section 5.1 */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  /** Seconds the access token lives. */
  readonly expires_in?: number;
  /** What was granted, separated by spaces. */
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/**
 * Asks for a token by any grant; the functions named after a grant do so for theirs.
 *
 * @param parameters `grant_type` and what belongs to it
 * @throws the errors of {@link exchange}
 * @see RFC 6749 section 3.2
 */
export function tokenRequest(
  server: ServerMetadata,
  client: Client,
  parameters: OAuthParameters & { readonly grant_type: string },
  options?: HttpOptions,
): Promise<Answer> {
  return clientRequest(server.token_endpoint, client, parameters, options);
}

/**
 * Reads a token endpoint's answer.
 *
 * @throws OAuthResponseError when the server refused
 * @throws UnexpectedResponseError when the answer is no token response, or of another kind than Bearer
 * @see RFC 6749 sections 5.1 and 5.2
 */
export function processTokenResponse(answer: Answer): TokenResponse {
  const body = readOAuthObject(answer);
  const accessToken = textOf(body.access_token);
  const tokenType = textOf(body.token_type);
  if (accessToken === null)
    throw new UnexpectedResponseError('the answer holds no access token', answer.status);
  if (tokenType?.toLowerCase() !== 'bearer') {
    throw new UnexpectedResponseError('the token is not a Bearer token', answer.status);
  }
  const [scope, refreshToken, idToken] = [body.scope, body.refresh_token, body.id_token].map(textOf);
  return {
    access_token: accessToken,
    token_type: tokenType,
    ...(typeof body.expires_in === 'number' && { expires_in: body.expires_in }),
    ...(scope && { scope }),
    ...(refreshToken && { refresh_token: refreshToken }),
    ...(idToken && { id_token: idToken }),
  };
}
