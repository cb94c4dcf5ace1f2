import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import { InvalidArgumentError } from './errors.js';
import type { HttpOptions } from './http.js';
import { processTokenResponse, type TokenResponse, tokenRequest } from './token-endpoint.js';

/**
 * A token for the client itself, acting as its own user.
 *
 * @param client must have a secret
 * @param request `scope`: separated by spaces; the app's default when left out
 * @throws InvalidArgumentError, OAuthResponseError, and the errors of {@link exchange}
 * @see RFC 6749 section 4.4
 */
export async function clientCredentialsGrant(
  server: ServerMetadata,
  client: Client,
  request: { readonly scope?: string } = {},
  options?: HttpOptions,
): Promise<TokenResponse> {
  if (client.clientSecret === undefined) {
    throw new InvalidArgumentError('client credentials need a client secret');
  }
  const parameters = { grant_type: 'client_credentials', scope: request.scope };
  return processTokenResponse(await tokenRequest(server, client, parameters, options));
}
