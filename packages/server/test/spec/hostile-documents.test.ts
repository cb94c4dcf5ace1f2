/** What other servers answer when Sallyport asks them about a client: taken when it is good, and never a 5xx. */
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damaged, fewOf, holds, junk, TIME } from '../support/fuzz.js';
import { JWT_BEARER } from './support/signing-client.js';
import { CHALLENGE, createWorld, REDIRECT, redirectOf, type World } from './support/world.js';

const OTHER = 'https://evil.test/cb';
/** Longer than any answer is kept, in milliseconds. */
const LONG = 25 * 3_600_000;

interface Told {
  status: number;
  body: string;
  maxAge: number | null;
}

let world: World;
let told: Told = { status: 404, body: '', maxAge: null };
beforeAll(async () => {
  world = await createWorld({ settings: { rateLimit: 'off' }, outbound: async () => told });
  await world.configure({ generalUsage: { registration: 'open', clientMetadataDocuments: true } });
});
afterAll(() => world.close());

const status = fc.constantFrom(200, 200, 200, 200, 200, 204, 404, 500);
const maxAge = fc.constantFrom(null, 0, 60, 999_999_999);
const answer = (body: fc.Arbitrary<string>): fc.Arbitrary<Told> => fc.record({ status, body, maxAge });
const words = (...known: unknown[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, junk, fc.jsonValue({ maxDepth: 1 }));
const json = (value: fc.Arbitrary<unknown>) => value.map((each) => JSON.stringify(each) ?? '');
const brackets = fc.constantFrom(
  '['.repeat(30_000),
  '{"a":'.repeat(10_000),
  '[]',
  '{}',
  'null',
  '""',
  '\ufeff{}',
  '[1]',
);

/** The JSON that was told with a good status; undefined for none. */
function known({ status: code, body }: Told): unknown {
  try {
    return code === 200 ? JSON.parse(body) : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListed = (list: unknown, entry: string) => Array.isArray(list) && list.includes(entry);

/** Two spellings of the same bytes are one coordinate. */
const sameBytes = (a: unknown, b: unknown) =>
  Buffer.from(String(a), 'base64url').equals(Buffer.from(String(b), 'base64url'));

describe('what another server tells', { timeout: TIME }, () => {
  let count = 0;

  test('of a client by its document leads no browser but where the document says, and to a good one it does', async () => {
    const fields = {
      client_id: words('SELF', 'SELF', 'SELF', 'https://client.test/other.json'),
      redirect_uris: words([REDIRECT], [REDIRECT, OTHER], [OTHER], [], REDIRECT, [
        'http://evil.test/cb',
        REDIRECT,
      ]),
      client_name: words('Notebook', '', null),
      token_endpoint_auth_method: words('none', 'private_key_jwt', 'client_secret_basic', null),
      grant_types: words(['authorization_code'], ['authorization_code', 'no such'], []),
      response_types: words(['code'], ['none'], 'code'),
      jwks: words({ keys: [] }, { keys: [{ kty: 'oct', k: 'AA' }] }, null),
      jwks_uri: words('https://client.test/keys', 'http://10.0.0.1/'),
      client_secret: words('secret'),
      sector_identifier_uri: words('https://client.test/sector'),
      logo_uri: words('https://client.test/logo.png', 'javascript:alert(1)'),
      scope: words('all', 'no such'),
    };
    const plain = { client_id: 'SELF', redirect_uris: [REDIRECT], client_name: 'Notebook' };
    const document = fc.oneof(
      json(fc.record(fields, { requiredKeys: ['client_id', 'redirect_uris'] })),
      json(fewOf(fields).map((over) => ({ ...plain, ...over }))),
      json(fewOf(fields).map((over) => ({ ...plain, ...over }))),
      fc.constant(JSON.stringify(plain)),
      fc.constant(JSON.stringify({ ...plain, client_secret: 'secret' })),
      damaged(fc.constant(JSON.stringify(plain))),
      brackets,
      junk,
    );
    const goods = { taken: 0 };
    await holds(
      fc.tuple(answer(document), fc.constantFrom(REDIRECT, REDIRECT, OTHER)),
      async ([given, redirect]) => {
        const url = `https://client.test/${count++}.json`;
        told = { ...given, body: given.body.replaceAll('SELF', url) };
        const response = await world.authorize({ client_id: url, redirect_uri: redirect });
        expect(response.status).toBeLessThan(500);
        const described = known(told);
        if (response.status === 200 || response.status >= 400) {
          const isPlain = JSON.stringify(described) === JSON.stringify({ ...plain, client_id: url });
          expect(isPlain && redirect === REDIRECT).toBe(false);
          return;
        }
        goods.taken++;
        const isGood =
          isObject(described) && described.client_id === url && isListed(described.redirect_uris, redirect);
        expect(isGood, redirectOf(response).target).toBe(true);
        expect(described).not.toHaveProperty('client_secret');
      },
      2,
    );
    expect(goods.taken).toBeGreaterThan(0);
  });

  test('of the redirects of a sector is a list that names each, or the client is not registered', async () => {
    const entry = words(REDIRECT, OTHER, 1, null, [REDIRECT]);
    const list = fc.oneof(
      json(fc.array(entry, { maxLength: 3 })),
      json(fc.constantFrom(REDIRECT, { 0: REDIRECT })),
      brackets,
      junk,
    );
    const metadata = {
      redirect_uris: [REDIRECT],
      subject_type: 'pairwise',
      sector_identifier_uri: 'https://client.test/s',
    };
    await holds(answer(fc.oneof(list, damaged(fc.constant(JSON.stringify([REDIRECT]))))), async (given) => {
      told = given;
      const response = await world.fetch('/oauth2/register/MyApp', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(metadata),
      });
      const listed = known(given);
      const isListOfTexts = Array.isArray(listed) && listed.every((each) => typeof each === 'string');
      expect(response.status).toBe(isListOfTexts && isListed(listed, REDIRECT) ? 201 : 400);
    });
  });

  test('of the keys of a client opens the door to whoever holds one of them, and to nobody else', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const own: JWK = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const isOwn = (key: unknown) =>
      isObject(key) && [key.x, key.y].every((value, at) => sameBytes(value, at === 0 ? own.x : own.y));
    const registered = await world.fetch('/oauth2/register/MyApp', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: 'https://client.test/keys',
      }),
    });
    expect(registered.status).toBe(201);
    const { client_id: id } = (await registered.json()) as { client_id: string };

    const member = words('EC', 'P-256', 'one', 'ES256', 'RSA', 'oct', 'sig', own.x);
    const other = fc.oneof(
      fc.dictionary(fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'k', 'd', 'kid', 'alg', 'use'), member),
      fc.constantFrom<unknown>(
        { ...own, x: 'AAAA' },
        { ...own, crv: 'P-384' },
        { kty: 'oct', k: 'AAAA', kid: 'one' },
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const keys = fc.array(fc.oneof(other, fc.constant<unknown>(own)), { maxLength: 4 });
    const set = fc.oneof(
      { weight: 4, arbitrary: json(fc.record({ keys })) },
      { weight: 1, arbitrary: json(fc.record({ keys: fc.jsonValue() }, { requiredKeys: [] })) },
      { weight: 1, arbitrary: damaged(fc.constant(JSON.stringify({ keys: [own] }))) },
      { weight: 1, arbitrary: fc.oneof(brackets, junk) },
    );

    let entered = 0;
    await holds(answer(set), async (given) => {
      told = given;
      world.clock.advance(LONG);
      const now = Math.floor(world.clock.now() / 1000);
      const assertion = await new SignJWT({
        iss: id,
        sub: id,
        aud: `${world.url}/MyApp/`,
        jti: `${count++}`,
        iat: now,
        exp: now + 60,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey);
      const response = await world.form('/oauth2/par/MyApp', {
        client_assertion_type: JWT_BEARER,
        client_assertion: assertion,
        ...{ response_type: 'code', client_id: id, redirect_uri: REDIRECT, scope: 'all' },
        ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      });
      expect([201, 401]).toContain(response.status);
      const described = known(given);
      const listed = isObject(described) && Array.isArray(described.keys) ? described.keys : [];
      const isAmong = listed.some((key) => JSON.stringify(key) === JSON.stringify(own));
      // A key of the same name that is another may come first, and then the right one is not looked at.
      if (response.status === 201) {
        entered++;
        expect(listed.some(isOwn)).toBe(true);
      } else if (isAmong) expect(listed.length).toBeGreaterThan(1);
    });
    expect(entered).toBeGreaterThan(0);
  });
});
