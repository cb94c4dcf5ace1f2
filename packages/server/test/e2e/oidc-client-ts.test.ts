/** oidc-client-ts, unmodified, in a page of another origin: everything it asks for it asks for across origins. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser } from '../support/browser.js';
import { createTestServer, type TestServer } from '../support/server.js';

const PERSON = { loginName: 'ada@acme.test', password: 'lovelace engine 1843' };
const library = join(
  dirname(createRequire(import.meta.url).resolve('oidc-client-ts/package.json')),
  'dist/browser/oidc-client-ts.min.js',
);

/** What the page does, whole: sign in, come back, renew, sign out. */
const page = (authority: string) => `<!doctype html><title>App</title>
<script src="/library.js"></script>
<p id="said"></p><button id="renew">Renew</button><button id="out">Sign out</button>
<script type="module">
  const manager = new oidc.UserManager({
    authority: '${authority}',
    client_id: 'page',
    redirect_uri: location.origin + '/',
    post_logout_redirect_uri: location.origin + '/bye',
    scope: 'openid profile offline_access',
    loadUserInfo: true,
  });
  const say = (text) => { document.getElementById('said').textContent = text; };
  try {
    if (location.pathname === '/bye') say('bye');
    else if (new URLSearchParams(location.search).has('code')) {
      const user = await manager.signinCallback();
      say('signed in as ' + user.profile.name);
    } else await manager.signinRedirect();
  } catch (error) { say('failed: ' + error); }
  document.getElementById('renew').onclick = async () => {
    const before = await manager.getUser();
    const after = await manager.signinSilent();
    say(after.access_token === before.access_token ? 'the same' : 'renewed');
  };
  document.getElementById('out').onclick = async () => {
    await manager.revokeTokens();
    await manager.signoutRedirect();
  };
</script>`;

describe.skipIf(!chromiumPath)('oidc-client-ts in a page of another origin', () => {
  let server: TestServer;
  let site: Server;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    server = await createTestServer();
    site = createServer((request, response) => {
      const isLibrary = request.url === '/library.js';
      const type = isLibrary ? 'text/javascript' : 'text/html';
      response.writeHead(200, { 'content-type': type });
      response.end(isLibrary ? readFileSync(library) : page(`${server.url}/Spa`));
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    await server.apply({
      tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
      users: [{ ...PERSON, email: PERSON.loginName, displayName: 'Ada Lovelace' }],
      apps: [
        {
          applicationId: 'Spa',
          name: 'Spa',
          generalUsage: { redirects: [`${origin}/`], postLogoutRedirects: [`${origin}/bye`] },
          tokens: { issueRefreshTokens: true },
          userAccess: { roles: ['Everybody'] },
        },
      ],
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    site.close();
    await server.close();
  });

  test('signs in, reads userinfo, renews, revokes and signs out', { timeout: 60_000 }, async () => {
    const tab = await browser.newPage();
    tab.setDefaultTimeout(15_000);
    const complaints: string[] = [];
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await tab.goto(`${origin}/`);
    await tab.fill('#username', PERSON.loginName);
    await tab.fill('#password', PERSON.password);
    await tab.click('#signin');
    await tab.getByText('signed in as Ada Lovelace').waitFor();
    await tab.click('#renew');
    await tab.getByText('renewed').waitFor();
    await tab.click('#out');
    await tab.click('#logout-yes');
    await tab.getByText('bye').waitFor();
    expect(complaints.filter((line) => !/favicon/.test(line))).toEqual([]);
  });
});
