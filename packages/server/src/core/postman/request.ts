/** The pieces of a Postman collection: requests, and folders of them. @see Postman Collection Format v2.1.0 */

export interface PostmanRequest {
  name: string;
  event: { listen: 'prerequest' | 'test'; script: { type: 'text/javascript'; exec: string[] } }[];
  /** Cookies are carried by hand, so that a run does not depend on the one before it. */
  protocolProfileBehavior: { followRedirects: false; disableCookies: true };
  request: {
    method: 'GET' | 'POST';
    header: { key: string; value: string }[];
    url: { raw: string; host: string[]; path: string[]; query?: { key: string; value: string }[] };
    body?: object;
    description: string;
  };
}

export interface PostmanFolder {
  name: string;
  description: string;
  item: PostmanRequest[];
}

export interface RequestOptions {
  name: string;
  method?: 'GET' | 'POST';
  /** From the root of the server, without the leading slash. */
  path: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  form?: Readonly<Record<string, string>>;
  json?: unknown;
  description: string;
  /** Scripts, in JavaScript. */
  before?: string;
  tests: string;
}

export function request(options: RequestOptions): PostmanRequest {
  const { name, method = 'POST', headers = {}, description, before, tests } = options;
  return {
    name,
    event: [...(before ? [script('prerequest', before)] : []), script('test', tests)],
    protocolProfileBehavior: { followRedirects: false, disableCookies: true },
    request: {
      method,
      header: pairs({ Accept: 'application/json', ...headers }),
      url: urlOf(options),
      ...bodyOf(options),
      description,
    },
  };
}

function script(listen: 'prerequest' | 'test', text: string): PostmanRequest['event'][number] {
  const exec = text.trim().split('\n');
  return { listen, script: { type: 'text/javascript', exec } };
}

function urlOf({ path, query }: RequestOptions): PostmanRequest['request']['url'] {
  const search = Object.entries(query ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
  const raw = `{{endpoint}}/${path}${search && `?${search}`}`;
  const url = { raw, host: ['{{endpoint}}'], path: path.split('/') };
  return query ? { ...url, query: pairs(query) } : url;
}

function bodyOf({ form, json }: RequestOptions): { body?: object } {
  if (form) return { body: { mode: 'urlencoded', urlencoded: pairs(form) } };
  if (json === undefined) return {};
  const options = { raw: { language: 'json' } };
  return { body: { mode: 'raw', raw: JSON.stringify(json, null, 2), options } };
}

function pairs(values: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
