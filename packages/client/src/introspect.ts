import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import { UnexpectedResponseError } from './errors.js';
import type { HttpOptions } from './http.js';
import type { JsonObject } from './json.js';
import { clientRequest, formRequest, readOAuthObject } from './oauth-request.js';

/** What the server tells of a token: `active`, and if so its claims. @see RFC 7662 section 2.2 */
export interface IntrospectionResponse extends JsonObject {
  readonly active: boolean;
}

/**
 * Asks what a token is worth.
 *
 * @param caller a confidential client, or the bearer token of a user who may use the app
 * @throws OAuthResponseError, UnexpectedResponseError, and the errors of {@link exchange}
 * @see RFC 7662 section 2
 */
export async function introspect(
  server: ServerMetadata,
  caller: Client | { readonly bearerToken: string },
  token: string,
  options?: HttpOptions,
): Promise<IntrospectionResponse> {
  const url = server.introspection_endpoint;
  const answer =
    'bearerToken' in caller
      ? await formRequest(url, { token }, { authorization: `Bearer ${caller.bearerToken}` }, options)
      : await clientRequest(url, caller, { token }, options);
  const { active, ...claims } = readOAuthObject(answer);
  if (typeof active === 'boolean') return { active, ...claims };
  throw new UnexpectedResponseError('the answer does not say whether the token is active', answer.status);
}
