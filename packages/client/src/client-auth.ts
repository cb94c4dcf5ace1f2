/** How a client says who it is. @see RFC 6749 section 2.3, RFC 7617 */
import { base64 } from './encoding.js';
import { InvalidArgumentError } from './errors.js';

export interface Client {
  /** As the app's *Client ID Type* admits it; of a confidential client, the login name of its user. */
  readonly clientId: string;
  /** That user's password. Without it the client is public. */
  readonly clientSecret?: string;
  /** Where the secret travels: the Authorization header unless told. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post';
}

export interface ClientAuthentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * What a request carries on behalf of a client: Basic credentials, or `client_id` and perhaps `client_secret` in
 * the body. The Basic pair is raw, not form-encoded first, as the protocol's own clients send it and its servers
 * read it; hence an id cannot hold a colon there.
 *
 * @throws InvalidArgumentError
 */
export function authenticateClient(client: Client): ClientAuthentication {
  const { clientId, clientSecret, authMethod = 'client_secret_basic' } = client;
  if (clientId === '') throw new InvalidArgumentError('a client id is needed');
  if (clientSecret === undefined) return { headers: {}, parameters: { client_id: clientId } };
  if (authMethod === 'client_secret_post') {
    return { headers: {}, parameters: { client_id: clientId, client_secret: clientSecret } };
  }
  if (clientId.includes(':'))
    throw new InvalidArgumentError('a client id with a colon cannot use HTTP Basic');
  return { headers: { authorization: `Basic ${base64(`${clientId}:${clientSecret}`)}` }, parameters: {} };
}
