/**
 * The client library: every flow of an OAuth2 Client app, the interactive sign-in, and REST calls with the token
 * they yield. Runs wherever `fetch` and WebCrypto are, without a dependency; what needs Node is in
 * `@sallyport/client/node`. Tokens are handed to the caller and kept nowhere.
 */
export {
  type AdvanceAuthenticationRequest,
  type AuthenticationStep,
  advanceAuthentication,
  type Mechanism,
  type StartAuthenticationRequest,
  startAuthentication,
} from './authentication.js';
export {
  type AuthorizationRequest,
  type AuthorizationResponse,
  authorizationCodeGrant,
  calculateCodeChallenge,
  generateCodeVerifier,
  generateNonce,
  generateState,
  type PendingAuthorization,
  startAuthorization,
  validateAuthorizationResponse,
} from './authorization-code.js';
export {
  type CallRequest,
  type CallResult,
  type CallTarget,
  call,
  callRequest,
  parseCallTarget,
  processCallResponse,
} from './call.js';
export type { Client } from './client-auth.js';
export { clientCredentialsGrant } from './client-credentials.js';
export {
  type DeviceAuthorization,
  type DeviceAuthorizationRequest,
  deviceCodeGrant,
  startDeviceAuthorization,
} from './device-code.js';
export { discover } from './discovery.js';
export { appEndpoints, normalizeEndpoint, type ServerMetadata } from './endpoint.js';
export {
  AbortedError,
  AuthorizationResponseError,
  type FieldFault,
  InvalidArgumentError,
  isSallyportError,
  LoginError,
  NetworkError,
  OAuthResponseError,
  ProblemError,
  type SallyportError,
  type SallyportErrorCode,
  TimeoutError,
  UnexpectedResponseError,
  VendorError,
} from './errors.js';
export { type Har, type HarEntry, toHar } from './har.js';
export { type Answer, exchange, type HttpOptions, type HttpRequest } from './http.js';
export { type IdTokenExpectation, validateIdToken } from './id-token.js';
export { type IntrospectionResponse, introspect } from './introspect.js';
export type { JsonObject } from './json.js';
export {
  type LoginAnswer,
  type LoginCallbacks,
  type LoginOptions,
  type LoginResult,
  login,
} from './login.js';
export {
  type Exchange,
  type HeaderList,
  MASK,
  mask,
  maskUrl,
  type RecordedRequest,
  type RecordedResponse,
} from './mask.js';
export type { OAuthParameters } from './oauth-request.js';
export { type PasswordRequest, passwordGrant } from './password.js';
export { type RefreshTokenRequest, refreshTokenGrant } from './refresh-token.js';
export { revoke } from './revoke.js';
export { processTokenResponse, type TokenResponse, tokenRequest } from './token-endpoint.js';
