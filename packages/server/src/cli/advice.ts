/** What to change, and where in the Admin Portal, when a server refuses. */
import {
  AuthorizationResponseError,
  LoginError,
  NetworkError,
  OAuthResponseError,
  ProblemError,
  TimeoutError,
  VendorError,
} from '@sallyport/client';
import { CliFailure } from './failure.js';

/** What was being done when the server refused. */
export interface Attempt {
  appId?: string;
  clientId?: string;
  /** The app's Auth Method that opens this grant. */
  authMethod?: string;
  /** Path of a call. */
  path?: string;
  /** What the call's answer said of the token. @see RFC 6750 section 3 */
  challenge?: string | null;
}

/** Runs `job`; a refusal leaves as one line that says what to change. */
export async function advised<T>(attempt: Attempt, job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const advice = adviceOn(error, attempt);
    if (advice === null || !(error instanceof Error)) throw error;
    throw new CliFailure(`${error.message}; ${advice}`, { cause: error });
  }
}

function adviceOn(error: unknown, attempt: Attempt): string | null {
  if (error instanceof OAuthResponseError) return oauthAdvice(error, attempt);
  if (error instanceof ProblemError || error instanceof VendorError) return callAdvice(error, attempt);
  if (error instanceof LoginError)
    return 'start again; Admin Portal: Users, the user: enabled, password, second factors';
  if (error instanceof TimeoutError && attempt.authMethod === 'authCode')
    return `if the browser showed an error: ${redirectAdvice(attempt)}`;
  if (error instanceof AuthorizationResponseError) return 'start again and use the newest URL';
  if (error instanceof NetworkError) return networkAdvice(error);
  return null;
}

/** What the server says of it is more exact than the code, where one code has several causes. */
function oauthAdvice({ error, description }: OAuthResponseError, attempt: Attempt): string | null {
  if (description?.includes('may not use this app')) return accessAdvice(attempt);
  return OAUTH_ADVICE[error]?.(attempt) ?? null;
}

/** Scopes first, then the user's rights: either may refuse a call. */
function callAdvice(error: ProblemError | VendorError, attempt: Attempt): string | null {
  if (attempt.challenge?.includes('insufficient_scope')) return scopeAdvice(attempt);
  if (error.status === 401) return ANOTHER_TOKEN;
  return /\bright\b/.test(error.message) ? RIGHTS : null;
}

const RIGHTS = 'Admin Portal: Roles, a role of yours, Administrative Rights: the right that this call needs';
const ANOTHER_TOKEN = 'the token is expired or revoked: get another with sallyport token or sallyport login';

function app({ appId = 'the app' }: Attempt): string {
  return `Admin Portal: Apps, ${appId}`;
}

function redirectAdvice(attempt: Attempt): string {
  return `${app(attempt)}, General Usage, Redirects must list http://127.0.0.1/callback`;
}

function accessAdvice(attempt: Attempt): string {
  return `${app(attempt)}, User Access: a role that the user is in`;
}

function scopeAdvice(attempt: Attempt): string {
  if (/^\/?oauth2\/userinfo\//i.test(attempt.path ?? '')) return 'get a token with the scope openid';
  const path = attempt.path?.replace(/^\/|\?.*$/g, '') ?? 'the path called';
  return `${app(attempt)}, Scope: a scope of this token with a REST Regex that matches ${path}`;
}

/** By the error code on the wire. */
const OAUTH_ADVICE: Record<string, (attempt: Attempt) => string> = {
  unauthorized_client: (attempt) =>
    `${app(attempt)}, Tokens, Auth Methods: allow ${attempt.authMethod ?? 'this grant'}; and General Usage, Client ID Type must admit ${attempt.clientId ?? 'the client'}`,
  invalid_client: (attempt) =>
    `Admin Portal: Users, ${attempt.clientId ?? 'the client'}: Is OAuth confidential client, enabled, password; and ${app(attempt)}, General Usage, Client ID Type`,
  invalid_scope: (attempt) => `${app(attempt)}, Scope: define it, or ask with --scope for one that is there`,
  access_denied: accessAdvice,
  invalid_grant: (attempt) =>
    attempt.authMethod === 'resourceOwner'
      ? `Admin Portal: Users, the user: enabled, password, no second factor; and ${app(attempt)}, User Access`
      : `start again; if it stays: ${app(attempt)}, User Access: a role that the user is in`,
  invalid_request: (attempt) =>
    attempt.appId
      ? `${app(attempt)}: is the Application ID right, and the app enabled?`
      : 'check what was sent',
  invalid_token: () => ANOTHER_TOKEN,
  insufficient_scope: scopeAdvice,
};

function networkAdvice({ message }: NetworkError): string {
  if (/CERT|SIGNATURE|ISSUER/.test(message))
    return 'name the file of your certificate authority in NODE_EXTRA_CA_CERTS';
  return 'is the server running there?';
}
