/** Device authorization: the device's two endpoints, and the user's page as a browser without script sees it. */
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  APP,
  basic,
  describeWorld,
  EVE,
  errorOf,
  SVC,
  type World,
} from './support/world.js';

const START = {
  tokens: { authMethods: ['authCode', 'deviceCode', 'clientCreds'], issueRefreshTokens: true },
};
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

interface Device {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** A browser at `/device`: its cookies, and the fields of the form it was shown last. */
async function browser(world: World, who = ADA) {
  const cookies = new Map<string, string>();
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      cookies.set(pair.slice(0, pair.indexOf('=')), pair);
    }
    return response;
  };
  const { cookie } = await world.signIn(who);
  cookies.set('.ASPXAUTH', cookie);
  const headers = () => ({ cookie: [...cookies.values()].join('; '), accept: 'text/html' });
  let token = '';
  const read = async (response: Response) => {
    const html = await keep(response).text();
    token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? token;
    return { status: response.status, html, location: response.headers.get('location') };
  };
  return {
    open: async (path = '/device') => read(await world.fetch(path, { headers: headers() })),
    post: async (fields: Record<string, string>) =>
      read(await world.form('/device', { form_token: token, ...fields }, headers())),
    cookie,
  };
}

describeWorld(
  'RFC 8628 device authorization',
  (world) => {
    beforeEach(() => world().clock.advance(3_600_000));

    async function start(fields: Record<string, string> = {}, headers = {}): Promise<Device> {
      const form = { client_id: 'tv', scope: 'whoami offline_access', ...fields };
      const response = await world().form('/oauth2/device/MyApp', form, headers);
      expect(response.status).toBe(200);
      return (await response.json()) as Device;
    }
    const ask = ({ device_code }: Device, fields: Record<string, string> = {}) =>
      world().token({ grant_type: GRANT, client_id: 'tv', device_code, ...fields });
    async function allow({ user_code }: Device, who = ADA) {
      const user = await browser(world(), who);
      await user.open();
      const asked = await user.post({ user_code });
      return { asked, answered: await user.post({ user_code, result: '1' }), user };
    }

    test('3.1 to 3.5: the device shows a code, the user allows it, the device gets tokens', async () => {
      const device = await start({ scope: 'openid whoami offline_access' });
      expect(device).toMatchObject({
        user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
        verification_uri: `${world().url}/device`,
        verification_uri_complete: `${world().url}/device?user_code=${device.user_code}`,
        expires_in: 600,
        interval: 5,
      });
      expect(await errorOf(await ask(device))).toEqual({ status: 400, error: 'authorization_pending' });
      const { asked, answered } = await allow({
        ...device,
        user_code: device.user_code.toLowerCase().replace('-', ' '),
      });
      expect(asked.html).toContain('id="unverified"');
      expect(asked.html).toContain('Know who you are');
      expect(asked.html).toContain('127.0.0.1');
      expect(answered.html).toContain('id="approved"');
      const response = await ask(device);
      expect(response.status).toBe(200);
      const tokens = (await response.json()) as Answer;
      expect(tokens.scope).toBe('openid whoami offline_access');
      expect(decodeJwt(tokens.id_token).aud).toBe('tv');
      expect(await world().whoami(tokens.access_token)).toBe(200);
      const refreshed = await world().token({
        grant_type: 'refresh_token',
        client_id: 'tv',
        refresh_token: tokens.refresh_token,
      });
      expect(refreshed.status).toBe(200);
    });

    test('3.4: the code is redeemed once; its second use revokes what the first gave', async () => {
      const device = await start();
      await allow(device);
      const { access_token } = (await (await ask(device)).json()) as Answer;
      expect(await errorOf(await ask(device))).toEqual({ status: 400, error: 'invalid_grant' });
      expect(await world().whoami(access_token)).toBe(401);
    });

    test('3.4: two devices that ask at once share one set of tokens between them', async () => {
      const device = await start();
      await allow(device);
      const answers = await Promise.all(Array.from({ length: 4 }, () => ask(device)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    test('3.5: who asks too soon is told to slow down, by five seconds each time', async () => {
      const device = await start();
      const next = async (seconds: number) => {
        world().clock.advance(seconds * 1000);
        return (await errorOf(await ask(device))).error;
      };
      expect(await next(0)).toBe('authorization_pending');
      expect(await next(2)).toBe('slow_down');
      expect(await next(6)).toBe('slow_down');
      expect(await next(15)).toBe('authorization_pending');
    });

    test('3.5: a denied, an expired and an unknown code say so', async () => {
      const denied = await start();
      const user = await browser(world());
      await user.open();
      await user.post({ user_code: denied.user_code });
      expect((await user.post({ user_code: denied.user_code, result: '0' })).html).toContain('id="denied"');
      expect(await errorOf(await ask(denied))).toEqual({ status: 400, error: 'access_denied' });
      const expired = await start();
      world().clock.advance(601_000);
      const { html } = await user.post({ user_code: expired.user_code });
      expect(html).toContain('id="device-fault"');
      expect(html, 'what was typed is kept').toContain(`value="${expired.user_code}"`);
      expect(await errorOf(await ask(expired))).toEqual({ status: 400, error: 'expired_token' });
      const unknown = { ...expired, device_code: 'x'.repeat(43) };
      expect(await errorOf(await ask(unknown))).toEqual({ status: 400, error: 'invalid_grant' });
    });

    test('another client, and a confidential one without its secret, cannot redeem the code', async () => {
      const device = await start();
      await allow(device);
      expect((await errorOf(await ask(device, { client_id: 'other' }))).error).toBe('invalid_grant');
      const form = { client_id: SVC.loginName, scope: 'whoami' };
      expect((await world().form('/oauth2/device/MyApp', form)).status).toBe(401);
      expect((await world().form('/oauth2/device/MyApp', { scope: 'whoami' }, basic())).status).toBe(200);
      expect((await ask(device)).status).toBe(200);
    });

    test('the Auth Method opens it, and discovery says so only then', async () => {
      const metadata = async () =>
        (await (await world().fetch('/MyApp/.well-known/openid-configuration')).json()) as Record<
          string,
          unknown
        >;
      expect(await metadata()).toMatchObject({
        device_authorization_endpoint: `${world().url}/oauth2/device/MyApp`,
        grant_types_supported: expect.arrayContaining([GRANT]),
      });
      const device = await start();
      await allow(device);
      await world().configure({ tokens: { authMethods: ['authCode'] } });
      expect(await metadata()).not.toHaveProperty('device_authorization_endpoint');
      const refused = await world().form('/oauth2/device/MyApp', { client_id: 'tv', scope: 'whoami' });
      expect(await errorOf(refused)).toEqual({ status: 400, error: 'unauthorized_client' });
      expect(await errorOf(await ask(device))).toEqual({ status: 400, error: 'unauthorized_client' });
      await world().configure(START);
    });

    describe('the user’s page', () => {
      test('leads to the sign-in and back to the code, and asks before anything happens (3.3.1)', async () => {
        const device = await start();
        const path = `/device?user_code=${device.user_code}`;
        const anonymous = await world().fetch(path, { headers: { accept: 'text/html' } });
        expect(anonymous.status).toBe(302);
        const target = new URL(anonymous.headers.get('location') ?? '', world().url);
        expect([target.pathname, target.searchParams.get('cloudRedirect')]).toEqual([
          '/login',
          path.slice(1),
        ]);
        const user = await browser(world());
        expect((await user.open(path)).html).toContain(`value="${device.user_code}"`);
        expect((await errorOf(await ask(device))).error).toBe('authorization_pending');
      });

      test('binds the request to the session that first typed the code: no other one answers', async () => {
        const device = await start();
        const [mine, theirs] = [await browser(world()), await browser(world())];
        await mine.open();
        await mine.post({ user_code: device.user_code });
        await theirs.open();
        const tries: Record<string, string>[] = [{}, { result: '1' }];
        for (const result of tries)
          expect((await theirs.post({ user_code: device.user_code, ...result })).html).toContain(
            'device-fault',
          );
        expect((await errorOf(await ask(device))).error).toBe('authorization_pending');
        expect((await mine.post({ user_code: device.user_code, result: '1' })).html).toContain(
          'id="approved"',
        );
        expect((await mine.post({ user_code: device.user_code, result: '0' })).html).toContain(
          'device-fault',
        );
      });

      test('an answer without a look at the question is none', async () => {
        const device = await start();
        const user = await browser(world());
        await user.open();
        expect((await user.post({ user_code: device.user_code, result: '1' })).html).toContain(
          'device-fault',
        );
      });

      test('5.1: wrong codes are capped, and a right one does not forgive them', async () => {
        const eve = { loginName: 'guesser@acme.test', password: 'guesses a code 77' };
        await world().apply({
          users: [{ ...eve, email: eve.loginName, displayName: 'Guesser' }],
          roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName, eve.loginName] }],
        });
        const user = await browser(world(), eve);
        await user.open();
        const own = await start();
        for (let i = 0; i < 6; i++) {
          await user.post({ user_code: `BBBB-BBB${'BCDFGH'[i]}` });
          if (i === 2) expect((await user.post({ user_code: own.user_code })).html).toContain('id="allow"');
        }
        const right = await start();
        expect((await user.post({ user_code: right.user_code })).html).toContain('device-fault');
        world().clock.advance(60_000);
        expect((await user.post({ user_code: right.user_code })).html).toContain('id="allow"');
      });

      test('a user without a role of the app connects nothing (rule 1)', async () => {
        const device = await start();
        const { asked, answered } = await allow(device, EVE);
        expect(asked.html).toContain('You may not use this app');
        expect(answered.html).not.toContain('id="approved"');
      });

      test('an app’s token, a foreign page and a form from elsewhere get nothing (rules 12 and 15)', async () => {
        const device = await start();
        const user = await browser(world());
        const fields = { user_code: device.user_code };
        const issued = await world().token({ grant_type: 'client_credentials', scope: 'all' }, basic());
        const { access_token } = (await issued.json()) as Answer;
        const bearer = { authorization: `Bearer ${access_token}`, 'x-centrify-native-client': '1' };
        expect((await world().form('/device', fields, bearer)).status).toBe(403);
        const foreign = { cookie: user.cookie, origin: 'https://evil.test' };
        expect((await world().form('/device', fields, foreign)).status).toBe(403);
        expect((await world().form('/device', fields, { cookie: user.cookie })).status).toBe(403);
      });

      test('a user taken out of the role, or a session ended, before the device asks gets no token', async () => {
        const device = await start({ scope: 'whoami' });
        const { user } = await allow(device);
        const out = { method: 'POST', headers: { cookie: user.cookie, 'x-centrify-native-client': '1' } };
        await world().fetch('/security/logout', out);
        expect((await errorOf(await ask(device))).error).toBe('invalid_grant');
        const second = await start();
        await allow(second);
        await world().apply({ roles: [{ name: 'Developers', members: [SVC.loginName] }] });
        expect((await errorOf(await ask(second))).error).toBe('invalid_grant');
        await world().apply({ roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }] });
      });

      test('lets the user leave scopes out where the app says so', async () => {
        await world().configure({ scope: { ...APP.scope, allowScopeSelection: true } });
        const device = await start({ scope: 'all whoami offline_access' });
        const user = await browser(world());
        await user.open();
        expect((await user.post({ user_code: device.user_code })).html).toContain(
          'type="checkbox" name="scopes"',
        );
        await user.post({ user_code: device.user_code, result: '1', scopes: 'whoami' });
        expect(((await (await ask(device)).json()) as Answer).scope).toBe('whoami');
        await world().configure({ scope: { ...APP.scope, allowScopeSelection: false } });
      });
    });

    test.each(['openid-client', 'oauth4webapi'])('%s completes it, unmodified', async (library) => {
      const issuer = new URL(`${world().url}/MyApp/`);
      if (library === 'openid-client') {
        const config = await oidc.discovery(issuer, 'tv', undefined, oidc.None(), {
          execute: [oidc.allowInsecureRequests],
        });
        const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid whoami' });
        await allow(device as Device);
        const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 });
        expect(tokens.claims()?.sub).toBeTypeOf('string');
        return;
      }
      const options = { [oauth.allowInsecureRequests]: true };
      const client: oauth.Client = { client_id: 'tv' };
      const found = await oauth.discoveryRequest(issuer, options);
      const as = await oauth.processDiscoveryResponse(issuer, found);
      const asked = await oauth.deviceAuthorizationRequest(
        as,
        client,
        oauth.None(),
        { scope: 'whoami' },
        options,
      );
      const device = await oauth.processDeviceAuthorizationResponse(as, client, asked);
      await allow(device as Device);
      const answer = await oauth.deviceCodeGrantRequest(
        as,
        client,
        oauth.None(),
        device.device_code,
        options,
      );
      const tokens = await oauth.processDeviceCodeResponse(as, client, answer);
      expect(tokens.scope).toBe('whoami');
    });
  },
  START,
);
