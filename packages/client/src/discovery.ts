import { appEndpoints, checkAppId, isLoopback, normalizeEndpoint, type ServerMetadata } from './endpoint.js';
import { UnexpectedResponseError } from './errors.js';
import { exchange, type HttpOptions } from './http.js';
import { textOf } from './json.js';
import { readOAuthObject } from './oauth-request.js';

/**
 * An app's endpoints and issuer as the server publishes them; an endpoint it leaves out is where convention has
 * it. Credentials go to these URLs, so all of them must be on the server that was asked.
 *
 * @throws UnexpectedResponseError when the document is not one, or leads to another server
 * @throws OAuthResponseError for an unknown app, and the errors of {@link exchange}
 * @see OpenID Connect Discovery 1.0 section 4, RFC 8414 sections 2 and 3
 */
export async function discover(
  endpoint: string,
  appId: string,
  options?: HttpOptions,
): Promise<ServerMetadata> {
  const origin = normalizeEndpoint(endpoint);
  const url = `${origin}/${checkAppId(appId)}/.well-known/openid-configuration`;
  const answer = await exchange({ method: 'GET', url, headers: { accept: 'application/json' } }, options);
  const document = readOAuthObject(answer);
  const issuer = textOf(document.issuer);
  if (issuer === null)
    throw new UnexpectedResponseError('the discovery document names no issuer', answer.status);
  const convention = appEndpoints(origin, appId);
  const published = (name: keyof typeof convention & (`${string}_endpoint` | 'jwks_uri')): string =>
    checkSameServer(textOf(document[name]) ?? String(convention[name]), origin, name);
  return {
    issuer,
    authorization_endpoint: published('authorization_endpoint'),
    token_endpoint: published('token_endpoint'),
    introspection_endpoint: published('introspection_endpoint'),
    revocation_endpoint: published('revocation_endpoint'),
    userinfo_endpoint: published('userinfo_endpoint'),
    jwks_uri: published('jwks_uri'),
    ...(typeof document.device_authorization_endpoint === 'string' && {
      device_authorization_endpoint: checkSameServer(
        document.device_authorization_endpoint,
        origin,
        'device_authorization_endpoint',
      ),
    }),
    authorization_response_iss_parameter_supported:
      document.authorization_response_iss_parameter_supported === true,
  };
}

/** The loopback names of one port are one server. The origin of a `blob:` URL is no place to send anything to. */
function checkSameServer(text: string, origin: string, name: string): string {
  const asked = new URL(origin);
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && isLoopback(url) && isLoopback(asked) && url.port === asked.port;
  const isThere = url !== null && (url.origin === origin || isLocal) && /^https?:$/.test(url.protocol);
  if (isThere && url.username === '' && url.password === '') return url.href;
  throw new UnexpectedResponseError(`the discovered ${name} is not on the server that was asked`);
}
