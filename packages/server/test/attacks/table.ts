/** The words in which the table of attacks is written. */

/** One request; `{name}` in any text is filled in by `actors.ts` at the moment of sending. */
export interface AttackRequest {
  /** Method and target as they stand on the wire, such as `GET /login`. */
  line: string;
  headers?: Record<string, string>;
  /** Sent urlencoded; a list of pairs where a name comes twice. */
  form?: Record<string, string> | readonly [string, string][];
  json?: unknown;
  /** Sent as it is. */
  body?: string | Buffer;
  /** Sent this many times at once. */
  times?: number;
  /** Sent first, each in turn; each must go well, or the row would be about nothing. */
  given?: readonly AttackRequest[];
  /** Sent after those, each in turn; what they answer does not matter. */
  before?: readonly AttackRequest[];
  /** Milliseconds that each answer may take, where a second is too short. */
  within?: number;
  /** Of one in `given`: the member of its JSON answer that the rest of the row fills in by the same name. */
  keep?: string;
}

/**
 * What must come back. `EP`: 400 of our own, never a Location. `ER error`: a redirect to the registered URI with that
 * error, `state` and `iss`. `TE error`: 400 with that error as JSON. `IC`: 401 `invalid_client`. `INACTIVE`: nothing but
 * `{"active":false}`. `FAILED`: the vendor's envelope with `success:false`. `ONCE`: of all answers one succeeds. A
 * number or several: the status. `escaped`: a page that shows the text, and as nothing but text. `json`: an answer
 * that holds the text, says that it is JSON, and forbids browsers to think otherwise.
 */
export type Expected =
  | string
  | number
  | readonly number[]
  | { status?: readonly number[]; has?: RegExp; lacks?: RegExp }
  | { escaped: string }
  | { json: string };

/** id, request, expected answer, where the rule comes from (bare numbers are RFCs). */
export type Attack = readonly [id: string, request: AttackRequest, expected: Expected, source: string];

/** Numbers the rows of one case: `R01.1`, `R01.2` … */
export function rows(
  id: string,
  source: string,
  expected: Expected,
  requests: readonly AttackRequest[],
): Attack[] {
  return requests.map((request, at) => [`${id}.${at + 1}`, request, expected, source]);
}

export const REQUEST: Record<string, string> = {
  response_type: 'code',
  client_id: 'cli',
  redirect_uri: 'https://rp.test/cb',
  scope: 'all',
  state: 'a state',
  code_challenge: '{challenge}',
  code_challenge_method: 'S256',
};

/** GET of authorize as the signed-in Ada; an empty text leaves a parameter out. */
export function authorize(changes: Record<string, string> = {}, more = '', app = 'MyApp'): AttackRequest {
  const entries = Object.entries({ ...REQUEST, ...changes }).filter(([, value]) => value !== '');
  const query = entries.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
  return {
    line: `GET /oauth2/authorize/${app}?${query}${more}`,
    headers: { cookie: '{cookie}', accept: 'text/html' },
  };
}

/** Percent-encoded but for what `actors.ts` fills in. */
function encoded(value: string): string {
  return /^\{\w+\}$/.test(value) ? value : encodeURIComponent(value);
}

/** POST to the token endpoint. */
export function token(
  form: NonNullable<AttackRequest['form']>,
  headers: Record<string, string> = {},
  app = 'MyApp',
): AttackRequest {
  return { line: `POST /oauth2/token/${app}`, form, headers };
}

export const REDEEM = {
  grant_type: 'authorization_code',
  client_id: 'cli',
  redirect_uri: 'https://rp.test/cb',
  code: '{code}',
  code_verifier: '{verifier}',
};
export const REFRESH = { grant_type: 'refresh_token', client_id: 'cli', refresh_token: '{refresh}' };
export const SERVICE = { authorization: '{basic}' };
export const NATIVE = { 'x-centrify-native-client': '1' };

/** A call of the vendor's protocol, as a program makes it. */
export function rpc(path: string, json: unknown, headers: Record<string, string> = {}): AttackRequest {
  return { line: `POST ${path}`, json, headers: { ...NATIVE, ...headers } };
}

/** A call of `/api/v1` as the administrator. */
export function admin(line: string, json?: unknown, headers: Record<string, string> = {}): AttackRequest {
  const [method = '', path = ''] = line.split(' ');
  const request = { line: `${method} /api/v1${path}`, headers: { authorization: '{admin}', ...headers } };
  return json === undefined ? request : { ...request, json };
}

/** A client registers itself with an app, by a bearer token where one is needed. */
export function register(metadata: unknown, authorization = '', app = 'Open'): AttackRequest {
  const headers: Record<string, string> = authorization ? { authorization } : {};
  return { line: `POST /oauth2/register/${app}`, json: metadata, headers };
}
export const REDIRECTS = { redirect_uris: ['https://rp.test/cb'] };

/** Whoami with this bearer. */
export function bearer(value: string): AttackRequest {
  return rpc('/security/whoami', {}, { authorization: `Bearer ${value}` });
}

/** Hosts of inner networks at which nothing needs to listen: that a connection is begun is told of all the same. */
export const FAR = ['169.254.169.254', '10.0.0.1', '192.168.1.1', '[fd00::1]'];
