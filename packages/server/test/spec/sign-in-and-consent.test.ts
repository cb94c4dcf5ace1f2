import { beforeEach, describe, expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  APP,
  basic,
  describeWorld,
  REDIRECT,
  redirectOf,
  SVC,
  type World,
} from './support/world.js';

/** The `bounce` of a redirect to the login page. */
function bounceOf(response: Response): string {
  const { target, parameters } = redirectOf(response);
  expect(target).toBe('/login');
  return /bounce=([\w-]{43})$/.exec(parameters.get('cloudRedirect') ?? '')?.[1] ?? '';
}

function comeBack(world: World, bounce: string, cookie: string): Promise<Response> {
  return world.fetch(`/Oauth2/Authorize/MyApp?bounce=${bounce}`, { headers: { cookie } });
}

/** The consent page: its form, and the cookie that binds it to the browser. */
interface Shown {
  html: string;
  fields: Record<string, string>;
  cookie: string;
}

async function shown(response: Response, session: string): Promise<Shown> {
  expect(response.status).toBe(200);
  const html = await response.text();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  const browser = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  return {
    html,
    fields: { form_token: field('form_token'), bounce: field('bounce') },
    cookie: [session, ...browser].join('; '),
  };
}

function confirm(world: World, page: Shown, fields: Record<string, string>, cookie = page.cookie) {
  return world.form('/oauth2/confirm/MyApp', { ...page.fields, ...fields }, { cookie });
}

describeWorld('sign-in, protocol section 5.1', (world) => {
  test('without a session the answer leads to the login page, in the shape the clients know', async () => {
    const response = await world().authorize();
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toMatch(
      /^\/login\?cloudRedirect=Oauth2%2FAuthorize%2FMyApp%3Fbounce%3D[\w-]{43}$/,
    );
    expect(await response.text()).toContain('<title>Object moved</title>');
  });

  test('the request comes back from the login page, and its key works once', async () => {
    const bounce = bounceOf(await world().authorize({ scope: 'whoami', nonce: 'n' }));
    const { cookie } = await world().signIn(ADA);
    const { parameters } = redirectOf(await comeBack(world(), bounce, cookie));
    expect(parameters.get('state')).toBe('a state');
    const answer = (await (await world().redeem(parameters.get('code') ?? '')).json()) as Answer;
    expect(answer.scope).toBe('whoami');
    expect((await comeBack(world(), bounce, cookie)).status).toBe(400);
  });

  test('of 20 browsers that bring one request back at once, one gets a code', async () => {
    const bounce = bounceOf(await world().authorize());
    const { cookie } = await world().signIn(ADA);
    const back = await Promise.all(Array.from({ length: 20 }, () => comeBack(world(), bounce, cookie)));
    expect(back.filter((response) => response.status === 302)).toHaveLength(1);
    expect(back.filter((response) => response.status === 400)).toHaveLength(19);
  });

  test('a key that is unknown, expired or of another app is a page', async () => {
    await world().apply({ apps: [{ applicationId: 'second', name: 'second' }] });
    const bounce = bounceOf(await world().authorize());
    const { cookie } = await world().signIn(ADA);
    const elsewhere = await world().fetch(`/oauth2/authorize/second?bounce=${bounce}`, {
      headers: { cookie },
    });
    expect(elsewhere.status).toBe(400);
    expect((await comeBack(world(), 'x'.repeat(43), cookie)).status).toBe(400);
    world().clock.advance(31 * 60_000);
    expect((await comeBack(world(), bounce, cookie)).status).toBe(400);
  });

  test('what the app no longer allows is refused when the request comes back (advisory 36)', async () => {
    const bounce = bounceOf(await world().authorize());
    const { cookie } = await world().signIn(ADA);
    await world().configure({ tokens: { authMethods: ['clientCreds'] } });
    const { parameters } = redirectOf(await comeBack(world(), bounce, cookie));
    expect(parameters.get('error')).toBe('unauthorized_client');
    await world().configure({ tokens: { authMethods: ['authCode', 'clientCreds', 'resourceOwner'] } });
  });

  test('the parked request holds no secret (K03)', async () => {
    const sent = { client_id: SVC.loginName, client_secret: SVC.password };
    bounceOf(await world().authorize(sent));
    const { cookie } = await world().signIn(ADA);
    const bounce = bounceOf(await world().authorize(sent));
    expect(redirectOf(await comeBack(world(), bounce, cookie)).parameters.has('code')).toBe(true);
  });

  test('prompt=none without a session is login_required', async () => {
    const { parameters } = redirectOf(await world().authorize({ prompt: 'none' }));
    expect(parameters.get('error')).toBe('login_required');
    const { cookie } = await world().signIn(ADA);
    const silent = await world().authorize({ prompt: 'none' }, { cookie });
    expect(redirectOf(silent).parameters.has('code')).toBe(true);
  });

  test.each([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=select_account', { prompt: 'select_account' }],
    ['max_age=0', { max_age: '0' }],
    ['an elapsed max_age', { max_age: '5' }],
  ])('%s asks a signed-in user again, and a session from before does not do', async (_, sent) => {
    const before = await world().signIn(ADA);
    world().clock.advance(6_000);
    const response = await world().authorize(sent, { cookie: before.cookie });
    const bounce = bounceOf(response);
    expect(redirectOf(response).parameters.get('prompt')).toBe('login');
    const again = bounceOf(await comeBack(world(), bounce, before.cookie));
    world().clock.advance(1_000);
    const { cookie } = await world().signIn(ADA);
    expect(redirectOf(await comeBack(world(), again, cookie)).parameters.has('code')).toBe(true);
  });

  test('a max_age that is not over lets the session pass', async () => {
    const { cookie } = await world().signIn(ADA);
    const response = await world().authorize({ max_age: '10000' }, { cookie });
    expect(redirectOf(response).parameters.has('code')).toBe(true);
  });

  test("rule 15: an app's access token yields no code and no sign-in", async () => {
    const { cookie } = await world().signIn(ADA);
    const { access_token } = await world().tokens(cookie);
    const service = await world().token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    const { access_token: ofClient } = (await service.json()) as Answer;
    for (const token of [access_token, ofClient]) {
      const headers = { authorization: `Bearer ${token}`, cookie };
      const response = await world().authorize({}, headers);
      expect(response.status).toBe(403);
      expect(response.headers.has('location')).toBe(false);
      const confirmed = await world().form('/oauth2/confirm/MyApp', { bounce: 'x', result: '1' }, headers);
      expect(confirmed.status).toBe(403);
    }
  });
});

describeWorld(
  'consent',
  (world) => {
    let cookie = '';
    beforeEach(async () => {
      ({ cookie } = await world().signIn(ADA));
      await world().configure({ scope: { userMustConfirm: true, allowScopeSelection: false } });
    });

    const OF_CLIENT = { client_id: SVC.loginName };

    test('the page names the app, the client and each scope with its endpoints', async () => {
      const page = await shown(await world().authorize({ scope: 'whoami openid' }, { cookie }), cookie);
      for (const text of ['My app', 'cli', '(unverified)', 'Know who you are', 'security/whoami', 'rp.test'])
        expect(page.html).toContain(text);
      expect(page.html).toMatch(/id="allow".*|id="deny"/);
    });

    test('a pattern is shown as the endpoints that it opens, or as everything', async () => {
      const scope = (name: string, ...restRegex: string[]) => ({ name, description: name, restRegex });
      const definitions = [
        scope('some', 'security/who.*', 'api/v1/me/?'),
        scope('odd', '<b>'),
        scope('all', '.*'),
      ];
      await world().configure({ scope: { definitions } });
      const page = await shown(await world().authorize({ scope: 'some odd all' }, { cookie }), cookie);
      const told = [...page.html.matchAll(/<details[^>]*>.*?<\/details>/gs)].map(([text]) => text);
      expect(told[0]).toMatch(/<code>security\/whoami<\/code>.*<code>api\/v1\/me<\/code>/s);
      expect(told[0]).not.toContain('who.*');
      expect(told[1]).toContain('<code>&lt;b></code>');
      expect(told[2]).toContain('Everything here that you may do yourself.');
      await world().configure({ scope: { definitions: APP.scope.definitions } });
    });

    test('a confidential client is shown by its name and not as unverified', async () => {
      const page = await shown(await world().authorize(OF_CLIENT, { cookie }), cookie);
      expect(page.html).toContain('Reports service');
      expect(page.html).not.toContain('unverified');
    });

    test('form-action of the page is this site and the checked redirect alone', async () => {
      const response = await world().authorize({}, { cookie });
      expect(response.headers.get('content-security-policy')).toContain(
        "form-action 'self' https://rp.test;",
      );
    });

    test('Allow gives a code by 303, once', async () => {
      const page = await shown(await world().authorize({}, { cookie }), cookie);
      const response = await confirm(world(), page, { result: '1' });
      expect(response.status).toBe(303);
      expect(redirectOf(response).target).toBe(REDIRECT);
      const code = redirectOf(response).parameters.get('code') ?? '';
      expect((await world().redeem(code)).status).toBe(200);
      expect((await confirm(world(), page, { result: '1' })).status).toBe(400);
    });

    test('Deny gives access_denied, and Allow is then too late', async () => {
      const page = await shown(await world().authorize({}, { cookie }), cookie);
      const { parameters } = redirectOf(await confirm(world(), page, { result: '0' }));
      expect(parameters.get('error')).toBe('access_denied');
      expect(parameters.get('error_description')).toBe('User denied confirmation');
      expect((await confirm(world(), page, { result: '1' })).status).toBe(400);
    });

    test('the request that waited for the sign-in ends with the answer too', async () => {
      const bounce = bounceOf(await world().authorize());
      const page = await shown(await comeBack(world(), bounce, cookie), cookie);
      expect(redirectOf(await confirm(world(), page, { result: '1' })).parameters.has('code')).toBe(true);
      expect((await comeBack(world(), bounce, cookie)).status).toBe(400);
    });

    test('another session cannot answer for the one that saw the page (advisory 22)', async () => {
      const page = await shown(await world().authorize({}, { cookie }), cookie);
      const other = await world().signIn(ADA);
      const stolen = await confirm(world(), page, { result: '1' }, page.cookie.replace(cookie, other.cookie));
      expect(stolen.status).toBe(400);
      expect(stolen.headers.has('location')).toBe(false);
    });

    test('L01: a foreign Origin, or none and no form token, is 403', async () => {
      const page = await shown(await world().authorize({}, { cookie }), cookie);
      const fields = { bounce: page.fields.bounce ?? '', result: '1' };
      const foreign = { cookie: page.cookie, origin: 'https://evil.test' };
      expect(
        (await world().form('/oauth2/confirm/MyApp', { ...page.fields, ...fields }, foreign)).status,
      ).toBe(403);
      const bare = await world().form('/oauth2/confirm/MyApp', fields, { cookie: page.cookie });
      expect(bare.status).toBe(403);
    });

    test("the vendor's query form of Confirm works with its native-client header", async () => {
      const page = await shown(await world().authorize({}, { cookie }), cookie);
      const query = `bounce=${page.fields.bounce}&result=1&scopes=all`;
      const response = await world().fetch(`/OAuth2/Confirm/MyApp?${query}`, {
        method: 'POST',
        headers: { cookie, 'x-centrify-native-client': '1' },
      });
      expect(redirectOf(response).parameters.has('code')).toBe(true);
    });

    test('scopes can be left out where the app allows it, and none is added', async () => {
      await world().configure({ scope: { allowScopeSelection: true } });
      const page = await shown(await world().authorize({ scope: 'all whoami' }, { cookie }), cookie);
      const response = await confirm(world(), page, { result: '1', scopes: 'whoami,openid' });
      const code = redirectOf(response).parameters.get('code') ?? '';
      expect(((await (await world().redeem(code)).json()) as Answer).scope).toBe('whoami');

      const none = await shown(await world().authorize({}, { cookie }), cookie);
      const { parameters } = redirectOf(await confirm(world(), none, { result: '1' }));
      expect(parameters.get('error')).toBe('access_denied');
    });

    test('scopes cannot be left out where the app does not allow it', async () => {
      const page = await shown(await world().authorize({ scope: 'all whoami' }, { cookie }), cookie);
      const response = await confirm(world(), page, { result: '1', scopes: 'whoami' });
      const code = redirectOf(response).parameters.get('code') ?? '';
      expect(((await (await world().redeem(code)).json()) as Answer).scope).toBe('all whoami');
    });

    test('prompt=none where consent is needed is consent_required', async () => {
      const { parameters } = redirectOf(await world().authorize({ prompt: 'none' }, { cookie }));
      expect(parameters.get('error')).toBe('consent_required');
    });

    describe('remembered for a confidential client with an https redirect', () => {
      test('the same scopes are not asked about again, a further one and prompt=consent are', async () => {
        const page = await shown(
          await world().authorize({ ...OF_CLIENT, scope: 'whoami' }, { cookie }),
          cookie,
        );
        await confirm(world(), page, { result: '1' });
        const again = await world().authorize({ ...OF_CLIENT, scope: 'whoami' }, { cookie });
        expect(redirectOf(again).parameters.has('code')).toBe(true);
        expect((await world().authorize({ ...OF_CLIENT, scope: 'whoami all' }, { cookie })).status).toBe(200);
        const asked = await world().authorize(
          { ...OF_CLIENT, scope: 'whoami', prompt: 'consent' },
          { cookie },
        );
        expect(asked.status).toBe(200);
      });

      test('never for a public client, nor for a loopback or private-use redirect', async () => {
        const kept = await shown(await world().authorize({ ...OF_CLIENT, scope: 'all' }, { cookie }), cookie);
        await confirm(world(), kept, { result: '1' });
        const cases = [
          {},
          { ...OF_CLIENT, redirect_uri: 'http://127.0.0.1:5000/cb' },
          { ...OF_CLIENT, redirect_uri: 'com.acme.app:/cb' },
        ];
        for (const sent of cases) {
          const page = await shown(await world().authorize({ ...sent, scope: 'all' }, { cookie }), cookie);
          await confirm(world(), page, { result: '1' });
          expect((await world().authorize({ ...sent, scope: 'all' }, { cookie })).status).toBe(200);
        }
      });
    });

    test('D04: markup in names and descriptions is inert', async () => {
      const description = '<img src=x onerror=alert(1)>';
      await world().configure({ name: description, scope: { definitions: [{ name: 'all', description }] } });
      const page = await shown(await world().authorize({}, { cookie }), cookie);
      expect(page.html).not.toContain('<img');
    });
  },
  { name: 'My app' },
);
