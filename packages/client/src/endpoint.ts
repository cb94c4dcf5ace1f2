/**
 * Addresses: of a server, and of one app on it. Only TLS, but for a server on this very machine.
 * @see RFC 6749 sections 3.1 and 3.2, RFC 8252 section 8.3
 */
import { InvalidArgumentError } from './errors.js';

/** Where an app's endpoints are, with the names of RFC 8414 section 2. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  /** For a token with the scope `openid`. @see OpenID Connect Core 1.0 section 5.3 */
  readonly userinfo_endpoint: string;
  readonly jwks_uri: string;
  /** Of an app that allows the Auth Method deviceCode. @see RFC 8628 section 4 */
  readonly device_authorization_endpoint?: string;
  /** Whether each authorization response names its issuer. @see RFC 9207 section 3 */
  readonly authorization_response_iss_parameter_supported?: boolean;
}

/** Whether a URL's host is this machine, whatever the resolver says. @see RFC 6761 section 6.3 */
export function isLoopback(url: URL): boolean {
  return (
    url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname)
  );
}

/**
 * The URL, if a credential may be sent there: https, or http to this machine, and no userinfo in it.
 * @throws InvalidArgumentError which never repeats what was given, for it may hold a password.
 */
export function parseSecureUrl(text: string, what: string): URL {
  if (!URL.canParse(text))
    throw new InvalidArgumentError(`${what} is not a URL such as https://id.example.com`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(`${what} must not hold a user name or password`);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw new InvalidArgumentError(`${what} must begin with https:// (http:// only for this machine)`);
}

/**
 * A server's endpoint as every function here wants it: its origin, without a trailing slash. The address of any
 * page of the server will do, since a server is never deployed under a path.
 *
 * @example normalizeEndpoint('https://ID.example.com/manage') === 'https://id.example.com'
 * @throws InvalidArgumentError
 */
export function normalizeEndpoint(endpoint: string): string {
  return parseSecureUrl(endpoint.trim(), 'the endpoint').origin;
}

/** Application IDs, as the server admits them; a dot segment would name another path. */
const APP_ID = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/** @throws InvalidArgumentError */
export function checkAppId(appId: string): string {
  if (APP_ID.test(appId)) return appId;
  throw new InvalidArgumentError(
    'an Application ID is 1 to 64 letters, digits, dots, underscores and hyphens',
  );
}

/**
 * An app's endpoints by convention, without asking the server; the issuer is the default one. Prefer
 * {@link discover} where the app may have an issuer of its own.
 *
 * @param endpoint the server's URL
 * @param appId the app's Application ID
 * @throws InvalidArgumentError
 */
export function appEndpoints(endpoint: string, appId: string): ServerMetadata {
  const origin = normalizeEndpoint(endpoint);
  const app = checkAppId(appId);
  return {
    issuer: `${origin}/${app}/`,
    authorization_endpoint: `${origin}/oauth2/authorize/${app}`,
    token_endpoint: `${origin}/oauth2/token/${app}`,
    introspection_endpoint: `${origin}/oauth2/introspect/${app}`,
    revocation_endpoint: `${origin}/oauth2/revoke/${app}`,
    userinfo_endpoint: `${origin}/oauth2/userinfo/${app}`,
    jwks_uri: `${origin}/oauth2/keys/${app}`,
  };
}
