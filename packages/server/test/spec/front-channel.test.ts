import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { createBrowser } from './conformance/browser.js';
import { ADA, basic, describeWorld, EVE, REDIRECT, redirectOf, SVC, type World } from './support/world.js';

type Sent = Record<string, string | undefined>;
const NO_PKCE: Sent = { code_challenge: undefined, code_challenge_method: undefined };
const ID_TOKEN: Sent = { ...NO_PKCE, response_type: 'id_token', scope: 'openid', nonce: 'n' };

const METHODS = ['authCode', 'implicit', 'clientCreds', 'resourceOwner'];
const IMPLICIT = { tokens: { authMethods: METHODS, issueRefreshTokens: true } };

async function answered(world: World, sent: Sent, who = ADA): Promise<URLSearchParams> {
  const { cookie } = await world.signIn(who);
  return redirectOf(await world.authorize(sent, { cookie })).parameters;
}

describeWorld(
  'tokens by the front channel',
  (world) => {
    test('the Auth Method implicit opens them, and without it they are refused', async () => {
      expect((await answered(world(), ID_TOKEN)).has('id_token')).toBe(true);
      await world().configure({ tokens: { authMethods: ['authCode'] } });
      expect((await answered(world(), ID_TOKEN)).get('error')).toBe('unsupported_response_type');
      await world().configure(IMPLICIT);
    });

    test('without authCode no hybrid is served', async () => {
      await world().configure({ tokens: { authMethods: ['implicit'] } });
      const sent = { ...ID_TOKEN, response_type: 'code id_token' };
      expect((await answered(world(), sent)).get('error')).toBe('unsupported_response_type');
      await world().configure(IMPLICIT);
    });

    test('P08: tokens never travel in a query', async () => {
      const { cookie } = await world().signIn(ADA);
      const response = await world().authorize({ ...ID_TOKEN, response_mode: 'query' }, { cookie });
      expect(response.headers.get('location')).toMatch(/^https:\/\/rp\.test\/cb#.*error=invalid_request/);
    });

    test('a public client needs PKCE for the code of a hybrid answer', async () => {
      const sent = { ...ID_TOKEN, response_type: 'code id_token' };
      expect((await answered(world(), sent)).get('error_description')).toContain('code_challenge');
    });

    test('an ID token needs the scope openid', async () => {
      expect((await answered(world(), { ...ID_TOKEN, scope: 'all' })).get('error')).toBe('invalid_request');
    });

    test('rule 3: admitOldClients does without nonce', async () => {
      const sent = { ...ID_TOKEN, nonce: undefined };
      expect((await answered(world(), sent)).get('error_description')).toContain('admitOldClients');
      await world().configure({ generalUsage: { admitOldClients: true } });
      expect((await answered(world(), sent)).has('id_token')).toBe(true);
      await world().configure({ generalUsage: { admitOldClients: false } });
    });

    test('rule 1: a user without a role of the app gets none', async () => {
      expect((await answered(world(), ID_TOKEN, EVE)).get('error')).toBe('access_denied');
    });

    test('rule 12: an access token from here ends with its session', async () => {
      const { cookie } = await world().signIn(ADA);
      const sent = { ...NO_PKCE, response_type: 'token', scope: 'all' };
      const { parameters } = redirectOf(await world().authorize(sent, { cookie }));
      const token = parameters.get('access_token') ?? '';
      expect(await world().whoami(token)).toBe(200);
      expect(parameters.has('refresh_token')).toBe(false);
      const headers = { cookie, 'x-centrify-native-client': '1' };
      await world().fetch('/security/logout', { method: 'POST', headers });
      expect(await world().whoami(token)).toBe(401);
    });

    test('the answer of an opaque app opens userinfo too', async () => {
      await world().configure({ tokens: { type: 'opaque' } });
      const parameters = await answered(world(), { ...ID_TOKEN, response_type: 'id_token token' });
      const headers = { authorization: `Bearer ${parameters.get('access_token')}` };
      expect((await world().fetch('/oauth2/userinfo/MyApp', { headers })).status).toBe(200);
      await world().configure({ tokens: { type: 'JwtRS256' } });
    });
  },
  IMPLICIT,
);

describeWorld(
  "rule 15, a client's own token at authorize",
  (world) => {
    const ownToken = async () => {
      const response = await world().token({ grant_type: 'client_credentials', scope: 'all' }, basic());
      return ((await response.json()) as { access_token: string }).access_token;
    };
    const ask = async (sent: Sent, token?: string) =>
      world().authorize(
        { ...ID_TOKEN, nonce: undefined, ...sent },
        {
          authorization: `Bearer ${token ?? (await ownToken())}`,
        },
      );

    test('yields an ID token about the client under admitOldClients', async () => {
      await world().configure({ generalUsage: { admitOldClients: true } });
      const { target, parameters } = redirectOf(await ask({ client_id: 'MyApp', scope: 'openid profile' }));
      expect(target).toBe(REDIRECT);
      expect(decodeJwt(parameters.get('id_token') ?? '')).toMatchObject({ unique_name: 'svc@acme.test' });
    });

    test('yields nothing else, and nothing for a token of a person', async () => {
      for (const response_type of ['code', 'token', 'id_token token', 'code id_token'])
        expect((await ask({ response_type })).status).toBe(403);
      const { cookie } = await world().signIn(ADA);
      const { access_token: token } = await world().tokens(cookie);
      expect((await ask({}, token)).status).toBe(403);
    });

    test('yields nothing without admitOldClients', async () => {
      await world().configure({ generalUsage: { admitOldClients: false } });
      const refused = await ask({ nonce: 'n' });
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('admitOldClients');
    });
  },
  IMPLICIT,
);

describeWorld('whom and what a request is about', (world) => {
  test('id_token_hint of another user asks for a sign-in, and never answers for this one', async () => {
    const { id_token: hint } = await world().tokens((await world().signIn(ADA)).cookie, { scope: 'openid' });
    await world().apply({ roles: [{ name: 'Developers', members: [ADA.loginName, EVE.loginName] }] });
    const { cookie } = await world().signIn(EVE);
    const silent = redirectOf(await world().authorize({ id_token_hint: hint, prompt: 'none' }, { cookie }));
    expect(silent.parameters.get('error')).toBe('login_required');
    const asked = redirectOf(await world().authorize({ id_token_hint: hint }, { cookie }));
    expect(asked.target).toBe('/login');
    world().clock.advance(1000);
    const { cookie: again } = await world().signIn(EVE);
    const back = await world().fetch(`/${asked.parameters.get('cloudRedirect')}`, {
      headers: { cookie: again },
    });
    expect(redirectOf(back).parameters.get('error')).toBe('login_required');
  });

  test('a hint that is no ID token for this client is invalid_request', async () => {
    const { cookie } = await world().signIn(ADA);
    const { id_token, access_token } = await world().tokens(cookie, { scope: 'openid' });
    for (const sent of [
      { id_token_hint: access_token },
      { id_token_hint: 'x' },
      { id_token_hint: id_token, client_id: 'another' },
    ])
      expect((await answered(world(), sent)).get('error')).toBe('invalid_request');
  });

  test('claims: a sub asks for that user alone, an unreadable parameter is invalid_request', async () => {
    const other = JSON.stringify({ id_token: { sub: { value: 'somebody else' } } });
    expect((await answered(world(), { claims: other, prompt: 'none' })).get('error')).toBe('login_required');
    for (const claims of ['{', '[]', '"x"', '{"userinfo":{"name":1}}', '{"id_token":3}'])
      expect((await answered(world(), { claims })).get('error')).toBe('invalid_request');
  });

  test('claims: what is asked for the ID token stands there, at refresh too', async () => {
    const { cookie } = await world().signIn(ADA);
    const claims = JSON.stringify({ id_token: { email: null, unheard_of: null } });
    const tokens = await world().tokens(cookie, { scope: 'openid', claims });
    expect(decodeJwt(tokens.id_token)).toMatchObject({ email: ADA.loginName });
    expect(decodeJwt(tokens.id_token)).not.toHaveProperty('unheard_of');
    const fields = { grant_type: 'refresh_token', client_id: 'cli', refresh_token: tokens.refresh_token };
    const { id_token: fresh } = (await (await world().token(fields)).json()) as { id_token: string };
    expect(decodeJwt(fresh)).toMatchObject({ email: ADA.loginName });
  });

  test('claims: what no scope holds is put to the user, each time', async () => {
    await world().configure({ scope: { userMustConfirm: true } });
    const browser = createBrowser(world().url);
    const request = { response_type: 'code', client_id: SVC.loginName, redirect_uri: REDIRECT };
    const signin = { username: ADA.loginName, password: ADA.password };
    const ask = (more: Record<string, string>, allow: object | null = {}) =>
      browser.open(`/oauth2/authorize/MyApp?${new URLSearchParams({ ...request, ...more })}`, {
        signin,
        allow: allow && {},
      });
    const claims = JSON.stringify({ userinfo: { email: null } });
    expect((await ask({ scope: 'openid email' })).shown).toEqual(['signin', 'allow']);
    expect((await ask({ scope: 'openid email', claims })).shown).toEqual([]);
    expect((await ask({ scope: 'openid', claims })).shown).toEqual(['allow']);
    const { html } = await ask({ scope: 'openid', claims }, null);
    expect(html).toContain('Read about you: email');
    await world().configure({ scope: { userMustConfirm: false } });
  });

  test('form_post: the page may post to the redirect alone, and shows what comes as text', async () => {
    const { cookie } = await world().signIn(ADA);
    const response = await world().authorize({ response_mode: 'form_post', state: '"><b>' }, { cookie });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self' https://rp.test;");
    expect(response.headers.get('cache-control')).toBe('no-store');
    const html = await response.text();
    expect(html).toContain('id="continue"');
    expect(html).not.toContain('"><b>');
  });
});
