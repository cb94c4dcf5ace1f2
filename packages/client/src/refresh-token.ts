import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import type { HttpOptions } from './http.js';
import { processTokenResponse, type TokenResponse, tokenRequest } from './token-endpoint.js';

export interface RefreshTokenRequest {
  readonly refreshToken: string;
  /** No more than was granted; all of it when left out. */
  readonly scope?: string;
}

/**
 * A new access token for a refresh token. The server rotates: keep the `refresh_token` of the answer, if there is
 * one, instead of the one sent.
 *
 * @throws OAuthResponseError, and the errors of {@link exchange}
 * @see RFC 6749 section 6, RFC 9700 section 4.14
 */
export async function refreshTokenGrant(
  server: ServerMetadata,
  client: Client,
  request: RefreshTokenRequest,
  options?: HttpOptions,
): Promise<TokenResponse> {
  const parameters = {
    grant_type: 'refresh_token',
    refresh_token: request.refreshToken,
    scope: request.scope,
  };
  return processTokenResponse(await tokenRequest(server, client, parameters, options));
}
