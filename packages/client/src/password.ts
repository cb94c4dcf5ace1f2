import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import type { HttpOptions } from './http.js';
import { processTokenResponse, type TokenResponse, tokenRequest } from './token-endpoint.js';

export interface PasswordRequest {
  /** Login name with its suffix. */
  readonly username: string;
  readonly password: string;
  /** Separated by spaces; the app's default when left out. */
  readonly scope?: string;
}

/**
 * A token for a user whose password the client holds. It cannot meet a second challenge: prefer the code, or
 * {@link login}.
 *
 * @throws OAuthResponseError, and the errors of {@link exchange}
 * @see RFC 6749 section 4.3, RFC 9700 section 2.4
 */
export async function passwordGrant(
  server: ServerMetadata,
  client: Client,
  request: PasswordRequest,
  options?: HttpOptions,
): Promise<TokenResponse> {
  const { username, password, scope } = request;
  const parameters = { grant_type: 'password', username, password, scope };
  return processTokenResponse(await tokenRequest(server, client, parameters, options));
}
