/**
 * The words of OAuth 2.0 and OpenID Connect that server, client and portal share, grouped by the RFC that
 * defines them. Constants and types only: no dependency, so a browser may load it alone.
 */

/** Grant types Sallyport serves, spelled as on the wire. @see RFC 6749 sections 4 and 6, RFC 8628 section 3.4, RFC 8693 section 2.1 */
export const GRANT_TYPES = [
  'authorization_code',
  'implicit',
  'refresh_token',
  'client_credentials',
  'password',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** An app's *Auth Methods*, spelled as in the declarative file, with the grant type each one opens. */
export const AUTH_METHOD_GRANT = {
  authCode: 'authorization_code',
  implicit: 'implicit',
  clientCreds: 'client_credentials',
  resourceOwner: 'password',
  deviceCode: 'urn:ietf:params:oauth:grant-type:device_code',
  tokenExchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
} as const satisfies Record<string, GrantType>;
export type AuthMethod = keyof typeof AUTH_METHOD_GRANT;
export const AUTH_METHODS = Object.keys(AUTH_METHOD_GRANT) as [AuthMethod, ...AuthMethod[]];

/** Scopes every app knows without defining them. @see OpenID Connect Core 1.0 sections 5.4 and 11 */
export const BUILT_IN_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;
export type BuiltInScope = (typeof BUILT_IN_SCOPES)[number];

/** Algorithms that this server signs with. @see RFC 7518 section 3.1, RFC 8037 section 3.1 */
export const SIGNING_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** Error codes of every endpoint, by the document that defines them. */
export type OAuthErrorCode =
  // RFC 6749 sections 4.1.2.1 and 5.2
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  // RFC 6750 section 3.1
  | 'invalid_token'
  | 'insufficient_scope'
  // OpenID Connect Core 1.0 section 3.1.2.6
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'invalid_request_object'
  | 'invalid_request_uri'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  // RFC 9449 sections 5 and 8
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  // RFC 8628 section 3.5
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  // RFC 8707 section 2
  | 'invalid_target'
  // RFC 7591 section 3.2.2
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata';

/** A token endpoint answer. @see RFC 6749 section 5.1 */
export interface TokenResponse {
  access_token: string;
  token_type: 'Bearer' | 'DPoP';
  /** Seconds the access token lives. */
  expires_in: number;
  scope: string;
  refresh_token?: string;
  id_token?: string;
  /** Of a token exchange. @see RFC 8693 section 2.2.1 */
  issued_token_type?: string;
}
