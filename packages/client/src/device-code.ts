/** Tokens for a program that can show no page: the user allows it on another device. @see RFC 8628 */
import type { Client } from './client-auth.js';
import type { ServerMetadata } from './endpoint.js';
import { AbortedError, InvalidArgumentError, OAuthResponseError, UnexpectedResponseError } from './errors.js';
import type { HttpOptions } from './http.js';
import { textOf } from './json.js';
import { clientRequest, readOAuthObject } from './oauth-request.js';
import { processTokenResponse, type TokenResponse, tokenRequest } from './token-endpoint.js';

/** What to show the user, and how to go on asking. Spelled as on the wire. @see RFC 8628 section 3.2 */
export interface DeviceAuthorization {
  /** A secret: for the token endpoint alone. */
  readonly device_code: string;
  /** To be shown with `verification_uri`. */
  readonly user_code: string;
  readonly verification_uri: string;
  /** The same with the code in it, for a QR code. */
  readonly verification_uri_complete?: string;
  /** Seconds both codes live. */
  readonly expires_in: number;
  /** Seconds to wait between two questions. */
  readonly interval: number;
}

export interface DeviceAuthorizationRequest {
  /** Separated by spaces; the app's own when left out. */
  readonly scope?: string;
}

/** Seconds between two questions where the server names none. @see RFC 8628 section 3.2 */
const INTERVAL = 5;

/**
 * Begins: show the user `user_code` and `verification_uri`, then call {@link deviceCodeGrant}.
 *
 * @throws InvalidArgumentError when the app has no device authorization endpoint
 * @throws OAuthResponseError, and the errors of {@link exchange}
 */
export async function startDeviceAuthorization(
  server: ServerMetadata,
  client: Client,
  request: DeviceAuthorizationRequest = {},
  options?: HttpOptions,
): Promise<DeviceAuthorization> {
  const url = server.device_authorization_endpoint;
  if (url === undefined) throw new InvalidArgumentError('the app does not allow the Auth Method deviceCode');
  const answer = await clientRequest(url, client, { scope: request.scope }, options);
  const body = readOAuthObject(answer);
  const [deviceCode, userCode, page, complete] = [
    body.device_code,
    body.user_code,
    body.verification_uri,
    body.verification_uri_complete,
  ].map(textOf);
  if (!deviceCode || !userCode || !page || typeof body.expires_in !== 'number')
    throw new UnexpectedResponseError('the answer is no device authorization response', answer.status);
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    ...(complete && { verification_uri_complete: complete }),
    expires_in: body.expires_in,
    interval: typeof body.interval === 'number' ? body.interval : INTERVAL,
  };
}

/**
 * Asks until the user has answered, as often as the server allows. `options.signal` ends the wait.
 *
 * @throws OAuthResponseError with `access_denied` or `expired_token` when nothing will come any more
 * @throws AbortedError, and the errors of {@link exchange}
 * @see RFC 8628 sections 3.4 and 3.5
 */
export async function deviceCodeGrant(
  server: ServerMetadata,
  client: Client,
  authorization: DeviceAuthorization,
  options?: HttpOptions,
): Promise<TokenResponse> {
  let { interval } = authorization;
  const parameters = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: authorization.device_code,
  };
  for (;;) {
    await pause(interval * 1000, options?.signal);
    try {
      return processTokenResponse(await tokenRequest(server, client, parameters, options));
    } catch (error) {
      if (!(error instanceof OAuthResponseError)) throw error;
      if (error.error === 'slow_down') interval += INTERVAL;
      else if (error.error !== 'authorization_pending') throw error;
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(new AbortedError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
