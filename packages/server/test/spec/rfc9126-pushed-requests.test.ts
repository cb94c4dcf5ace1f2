import { beforeAll, expect, test } from 'vitest';
import { addSigningClient, SIGNER, type SigningClient } from './support/signing-client.js';
import {
  ADA,
  basic,
  CHALLENGE,
  describeWorld,
  errorOf,
  REDIRECT,
  redirectOf,
  SVC,
  VERIFIER,
  type World,
} from './support/world.js';

const REQUEST = {
  response_type: 'code',
  redirect_uri: REDIRECT,
  scope: 'all',
  state: 'pushed',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

function push(world: World, fields: Record<string, string> = {}, headers: Record<string, string> = basic()) {
  return world.form('/oauth2/par/MyApp', { ...REQUEST, ...fields }, headers);
}

async function pushed(world: World, fields?: Record<string, string>): Promise<string> {
  const response = await push(world, fields);
  expect(response.status).toBe(201);
  expect(response.headers.get('cache-control')).toContain('no-store');
  const { request_uri: uri, expires_in: life } = (await response.json()) as Record<string, unknown>;
  expect(life).toBe(60);
  expect(uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
  return String(uri);
}

function come(world: World, request_uri: string, more: Record<string, string> = {}, cookie = '') {
  const query = new URLSearchParams({ client_id: SVC.loginName, request_uri, ...more });
  return world.fetch(`/oauth2/authorize/MyApp?${query}`, { headers: { cookie } });
}

describeWorld('pushed authorization requests, RFC 9126', (world) => {
  test('a reference stands for the whole request, and what is sent beside it counts for nothing', async () => {
    const { cookie } = await world().signIn(ADA);
    const answer = await come(
      world(),
      await pushed(world()),
      { state: 'outside', scope: 'nonsense' },
      cookie,
    );
    const { target, parameters } = redirectOf(answer);
    expect([target, parameters.get('state')]).toEqual([REDIRECT, 'pushed']);
    const redeemed = await world().token(
      {
        grant_type: 'authorization_code',
        code: parameters.get('code') ?? '',
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
      },
      basic(),
    );
    expect(redeemed.status).toBe(200);
  });

  test('Q01: it counts once, from when it is answered; opening it twice before is no use', async () => {
    const uri = await pushed(world());
    const first = redirectOf(await come(world(), uri));
    expect(first.target).toBe('/login');
    expect(redirectOf(await come(world(), uri)).target).toBe('/login');
    const { cookie } = await world().signIn(ADA);
    const back = await world().fetch(`/${first.parameters.get('cloudRedirect')}`, { headers: { cookie } });
    expect(redirectOf(back).parameters.has('code')).toBe(true);
    expect(await errorOf(await come(world(), uri, {}, cookie))).toEqual({
      status: 400,
      error: 'invalid_request_uri',
    });
  });

  test('a login_hint that was pushed names the user at the sign-in page', async () => {
    const answer = await come(world(), await pushed(world(), { login_hint: ADA.loginName }));
    const page = new URL(answer.headers.get('location') ?? '', world().url);
    expect([page.pathname, page.searchParams.get('username')]).toEqual(['/login', ADA.loginName]);
  });

  test('a sign-in may take longer than the reference lives', async () => {
    const { parameters } = redirectOf(await come(world(), await pushed(world())));
    world().clock.advance(10 * 60_000);
    const { cookie } = await world().signIn(ADA);
    const back = await world().fetch(`/${parameters.get('cloudRedirect')}`, { headers: { cookie } });
    expect(redirectOf(back).parameters.has('code')).toBe(true);
  });

  test('Q01: expired, unknown, of another client or as a bounce it is refused', async () => {
    const refused = { status: 400, error: 'invalid_request_uri' };
    const uri = await pushed(world());
    expect(await errorOf(await come(world(), uri, { client_id: 'cli' }))).toEqual(refused);
    expect(await errorOf(await come(world(), `${uri.slice(0, -3)}xyz`))).toEqual(refused);
    const bounce = uri.split(':').at(-1) ?? '';
    expect((await world().fetch(`/oauth2/authorize/MyApp?bounce=${bounce}`)).status).toBe(400);
    world().clock.advance(61_000);
    expect(await errorOf(await come(world(), uri))).toEqual(refused);
  });

  test.each<[string, Record<string, string>, string]>([
    ['an unregistered redirect', { redirect_uri: 'https://evil.test/cb' }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['an unknown scope', { scope: 'nonsense' }, 'invalid_scope'],
    ['another reference', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['an unserved response type', { response_type: 'code id_token' }, 'unsupported_response_type'],
  ])('%s is refused when it is pushed', async (_, fields, error) => {
    expect(await errorOf(await push(world(), fields))).toEqual({ status: 400, error });
  });

  test('the client proves itself as at the token endpoint', async () => {
    const wrong = basic({ ...SVC, password: 'wrong' });
    expect(await errorOf(await push(world(), {}, wrong))).toEqual({ status: 401, error: 'invalid_client' });
    expect((await push(world(), { client_id: 'cli' }, {})).status).toBe(201);
    await world().core.credentials.unlock(world().tenant.id, SVC.loginName);
  });

  test('requirePar: only what was pushed is served, sign-in included', async () => {
    await world().configure({ generalUsage: { requirePar: true } });
    const { cookie } = await world().signIn(ADA);
    const direct = redirectOf(await world().authorize({}, { cookie }));
    expect(direct.parameters.get('error')).toBe('invalid_request');
    const { parameters } = redirectOf(await come(world(), await pushed(world())));
    const back = await world().fetch(`/${parameters.get('cloudRedirect')}`, { headers: { cookie } });
    expect(redirectOf(back).parameters.has('code')).toBe(true);
    await world().configure({ generalUsage: { requirePar: false } });
  });
});

describeWorld('signed request objects, RFC 9101', (world) => {
  let client: SigningClient;
  beforeAll(async () => {
    client = await addSigningClient(world());
  });

  const object = (claims = {}) =>
    client.sign(world(), { sub: undefined, client_id: SIGNER, ...REQUEST, state: 'inside', ...claims });
  const send = async (request: string, cookie: string) => {
    const query = new URLSearchParams({ ...REQUEST, client_id: SIGNER, state: 'outside', request });
    return world().fetch(`/oauth2/authorize/MyApp?${query}`, { headers: { cookie } });
  };

  test('what is inside counts, and nothing outside', async () => {
    const { cookie } = await world().signIn(ADA);
    const { parameters } = redirectOf(await send(await object(), cookie));
    expect([parameters.get('state'), parameters.has('code')]).toEqual(['inside', true]);
  });

  test('it may be pushed', async () => {
    const fields = { client_id: SIGNER, request: await object(), ...(await client.proof(world())) };
    const response = await world().form('/oauth2/par/MyApp', fields);
    expect(response.status).toBe(201);
  });

  test.each<[string, Record<string, unknown>]>([
    ['for another server', { aud: 'https://elsewhere.test/' }],
    ['of another issuer', { iss: SVC.loginName }],
    ['about another client', { client_id: SVC.loginName }],
    ['that is over', { exp: 1 }],
    ['without exp', { exp: undefined }],
    ['that could be an assertion', { sub: SIGNER }],
    ['with another inside', { request: 'x' }],
  ])('one %s is invalid_request_object', async (_, claims) => {
    const { cookie } = await world().signIn(ADA);
    expect(await errorOf(await send(await object(claims), cookie))).toEqual({
      status: 400,
      error: 'invalid_request_object',
    });
  });

  test('one that was altered, or is none, is invalid_request_object', async () => {
    const good = await object();
    for (const bad of [`${good.slice(0, -6)}AAAAAA`, 'garbage', 'a.b.c'])
      expect((await errorOf(await send(bad, ''))).error).toBe('invalid_request_object');
  });
});
