/**
 * What may be kept of an exchange. Masks while the request is still at hand, so that nothing secret ever waits in a
 * buffer: by the name of the field that holds it, then wherever the same exchange repeats the value, and at last by
 * shape, which catches tokens in fields that nobody thought of. A body in an unknown format is not kept at all.
 */

/** Stands where a secret stood: plain ASCII, so that a masked URL is still one. */
export const MASKED = '***';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** One request and its answer as the edge saw them. */
export interface Exchange {
  readonly method: string;
  /** As it came: path and query. */
  readonly url: string;
  readonly requestHeaders: HeaderList;
  readonly requestBody: string;
  /** What the edge read out of the body, where it is more lenient than JSON. */
  readonly parsedBody: unknown;
  readonly status: number;
  readonly responseHeaders: HeaderList;
  readonly responseBody: string;
}

export type MaskedExchange = Omit<Exchange, 'parsedBody'>;

/** Characters of a body, of a URL and of a header that are kept, and bodies beyond which none is read. */
const KEPT_BODY = 16_000;
const KEPT_LINE = 4_000;
const READ_BODY = 256_000;
const MOST_HEADERS = 60;
/** Levels of JSON that are looked through; a body that nests deeper is not kept. */
const DEEPEST = 200;
/** Shorter values are not hunted beyond their own field: they are found in any text. */
const SHORTEST_HUNTED = 4;

/** Fields whose name sounds secret and whose value is not. */
const OPEN = new Set([
  ...['codechallenge', 'codechallengemethod', 'errorcode', 'statuscode', 'codelifetime', 'answertype'],
  ...['tokentype', 'tokentypehint', 'tokenendpoint', 'tokenlifetime', 'refreshtokenlifetime'],
  ...['issuerefreshtokens', 'requestedtokentype', 'subjecttokentype', 'actortokentype', 'issuedtokentype'],
  ...['clientassertiontype', 'mustchangepassword', 'haspassword', 'passwordexpires'],
]);
const SECRET =
  /password|passwd|passphrase|secret|token|assertion|verifier|answer|cookie|credential|seed|bounce|recovery|privatekey|generatedauth|code|^(auth|session|sessionid|transaction|pin|otp|pwd|signature)$/;
/** Fields of which everything inside is secret, however it is built. */
const WHOLE = /password|secret|answer|credential|recovery|codes?$/;
/** Random by their nature, and needed to see why a request failed. */
const RANDOM_AND_OPEN = new Set(['codechallenge', 'state', 'nonce', 'kid']);

const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const RANDOM = /[\w-]{43,}/g;

interface Found {
  readonly secret: Set<string>;
  readonly open: Set<string>;
}

export function maskExchange(exchange: Exchange): MaskedExchange {
  const found: Found = { secret: new Set(), open: new Set() };
  const url = maskUrl(exchange.url, found);
  const requestHeaders = maskHeaders(exchange.requestHeaders, found);
  const responseHeaders = maskHeaders(exchange.responseHeaders, found);
  const requestBody = maskBody(
    exchange.requestBody,
    typeOf(exchange.requestHeaders),
    found,
    exchange.parsedBody,
  );
  const responseBody = maskBody(exchange.responseBody, typeOf(exchange.responseHeaders), found);
  const redact = createRedactor(found);
  const lines = (headers: HeaderList) =>
    headers
      .slice(0, MOST_HEADERS)
      .map(([name, value]) => [name.slice(0, 200), redact(value).slice(0, KEPT_LINE)] as const);
  return {
    method: exchange.method,
    status: exchange.status,
    url: redact(url).slice(0, KEPT_LINE),
    requestHeaders: lines(requestHeaders),
    responseHeaders: lines(responseHeaders),
    requestBody: shortened(redact(requestBody)),
    responseBody: shortened(redact(responseBody)),
  };
}

function shortened(body: string): string {
  return body.length <= KEPT_BODY ? body : `${body.slice(0, KEPT_BODY)}… [${body.length} characters in all]`;
}

function foldField(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function isSecret(field: string): boolean {
  return SECRET.test(field) && !OPEN.has(field);
}

function typeOf(headers: HeaderList): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
}

/** Query and fragment, each a list of pairs. */
function maskUrl(url: string, found: Found): string {
  return url.replace(/([?#])([^?#]*)/g, (_, mark: string, pairs: string) => mark + maskPairs(pairs, found));
}

function maskPairs(pairs: string, found: Found): string {
  return pairs
    .split('&')
    .map((pair) => {
      const [[name, value] = ['', '']] = new URLSearchParams(pair);
      const field = foldField(name);
      if (pair === '') return pair;
      // What has no name, or none that a program would use, could be anything.
      if (!pair.includes('=') || !/^[A-Za-z][\w.[\]-]{0,63}$/.test(name)) return MASKED;
      if (value === '') return pair;
      if (RANDOM_AND_OPEN.has(field)) found.open.add(value);
      else if (isSecret(field)) {
        found.secret.add(value);
        return `${pair.slice(0, pair.indexOf('='))}=${MASKED}`;
      } else if (/[?#]/.test(value)) {
        const masked = maskUrl(value, found);
        if (masked !== value)
          return `${pair.slice(0, pair.indexOf('='))}=${encodeURIComponent(masked).replaceAll('%2A', '*')}`;
      }
      return pair;
    })
    .join('&');
}

function maskHeaders(headers: HeaderList, found: Found): HeaderList {
  return headers.map(([name, value]) => [name, maskHeader(foldField(name), value, found)] as const);
}

function maskHeader(field: string, value: string, found: Found): string {
  if (field === 'authorization' || field === 'proxyauthorization') return maskCredentials(value, found);
  if (field === 'cookie') return maskCookies(value, found);
  if (field === 'setcookie') {
    const end = value.includes(';') ? value.indexOf(';') : value.length;
    return maskCookies(value.slice(0, end), found) + value.slice(end);
  }
  if (field === 'location' || field === 'contentlocation' || field === 'referer')
    return maskUrl(value, found);
  if (!isSecret(field)) return value;
  found.secret.add(value);
  return MASKED;
}

/** Keeps the scheme; hunts a Basic secret in clear too. @see RFC 7617 section 2 */
function maskCredentials(value: string, found: Found): string {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/s.exec(value) ?? [];
  if (credentials === '') return MASKED;
  found.secret.add(credentials);
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(credentials, 'base64').toString('utf8');
    if (pair.includes(':')) found.secret.add(pair.slice(pair.indexOf(':') + 1));
  }
  return `${scheme} ${MASKED}`;
}

function maskCookies(value: string, found: Found): string {
  return value.replace(/=([^;]*)/g, (_, secret: string) => {
    found.secret.add(secret);
    return `=${MASKED}`;
  });
}

function maskBody(body: string, type: string, found: Found, parsed?: unknown): string {
  if (body === '') return '';
  const notKept = `[not kept: ${body.length} characters${type === '' ? '' : ` of ${type.split(';', 1)[0]}`}]`;
  if (body.length > READ_BODY) return notKept;
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return maskPairs(body, found);
  if (!/^(application\/(.*\+)?json\b|$)/i.test(type)) return notKept;
  const json = readJson(body) ?? (typeof parsed === 'object' ? parsed : null);
  if (json === null || json === undefined || !isWithin(json, DEEPEST)) return notKept;
  return JSON.stringify(maskJson(json, found));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

function maskJson(value: unknown, found: Found, field = '', hidden = false): unknown {
  if (Array.isArray(value)) return value.map((item) => maskJson(item, found, field, hidden));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const folded = foldField(name);
        const whole = isSecret(folded) && WHOLE.test(folded);
        return [name, maskJson(member, found, folded, hidden || whole)];
      }),
    );
  if (typeof value === 'boolean' || value === null || value === '') return value;
  const text = String(value);
  if (RANDOM_AND_OPEN.has(field)) found.open.add(text);
  else if (hidden || isSecret(field) || text.startsWith('otpauth:')) {
    found.secret.add(text);
    return MASKED;
  } else if (typeof value === 'string' && /[?#]/.test(value)) return maskUrl(value, found);
  return value;
}

function createRedactor({ secret, open }: Found): (text: string) => string {
  const spellings = [...secret]
    .filter((value) => value.length >= SHORTEST_HUNTED)
    .flatMap(spellingsOf)
    .sort((a, b) => b.length - a.length);
  const unlessOpen = (match: string) => (open.has(match) ? match : MASKED);
  return (text) =>
    spellings
      .reduce((rest, value) => rest.replaceAll(value, MASKED), text)
      .replace(JWT, MASKED)
      .replace(RANDOM, unlessOpen);
}

/** A value as it stands in text, in a form, in a URL and inside a JSON string. */
function spellingsOf(value: string): string[] {
  const form = new URLSearchParams({ '': value }).toString().slice(1);
  const json = JSON.stringify(value).slice(1, -1);
  return [value, json, form, form.replaceAll('+', '%20'), encodeURIComponent(Buffer.from(value).toString())];
}
