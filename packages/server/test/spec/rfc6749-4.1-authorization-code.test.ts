import { expect, test } from 'vitest';
import {
  ADA,
  APP,
  basic,
  challengeOf,
  describeWorld,
  errorOf,
  REDIRECT,
  redirectOf,
  SVC,
  VERIFIER,
  type World,
} from './support/world.js';

const INVALID_GRANT = { status: 400, error: 'invalid_grant' };
const OTHER_VERIFIER = VERIFIER.replace('a-verifier', 'b-verifier');

async function adasCode(world: World, parameters?: Record<string, string | undefined>): Promise<string> {
  const { cookie } = await world.signIn(ADA);
  return world.code(cookie, parameters);
}

describeWorld('authorization code', (world) => {
  test('a signed-in user gets a code by redirect, with state and iss (R16)', async () => {
    const { cookie } = await world().signIn(ADA);
    const response = await world().authorize({}, { cookie });
    const { target, parameters } = redirectOf(response);
    expect(response.status).toBe(302);
    expect(target).toBe(REDIRECT);
    expect([...parameters.keys()]).toEqual(['state', 'code', 'iss']);
    expect(parameters.get('state')).toBe('a state');
    expect(parameters.get('iss')).toBe(`${world().url}/MyApp/`);
    expect(await response.text()).toMatch(/<title>Object moved<\/title>.*\s+<h2>Object moved to <a href=/);
  });

  test('an absent state stays absent (R16)', async () => {
    const { cookie } = await world().signIn(ADA);
    const { parameters } = redirectOf(await world().authorize({ state: undefined }, { cookie }));
    expect([...parameters.keys()]).toEqual(['code', 'iss']);
  });

  test("a session's second handle counts as signed in", async () => {
    const { handle } = await world().signIn(ADA);
    const response = await world().authorize({}, { authorization: `Bearer ${handle}` });
    expect(redirectOf(response).parameters.has('code')).toBe(true);
  });

  test('a code gives an access token, a refresh token and no-store (D12)', async () => {
    const response = await world().redeem(await adasCode(world()));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 18_000,
      scope: 'all',
    });
  });

  test('a state that a client sends with its code is told back to it, whatever it holds', async () => {
    const code = await adasCode(world());
    const state = 'a "state" \u2028 of \\ the vendor';
    expect(await (await world().redeem(code, { state })).json()).toMatchObject({ state });
    const again = await world().redeem(await adasCode(world()));
    expect(await again.json()).not.toHaveProperty('state');
  });

  test('C01: a second use is refused and kills the tokens of the first', async () => {
    const code = await adasCode(world());
    const first = (await (await world().redeem(code)).json()) as {
      access_token: string;
      refresh_token: string;
    };
    expect(await world().whoami(first.access_token)).toBe(200);
    expect(await errorOf(await world().redeem(code))).toEqual(INVALID_GRANT);
    expect(await world().whoami(first.access_token)).toBe(401);
    expect(await world().introspect(first.access_token)).toEqual({ active: false });
    const { refresh_token } = first;
    const refreshed = await world().token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token });
    expect(await errorOf(refreshed)).toEqual(INVALID_GRANT);
  });

  test('C02: of 50 parallel redemptions one gets tokens', async () => {
    const code = await adasCode(world());
    const answers = await Promise.all(Array.from({ length: 50 }, () => world().redeem(code)));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 400)]);
    for (const answer of answers.filter((one) => one.status === 400))
      expect(await errorOf(answer)).toEqual(INVALID_GRANT);
  });

  test('C03: a code is dead after its lifetime', async () => {
    const code = await adasCode(world());
    world().clock.advance(60_000);
    expect(await errorOf(await world().redeem(code))).toEqual(INVALID_GRANT);
  });

  test('C04: another client, public or confidential, gets nothing and burns nothing', async () => {
    const code = await adasCode(world());
    expect(await errorOf(await world().redeem(code, { client_id: 'other' }))).toEqual(INVALID_GRANT);
    const { loginName, password } = SVC;
    const stolen = await world().redeem(code, { client_id: loginName, client_secret: password });
    expect(await errorOf(stolen)).toEqual(INVALID_GRANT);
    expect((await world().redeem(code)).status).toBe(200);
  });

  test("C05: a code is worth nothing at another app's endpoint", async () => {
    await world().apply({
      apps: [{ applicationId: 'second', name: 'second', userAccess: { roles: ['Developers'] } }],
    });
    const code = await adasCode(world());
    const fields = { grant_type: 'authorization_code', client_id: 'cli', redirect_uri: REDIRECT };
    const answer = await world().token({ ...fields, code, code_verifier: VERIFIER }, {}, 'second');
    expect(await errorOf(answer)).toEqual(INVALID_GRANT);
  });

  test('C06: a wrong client secret does not burn the code', async () => {
    const code = await adasCode(world(), { client_id: SVC.loginName });
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    };
    const wrong = await world().token(fields, basic({ ...SVC, password: 'wrong' }));
    expect(await errorOf(wrong)).toEqual({ status: 401, error: 'invalid_client' });
    const { loginName, password } = SVC;
    const right = await world().token({ ...fields, client_id: loginName, client_secret: password });
    expect(right.status).toBe(200);
  });

  test('a code dies with its user and with its app, also when both come again under their names', async () => {
    const { apply, core, tenant, operator } = world();
    const bob = { loginName: 'bob@acme.test', password: 'a password of bob 27' };
    const short = { ...APP, applicationId: 'short', name: 'short' };
    const members = [ADA.loginName, SVC.loginName, bob.loginName];
    const both = {
      users: [{ ...bob, email: bob.loginName, displayName: 'Bob' }],
      apps: [short],
      roles: [{ name: 'Developers', members }],
    };
    await apply(both);
    const { cookie } = await world().signIn(bob);
    const ofUser = await world().code(cookie);
    const { parameters } = redirectOf(
      await world().authorize({}, { cookie: (await world().signIn(ADA)).cookie }, 'short'),
    );
    const ofApp = parameters.get('code') ?? '';
    await core.admin.users.remove(tenant, operator, bob.loginName);
    await core.admin.apps.remove(tenant, operator, 'short');
    expect(await errorOf(await world().redeem(ofUser))).toEqual(INVALID_GRANT);
    await apply(both);
    expect(await errorOf(await world().redeem(ofUser))).toEqual(INVALID_GRANT);
    const fields = { grant_type: 'authorization_code', client_id: 'cli', redirect_uri: REDIRECT };
    const answer = await world().token({ ...fields, code: ofApp, code_verifier: VERIFIER }, {}, 'short');
    expect(await errorOf(answer)).toEqual(INVALID_GRANT);
  });

  test('C09: codes are 256 random bits without a common prefix', async () => {
    const { cookie } = await world().signIn(ADA);
    const codes = new Set<string>();
    for (let i = 0; i < 50; i++) codes.add(await world().code(cookie));
    expect(codes.size).toBe(50);
    for (const code of codes) expect(code).toMatch(/^[\w-]{47}$/);
    expect(new Set([...codes].map((code) => code[0])).size).toBeGreaterThan(5);
  });

  test.each([
    ['P03: the verifier is missing', { code_verifier: '' }],
    ['P05: the verifier is wrong', { code_verifier: OTHER_VERIFIER }],
    ['P05: the verifier in other case', { code_verifier: VERIFIER.toUpperCase() }],
    ['P05: the verifier padded', { code_verifier: `${VERIFIER}=` }],
    ['P05: the verifier is the challenge', { code_verifier: challengeOf(VERIFIER) }],
    ['the redirect_uri differs', { redirect_uri: 'https://rp.test/cb2' }],
    ['the redirect_uri is missing', { redirect_uri: '' }],
  ])('%s: invalid_grant', async (_, fields: Record<string, string>) => {
    const code = await adasCode(world());
    expect(await errorOf(await world().redeem(code, fields))).toEqual(INVALID_GRANT);
  });

  test('P04: a verifier without a challenge is refused', async () => {
    const sent = { client_id: SVC.loginName, code_challenge: undefined, code_challenge_method: undefined };
    const code = await adasCode(world(), sent);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
    const answer = await world().token({ ...fields, code_verifier: VERIFIER }, basic());
    expect(await errorOf(answer)).toEqual(INVALID_GRANT);
    expect((await world().token(fields, basic())).status).toBe(200);
  });

  test('C07: no token after the role, the user or the app was taken away meanwhile', async () => {
    const members = [ADA.loginName, SVC.loginName];
    const cases: [object, object][] = [
      [
        { roles: [{ name: 'Developers', members: [SVC.loginName] }] },
        { roles: [{ name: 'Developers', members }] },
      ],
      [
        { users: [{ loginName: ADA.loginName, enabled: false }] },
        { users: [{ loginName: ADA.loginName, enabled: true }] },
      ],
      [
        { apps: [{ applicationId: 'MyApp', enabled: false }] },
        { apps: [{ applicationId: 'MyApp', enabled: true }] },
      ],
    ];
    for (const [taken, back] of cases) {
      const code = await adasCode(world());
      await world().apply(taken);
      const answer = await world().redeem(code);
      expect(answer.status).toBe(400);
      await world().apply(back);
    }
  });
});
