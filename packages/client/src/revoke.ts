import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import type { HttpOptions } from './http.js';
import { clientRequest } from './oauth-request.js';
import { readRefusal } from './refusal.js';

/**
 * Ends an access or refresh token of this client. A token that the server does not know counts as ended.
 *
 * @throws OAuthResponseError, UnexpectedResponseError, and the errors of {@link exchange}
 * @see RFC 7009 section 2
 */
export async function revoke(
  server: ServerMetadata,
  client: Client,
  token: string,
  options?: HttpOptions,
): Promise<void> {
  const answer = await clientRequest(server.revocation_endpoint, client, { token }, options);
  if (answer.status !== 200) throw readRefusal(answer);
}
