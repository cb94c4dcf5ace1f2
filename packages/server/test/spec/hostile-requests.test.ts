/**
 * A property per parser: whatever comes, nothing is answered 5xx, no browser is sent to an address that is not
 * registered, and nobody gets a token. `support/fuzz.ts` says how to run them longer.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holds, TIME } from '../support/fuzz.js';
import { createWorld, LOOPBACK, REDIRECT, redirectOf, type World } from './support/world.js';

const APP_REDIRECTS = [REDIRECT, LOOPBACK, 'com.acme.app:/cb'];

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await createWorld();
  await world.configure({ generalUsage: { registration: 'open', clientMetadataDocuments: true } });
  ({ cookie } = await world.signIn({ loginName: 'ada@acme.test', password: 'lovelace engine 1843' }));
});
afterAll(() => world.close());

/** Texts that parsers trip over. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    ...['', ' ', 'null', '[]', '{}', '{"a":', '\u0000', '%', '%00', '%ZZ', '../..', '#', '?', '&', '='],
    ...['https://evil.test/', '//evil.test', 'javascript:alert(1)', 'data:text/html,x', 'urn:x', REDIRECT],
    ...[`${REDIRECT}#x`, `${REDIRECT}/..`, `${REDIRECT}?x`, `${REDIRECT} `, 'https://rp.test:443/cb'],
    ...['https://rp.test@evil.test/cb', 'https://evil.test\\@rp.test/cb', 'HTTPS://RP.TEST/cb'],
    ...['eyJhbGciOiJub25lIn0.e30.', 'a.b.c', 'x'.repeat(9000), '__proto__', 'constructor', 'dyn_'],
    ...['dyn_aaaaaaaaaaaaaaaaaaaaaa', 'https://127.0.0.1:1/c', '-1', '1e9', '99999999999999999999', 'none'],
  ),
);

const words = (...known: string[]) => fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...known) }, nasty);
/** Without these nothing but their absence would be looked at. */
const ALWAYS = new Set(['client_id', 'redirect_uri', 'response_type', 'grant_type']);

/** Some of the fields, each with a good word or a bad one, and fields that nobody knows. */
const fieldsOf = (known: Record<string, fc.Arbitrary<string>>) =>
  fc
    .tuple(
      fc.record(known, { requiredKeys: Object.keys(known).filter((name) => ALWAYS.has(name)) }),
      fc.dictionary(nasty, nasty, { maxKeys: 2 }),
    )
    .map(([fields, others]) => ({ ...others, ...fields }));

const AUTHORIZE = {
  client_id: words('cli', 'svc@acme.test'),
  redirect_uri: words(REDIRECT),
  response_type: words('code', 'id_token', 'token', 'code id_token'),
  response_mode: words('query', 'fragment', 'form_post'),
  scope: words('all', 'openid'),
  state: nasty,
  nonce: nasty,
  code_challenge: nasty,
  code_challenge_method: words('S256', 'plain'),
  prompt: words('none', 'login', 'consent'),
  max_age: words('0', '10'),
  claims: words('{"userinfo":{"name":null}}'),
  id_token_hint: nasty,
  acr_values: nasty,
  resource: words('https://api.test/'),
  request: nasty,
  request_uri: nasty,
  bounce: nasty,
  login_hint: nasty,
  ui_locales: words('de en', 'en-GB', 'de-*'),
};

const TOKEN = {
  grant_type: words(
    ...['authorization_code', 'refresh_token', 'client_credentials', 'password', 'implicit'],
    ...['urn:ietf:params:oauth:grant-type:device_code', 'urn:ietf:params:oauth:grant-type:token-exchange'],
  ),
  client_id: words('cli', 'svc@acme.test'),
  client_secret: nasty,
  client_assertion: nasty,
  client_assertion_type: words('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  code: nasty,
  code_verifier: nasty,
  redirect_uri: words(REDIRECT),
  refresh_token: nasty,
  username: words('ada@acme.test'),
  password: nasty,
  scope: words('all', 'openid'),
  device_code: nasty,
  subject_token: nasty,
  subject_token_type: words('urn:ietf:params:oauth:token-type:access_token'),
  resource: nasty,
};

/** Nothing of it is a token, and no browser goes where nobody registered. */
async function expectHarmless(response: Response): Promise<void> {
  expect(response.status).toBeLessThan(500);
  const { target, parameters } = redirectOf(response);
  const isOwn = target === '' || target.startsWith('/login') || target.startsWith(`${world.url}/login`);
  if (!isOwn) expect(APP_REDIRECTS).toContain(target);
  for (const name of ['access_token', 'id_token']) expect(parameters.has(name)).toBe(false);
  const text = await response.text();
  expect(text).not.toMatch(/"(access_token|id_token|refresh_token)":/);
  const [, action] = /<form method="post" action="([^"]*)"/.exec(text) ?? [];
  if (action !== undefined && !action.startsWith('/')) expect(APP_REDIRECTS).toContain(action);
}

const bodyOf = (fields: Record<string, string>) => new URLSearchParams(Object.entries(fields));

describe('no input does harm', { timeout: TIME }, () => {
  test('to the authorization endpoint', async () => {
    await holds(fc.tuple(fieldsOf(AUTHORIZE), fc.boolean()), async ([fields, isPost]) => {
      // A nobody, so that whatever is well-formed ends at the sign-in.
      const path = '/oauth2/authorize/MyApp';
      const response = isPost
        ? await world.fetch(path, { method: 'POST', body: bodyOf(fields) })
        : await world.fetch(`${path}?${bodyOf(fields)}`);
      await expectHarmless(response);
    });
  });

  test('to the authorization endpoint of a signed-in user, who gives no tokens by redirect', async () => {
    await holds(fieldsOf(AUTHORIZE), async (fields) =>
      expectHarmless(await world.fetch(`/oauth2/authorize/MyApp?${bodyOf(fields)}`, { headers: { cookie } })),
    );
  });

  test.each([
    ['token', TOKEN],
    ['par', { ...AUTHORIZE, client_secret: nasty, client_assertion: nasty }],
    ['revoke', { ...TOKEN, token: nasty }],
    ['introspect', { ...TOKEN, token: nasty }],
    ['device', { ...TOKEN, scope: nasty }],
  ])('to the %s endpoint', async (endpoint, known: Record<string, fc.Arbitrary<string>>) => {
    await holds(fc.tuple(fieldsOf(known), fc.option(nasty)), async ([fields, credentials]) => {
      const headers: Record<string, string> =
        credentials === null ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
      await expectHarmless(
        await world.fetch(`/oauth2/${endpoint}/MyApp`, { method: 'POST', headers, body: bodyOf(fields) }),
      );
    });
  });

  test('to the registration endpoint, which takes no client whose redirects are not good', async () => {
    const metadata = fc.record(
      {
        redirect_uris: fc.oneof(fc.array(words(REDIRECT), { maxLength: 3 }), fc.jsonValue()),
        response_types: fc.oneof(fc.array(words('code', 'id_token'), { maxLength: 2 }), fc.jsonValue()),
        grant_types: fc.oneof(fc.array(words('authorization_code'), { maxLength: 2 }), fc.jsonValue()),
        token_endpoint_auth_method: words('none', 'client_secret_basic', 'private_key_jwt'),
        client_name: fc.oneof(nasty, fc.jsonValue()),
        logo_uri: nasty,
        jwks: fc.jsonValue(),
        jwks_uri: nasty,
        sector_identifier_uri: nasty,
        scope: nasty,
        contacts: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await holds(fc.oneof(metadata, fc.jsonValue(), nasty), async (described) => {
      const response = await world.fetch('/oauth2/register/MyApp', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof described === 'string' ? described : JSON.stringify(described),
      });
      expect(response.status).toBeLessThan(500);
      if (response.status !== 201) return;
      const { redirect_uris: redirects } = (await response.json()) as { redirect_uris: string[] };
      for (const uri of redirects) expect(new URL(uri).protocol).toMatch(/^https?:$/);
    });
  });

  test('by a request object', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
    const header = fc.oneof(
      fc.record({ alg: words('none', 'RS256', 'HS256'), kid: nasty, jku: nasty }, { requiredKeys: [] }),
      fc.jsonValue(),
    );
    const claims = fc.oneof(
      fc.record(
        { iss: nasty, aud: nasty, client_id: words('cli'), redirect_uri: nasty, exp: fc.integer() },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    await holds(fc.tuple(header, claims, nasty), async ([protectedHeader, payload, signature]) => {
      const request = `${part(protectedHeader)}.${part(payload)}.${signature}`;
      const asked = { client_id: 'cli', redirect_uri: REDIRECT, response_type: 'code', scope: 'all' };
      const fields = bodyOf({ ...asked, request });
      await expectHarmless(await world.fetch(`/oauth2/authorize/MyApp?${fields}`, { headers: { cookie } }));
    });
  });
});
