/**
 * Each grant of an app, run from this very page against the live server. Secrets and tokens pass through memory
 * alone: nothing is written to the browser's storage, nor sent anywhere but to this server.
 */
import { z } from 'zod';

export const TokenAnswer = z.looseObject({
  access_token: z.string(),
  scope: z.string().optional(),
  expires_in: z.coerce.number().optional(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
});
export type TokenAnswer = z.infer<typeof TokenAnswer>;

const DeviceAnswer = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string().optional(),
  interval: z.number().default(5),
});
export type DeviceAnswer = z.infer<typeof DeviceAnswer>;

const Refusal = z.object({ error: z.string(), error_description: z.string().optional() });

/** What the server answered instead. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    description = '',
  ) {
    super(description === '' ? code : `${code}: ${description}`);
  }
}

/** The window was closed before an answer came. */
export class WindowClosed extends Error {}

export interface TryClient {
  applicationId: string;
  clientId: string;
  /** Empty for a public client. */
  secret: string;
}

type Fields = Record<string, string>;

/** Posts a form to an endpoint of the app. Throws {@link Refused}. */
async function post(client: TryClient, endpoint: string, fields: Fields, bearer?: string): Promise<unknown> {
  const { applicationId, clientId, secret } = client;
  const proof: Fields = secret === '' ? {} : { client_secret: secret };
  const own: Fields = bearer === undefined ? { client_id: clientId, ...proof } : {};
  const response = await fetch(`/oauth2/${endpoint}/${encodeURIComponent(applicationId)}`, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, ...own }),
    credentials: 'omit',
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const refusal = Refusal.safeParse(answer);
  throw new Refused(refusal.data?.error ?? String(response.status), refusal.data?.error_description);
}

export async function requestToken(client: TryClient, fields: Fields): Promise<TokenAnswer> {
  return TokenAnswer.parse(await post(client, 'token', fields));
}

/** What the server says of the token, asked with the token itself. */
export function introspect(client: TryClient, token: string): Promise<unknown> {
  return post(client, 'introspect', { token }, token);
}

export async function requestDevice(client: TryClient, scope: string): Promise<DeviceAnswer> {
  return DeviceAnswer.parse(await post(client, 'device', scope === '' ? {} : { scope }));
}

/** Asks again until somebody has decided. Throws {@link Refused} when it was denied or took too long. */
export async function awaitDevice(
  client: TryClient,
  { device_code, interval }: DeviceAnswer,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  let pause = interval;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    if (signal.aborted) throw new WindowClosed();
    try {
      const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
      return await requestToken(client, { grant_type, device_code });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code === 'slow_down') pause += 5;
      else if (error.code !== 'authorization_pending') throw error;
    }
  }
}

/** An authorization request under way. */
export interface Pending {
  url: string;
  state: string;
  redirectUri: string;
  verifier: string;
}

export interface AuthorizationAsk {
  scope: string;
  redirectUri: string;
  responseType: 'code' | 'token' | 'id_token token';
  /** Whether the user shall sign in anew. */
  anew: boolean;
}

/** @see RFC 7636 section 4 */
export async function startAuthorization(client: TryClient, ask: AuthorizationAsk): Promise<Pending> {
  const [state, verifier, nonce] = [randomText(), randomText(), randomText()];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: ask.responseType,
    client_id: client.clientId,
    redirect_uri: ask.redirectUri,
    state,
    ...(ask.scope === '' ? {} : { scope: ask.scope }),
    ...(ask.responseType === 'code'
      ? { code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: 'S256' }
      : { nonce }),
    ...(ask.anew ? { prompt: 'login' } : {}),
  });
  const url = `/oauth2/authorize/${encodeURIComponent(client.applicationId)}?${query}`;
  return { url, state, verifier, redirectUri: ask.redirectUri };
}

/** The parameters that came back to the redirect, in its query or its fragment. Throws {@link Refused}. */
export function readCallback(address: string, { state }: Pending): URLSearchParams {
  const url = URL.parse(address.trim());
  const parameters = new URLSearchParams(url?.hash ? url.hash.slice(1) : url?.search);
  const error = parameters.get('error');
  if (error !== null) throw new Refused(error, parameters.get('error_description') ?? '');
  if (parameters.get('state') !== state) throw new Refused('state');
  return parameters;
}

/** The tokens that the callback holds, or that its code is exchanged for. */
export function redeem(client: TryClient, pending: Pending, callback: URLSearchParams): Promise<TokenAnswer> {
  const code = callback.get('code');
  if (code === null) return Promise.resolve(TokenAnswer.parse(Object.fromEntries(callback)));
  return requestToken(client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: pending.redirectUri,
    code_verifier: pending.verifier,
  });
}

const LOOK_EVERY = 150;

/** Waits until the window has come to the redirect, which must be an address of this server, and closes it. */
export async function awaitWindow(opened: Window, redirectUri: string): Promise<string> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    if (opened.closed) throw new WindowClosed();
    const address = addressOf(opened);
    if (address?.split(/[?#]/, 1)[0] !== redirectUri.split(/[?#]/, 1)[0]) continue;
    opened.close();
    return address ?? '';
  }
}

/** Null while the window is elsewhere. */
function addressOf({ location }: Window): string | null {
  try {
    return location.href;
  } catch {
    return null;
  }
}

/** Header and claims of a JWT; null for any other token. Nothing is verified: this page believes the server. */
export function decodeJwt(token: string): { header: unknown; claims: unknown } | null {
  const [header = '', claims = '', signature] = token.split('.');
  if (signature === undefined) return null;
  try {
    return { header: JSON.parse(fromBase64url(header)), claims: JSON.parse(fromBase64url(claims)) };
  } catch {
    return null;
  }
}

function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64url(text: string): string {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
