import { expect, test } from 'vitest';
import { ADA, describeWorld, LOOPBACK, REDIRECT, redirectOf } from './support/world.js';

/** Redirects that only look like a registered one; each with the case it belongs to. */
const LOOK_ALIKES: [string, string][] = [
  ['R01', 'https://rp.test/cb/../evil'],
  ['R01', 'https://rp.test/cb/%2e%2e/evil'],
  ['R02', 'https://rp.test@evil.test/cb'],
  ['R02', 'https://evil.test\\@rp.test/cb'],
  ['R02', 'https://evil.test#@rp.test/cb'],
  ['R03', 'https://rp.test.evil.test/cb'],
  ['R03', 'https://evilrp.test/cb'],
  ['R03', 'https://rp.test./cb'],
  ['R03', 'https://RP.TEST/cb'],
  ['R04', 'https://rp.test:443/cb'],
  ['R04', 'https://rp.test:8443/cb'],
  ['R04', 'https://rp.test:0/cb'],
  ['R04', 'https://rp.test:/cb'],
  ['R05', 'http://rp.test/cb'],
  ['R05', 'javascript:alert(1)'],
  ['R05', 'data:text/html,x'],
  ['R06', 'https://rp.test/cb#'],
  ['R06', 'https://rp.test/cb#x'],
  ['R07', 'https://rp.test/cb?a=1'],
  ['R07', 'https://rp.test/%63b'],
  ['R10', 'http://localhost:51234/cb'],
  ['R10', 'http://127.0.0.2:51234/cb'],
  ['R10', 'http://[::1]:51234/cb'],
  ['R10', 'http://0.0.0.0:51234/cb'],
  ['R10', 'http://2130706433:51234/cb'],
  ['R10', 'http://127.0.0.1.evil.test/cb'],
  ['R10', 'http://127.0.0.1:51234@evil.test/cb'],
  ['R10', 'http://127.0.0.1:99999/cb'],
  ['R10', 'http://127.0.0.1:/cb'],
  ['R10', 'https://127.0.0.1:51234/cb'],
  ['R10', 'http://127.0.0.1:51234/cb/x'],
  ['R11', 'com.acme.app://cb'],
  ['R11', 'COM.ACME.APP:/cb'],
  ['R11', 'com.acme.app:/cb/x'],
];

describeWorld('redirect URIs, rule 4', (world) => {
  test.each(LOOK_ALIKES)('%s: %s is answered 400, never by redirect', async (_, uri) => {
    const { cookie } = await world().signIn(ADA);
    const response = await world().authorize({ redirect_uri: uri }, { cookie, accept: 'text/html' });
    expect(response.status).toBe(400);
    expect(response.headers.has('location')).toBe(false);
    expect(await response.text()).toContain('<code id="error-code">invalid_request</code>');
  });

  test('R08: a redirect_uri that comes twice is refused whichever is good', async () => {
    const { cookie } = await world().signIn(ADA);
    const request = new URLSearchParams({ response_type: 'code', client_id: 'cli', scope: 'all' });
    for (const uris of [
      [REDIRECT, 'https://evil.test/cb'],
      ['https://evil.test/cb', REDIRECT],
    ]) {
      const query = `${request}&${uris.map((uri) => `redirect_uri=${encodeURIComponent(uri)}`).join('&')}`;
      const response = await world().fetch(`/oauth2/authorize/MyApp?${query}`, { headers: { cookie } });
      expect(response.status).toBe(400);
      expect(response.headers.has('location')).toBe(false);
    }
  });

  test('R09: a missing redirect_uri is answered 400', async () => {
    const response = await world().authorize({ redirect_uri: undefined, scope: 'openid' });
    expect(response.status).toBe(400);
  });

  test.each([`${LOOPBACK.replace('127.0.0.1', '127.0.0.1:51234')}`, LOOPBACK])(
    'R10: of a loopback IP literal the port is free: %s',
    async (uri) => {
      const { cookie } = await world().signIn(ADA);
      const response = await world().authorize({ redirect_uri: uri }, { cookie });
      expect(redirectOf(response).target).toBe(uri);
      expect(redirectOf(response).parameters.has('code')).toBe(true);
    },
  );

  test('R11: a private-use redirect on the list is used as it stands', async () => {
    const { cookie } = await world().signIn(ADA);
    const response = await world().authorize({ redirect_uri: 'com.acme.app:/cb' }, { cookie });
    expect(redirectOf(response).target).toBe('com.acme.app:/cb');
  });

  test.each([
    'https://*.rp.test/cb',
    '*',
    'https://rp.test/cb#x',
    'javascript:alert(1)',
    'https://a@rp.test/cb',
  ])('R12: %s cannot be saved as a redirect', async (uri) => {
    await expect(world().configure({ generalUsage: { redirects: [uri] } })).rejects.toThrow(/redirects/);
  });

  test('R13: a redirect_uri of 64 KiB is answered 400', async () => {
    const response = await world().form('/oauth2/authorize/MyApp', {
      client_id: 'cli',
      redirect_uri: `https://rp.test/${'a'.repeat(65_536)}`,
    });
    expect(response.status).toBe(400);
  });

  test('R15: an unknown app, a disabled app and a client the app does not admit are pages', async () => {
    await world().apply({ apps: [{ applicationId: 'off', name: 'off', enabled: false }] });
    const confidentialOnly = { clientIdType: 'confidential', redirects: [REDIRECT] };
    await world().apply({
      apps: [{ applicationId: 'secret', name: 'secret', generalUsage: confidentialOnly }],
    });
    for (const app of ['nothing', 'off', 'secret']) {
      const response = await world().authorize({}, { accept: 'text/html' }, app);
      expect(response.status).toBe(400);
      expect(response.headers.has('location')).toBe(false);
    }
  });

  test('an error page shows codes, not what the request said (advisory 8)', async () => {
    const response = await world().authorize(
      { redirect_uri: 'https://x/"><script>alert(1)</script>' },
      { accept: 'text/html' },
    );
    expect(await response.text()).not.toContain('alert(1)');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });
});
