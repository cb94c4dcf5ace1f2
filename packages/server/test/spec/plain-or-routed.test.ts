/** A form that is answered before the router gets the router's very answer, whatever stands in it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damaged, headerText, holds, junk, sentence, TIME } from '../support/fuzz.js';
import { basic, createWorld, type World } from './support/world.js';

let world: World;
let issued: string[];
beforeAll(async () => {
  world = await createWorld({ settings: { rateLimit: 'off' } });
  await world.configure({ tokens: { authMethods: ['authCode', 'clientCreds', 'resourceOwner'] } });
  const answer = await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
  const { access_token: token } = (await answer.json()) as { access_token: string };
  issued = [token];
});
afterAll(() => world.close());

/** As forms are written, and as they are not. */
const name = fc.constantFrom(
  ...[
    'grant_type',
    'scope',
    'token',
    'token_type_hint',
    'client_id',
    'client_secret',
    'code',
    'resource',
    'audience',
  ],
  ...[
    'username',
    'password',
    'refresh_token',
    '__proto__',
    'constructor',
    'grant_type%00',
    'scope[]',
    '',
    'a%zz',
  ],
);
const value = fc.oneof(
  fc.constantFrom(
    ...['client_credentials', 'client_credentials+', 'all', 'openid', 'all+openid', 'all%20x', 'none', ''],
  ),
  fc.constantFrom(
    ...['svc%40acme.test', 'https://api.test/', '%', '%zz', '%c0%af', '%00', 'a=b', '%26', 'é', '\u0000'],
  ),
  junk,
);
const separator = fc.constantFrom('&', '&', '&', '&&', ';', '=', '');
const pairs = fc
  .array(fc.tuple(name, fc.constantFrom('=', '=', '=', '', '=='), value, separator), { maxLength: 5 })
  .map((list) => list.flat().join(''));
const good = fc.constantFrom(
  'grant_type=client_credentials&scope=all',
  'grant_type=client_credentials',
  'token=abc',
);
const text = fc.oneof(
  pairs,
  fc.tuple(good, pairs).map((parts) => parts.join('&')),
  good,
  damaged(good),
  sentence('{', '}', '"grant_type":', '"client_credentials"', ',', '[', ']'),
);
const body = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }) },
);
const FORM = 'application/x-www-form-urlencoded';
const type = fc.constantFrom(
  ...[FORM, FORM, FORM, `${FORM}; charset=utf-8`, `${FORM};charset="UTF-8"`, `${FORM}; charset=latin1`],
  ...[FORM.toUpperCase(), `${FORM} ; charset=utf-8`, 'text/plain', 'application/json'],
);
const credentials = fc.oneof(
  { weight: 4, arbitrary: fc.constant(basic().authorization) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(undefined, 'Basic Og==', 'Basic', 'basic !', 'Bearer x', 'DPoP x'),
  },
  { weight: 1, arbitrary: headerText },
);
const accept = fc.constantFrom(undefined, '*/*', 'application/token-introspection+jwt', 'text/html');
const given = fc.record({
  path: fc.constantFrom(
    ...[
      '/oauth2/token/MyApp',
      '/oauth2/introspect/MyApp',
      '/oauth2/introspect/MyApp',
      '/oauth2/token/NoSuch',
    ],
    ...['/oauth2/token/myapp', '/oauth2/introspect/My%41pp', '/oauth2/token/MyApp?', '/oauth2/token/MyApp/'],
  ),
  body,
  type,
  credentials,
  accept,
  isIssued: fc.boolean(),
});
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

/** What came back, with a stroke for what is new in every answer. */
async function answerTo(
  { path, body: sent, type: contentType, credentials: by, accept: wanted, isIssued }: Given,
  cookie?: string,
) {
  const token = `token=${issued[0]}&`;
  const response = await world.fetch(path, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      ...(by === undefined ? {} : { authorization: by }),
      ...(wanted === undefined ? {} : { accept: wanted }),
      ...(cookie === undefined ? {} : { cookie }),
    },
    body: isIssued && typeof sent === 'string' ? token + sent : sent,
  });
  const told = (await response.text())
    .replace(/"(access_token|refresh_token|id_token)":"[^"]*"/g, '"$1":"-"')
    .replace(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/, 'a JWT');
  const headers = Object.fromEntries(response.headers);
  const { date: _, 'content-length': __, ...stable } = headers;
  return { status: response.status, told, headers: stable };
}

describe('a form', { timeout: TIME }, () => {
  test('is answered the same with a cookie, which the router alone reads, and without', async () => {
    let granted = 0;
    await holds(
      given,
      async (form) => {
        const plain = await answerTo(form);
        expect(plain.status).toBeLessThan(500);
        expect(await answerTo(form, 'theme=dark')).toEqual(plain);
        if (plain.status === 200) granted++;
      },
      2,
    );
    // Refusals alone would show little: they are left to the router on either way.
    expect(granted).toBeGreaterThan(0);
  });
});
