/**
 * What may be shown of an exchange. A secret is known by the name of the field that holds it; once found, its
 * value is hidden wherever else the same exchange repeats it. A body in an unknown format is not shown at all.
 */
import { decodeBase64 } from './encoding.js';
import { isObject, parseJson } from './json.js';

export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: string;
  /** Epoch milliseconds at which it was sent. */
  readonly startedAt: number;
}

export interface RecordedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly body: string;
  /** Milliseconds from sending the request to the last byte of the response. */
  readonly duration: number;
}

export interface Exchange {
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** Stands where a secret stood. */
export const MASK = '***';

/** Levels of JSON that are looked through; a body that nests deeper cannot be read here. */
const DEEPEST = 200;

/** Shorter values are not hunted beyond their own field: they are found in any text. */
const SHORTEST_HUNTED = 4;

/** Names of fields that hold a credential, in queries, forms and JSON alike; lower case. */
const SECRET_FIELDS = new Set([
  ...['access_token', 'refresh_token', 'id_token', 'id_token_hint', 'token', 'subject_token', 'actor_token'],
  ...['client_secret', 'client_assertion', 'assertion', 'code', 'code_verifier', 'device_code', 'password'],
  ...['answer', 'auth', 'refreshtoken', 'idtoken', 'sessionid', 'secret', 'totpsecret'],
  ...['registration_access_token', 'logout_token'],
  ...['newpassword', 'oldpassword', 'confirmpassword'],
]);

/** What {@link maskBody} writes instead of a body it cannot read. */
const NOT_SHOWN = /^\[not shown: \d+ characters\]$/;

const URL_HEADERS = new Set(['location', 'content-location', 'referer']);

/** The exchange with every secret replaced by {@link MASK}. Masking twice changes nothing. */
export function mask({ request, response }: Exchange): Exchange {
  const found = new Set<string>();
  const url = maskUrl(request.url, found);
  const shownRequest = maskByName(request, found);
  const shownResponse = maskByName(response, found);
  const redact = createRedactor(found);
  return {
    request: { ...hideValues(shownRequest, redact), url: redact(url) },
    response: { ...hideValues(shownResponse, redact), statusText: redact(response.statusText) },
  };
}

/** A function that hides, in any text, the secrets that a request carries. For texts that become errors. */
export function redactorOf(request: RecordedRequest): (text: string) => string {
  const found = new Set<string>();
  maskByName(request, found);
  maskUrl(request.url, found);
  return createRedactor(found);
}

/** A URL with the secrets of its query and fragment masked, as text: what is no URL passes through too. */
export function maskUrl(url: string, found: Set<string> = new Set()): string {
  return url.replace(/([?#])([^?#]*)/g, (_, mark: string, pairs: string) => mark + maskPairs(pairs, found));
}

type Message = RecordedRequest | RecordedResponse;

function maskByName<T extends Message>(message: T, found: Set<string>): T {
  const headers = message.headers.map(([name, value]) => [name, maskHeader(name, value, found)] as const);
  const type = message.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return { ...message, headers, body: maskBody(message.body, type, found) };
}

function hideValues<T extends Message>(message: T, redact: (text: string) => string): T {
  const headers = message.headers.map(([name, value]) => [name, redact(value)] as const);
  return { ...message, headers, body: redact(message.body) };
}

function maskHeader(name: string, value: string, found: Set<string>): string {
  const key = name.toLowerCase();
  if (key === 'authorization' || key === 'proxy-authorization') return maskCredentials(value, found);
  if (key === 'cookie') return maskCookies(value, found);
  if (key === 'set-cookie') return maskSetCookie(value, found);
  return URL_HEADERS.has(key) ? maskUrl(value, found) : value;
}

/** Keeps the scheme; hunts a Basic secret in clear too. @see RFC 9110 section 11.4, RFC 7617 section 2 */
function maskCredentials(value: string, found: Set<string>): string {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/s.exec(value) ?? [];
  if (credentials === '') return MASK;
  found.add(credentials);
  const pair = scheme.toLowerCase() === 'basic' ? decodeBase64(credentials) : null;
  if (pair?.includes(':')) found.add(pair.slice(pair.indexOf(':') + 1));
  return `${scheme} ${MASK}`;
}

/** Keeps the cookies' names. @see RFC 6265 section 4.2 */
function maskCookies(value: string, found: Set<string>): string {
  return value.replace(/=([^;]*)/g, (_, secret: string) => {
    found.add(secret);
    return `=${MASK}`;
  });
}

/** Keeps the cookie's name and the attributes behind it. @see RFC 6265 section 4.1 */
function maskSetCookie(value: string, found: Set<string>): string {
  const end = value.includes(';') ? value.indexOf(';') : value.length;
  return maskCookies(value.slice(0, end), found) + value.slice(end);
}

function maskBody(body: string, type: string, found: Set<string>): string {
  if (body === '' || NOT_SHOWN.test(body)) return body;
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return maskPairs(body, found);
  const json = /^(application\/(.*\+)?json\b|$)/i.test(type) ? parseJson(body) : undefined;
  return json === undefined || !isWithin(json, DEEPEST)
    ? `[not shown: ${body.length} characters]`
    : JSON.stringify(maskJson(json, found));
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

function maskPairs(pairs: string, found: Set<string>): string {
  return pairs
    .split('&')
    .map((pair) => {
      const [[name, value] = ['', '']] = new URLSearchParams(pair);
      if (value === '' || !isSecretField(name)) return pair;
      found.add(value);
      return `${encodeURIComponent(name)}=${MASK}`;
    })
    .join('&');
}

function maskJson(value: unknown, found: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => maskJson(item, found));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    isSecretField(name) ? hide(member, found) : maskJson(member, found),
  ]);
  return Object.fromEntries(members);
}

/** A secret member whole, however it is built; what is empty shows that it is. */
function hide(value: unknown, found: Set<string>): unknown {
  if (value === null || value === '' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') found.add(String(value));
  else for (const part of Object.values(value)) hide(part, found);
  return MASK;
}

function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name.toLowerCase());
}

function createRedactor(found: ReadonlySet<string>): (text: string) => string {
  const spellings = [...found]
    .filter((secret) => secret.length >= SHORTEST_HUNTED)
    .flatMap(spellingsOf)
    .sort((a, b) => b.length - a.length);
  return (text) => spellings.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

/** A value as it stands in text, in a form, in a URL and inside a JSON string. */
function spellingsOf(secret: string): string[] {
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(secret));
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, form, form.replaceAll('+', '%20'), encodeURIComponent(wellFormed)];
}
