/**
 * The founding document's walkthrough, literally: declare two apps, put the confidential client in a role, get a
 * code in a real browser through login, second factor and consent, exchange it, call, refresh, be refused, be taken
 * out of the role, log out. The executable and the browser are the real ones.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totp } from '../cli/support/totp.js';
import { chromiumPath, launchBrowser } from '../support/browser.js';
import { type Finished, type Running, run, start } from '../support/process.js';

const ADA = {
  user: 'ada@acme.test',
  password: 'a difference engine',
  totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DP',
};
const GRACE = { user: 'grace@acme.test', password: ADA.password };
const REPORTS = { user: 'reports@acme.test', secret: 'quarterly figures 1843' };

const declaration = (endpoint: string, members: string[]) => `
tenant: { name: Acme, loginSuffixes: [acme.test] }
users:
  - { loginName: ${ADA.user}, email: ${ADA.user}, displayName: Ada Lovelace, password: "\${ADA_PASSWORD}", totpSecret: ${ADA.totpSecret} }
  - { loginName: ${GRACE.user}, email: ${GRACE.user}, displayName: Grace Hopper, password: "\${ADA_PASSWORD}" }
  - { loginName: ${REPORTS.user}, email: ${REPORTS.user}, displayName: Reports service, password: "\${REPORTS_SECRET}", confidentialClient: true }
roles:
  - { name: Developers, description: May use the reports app, members: [${members.join(', ')}] }
apps:
  - applicationId: myapplication
    name: My application
    generalUsage: { clientIdType: anything, redirects: ["http://127.0.0.1/callback", "${endpoint}/sysinfo/dummy"] }
    tokens: { type: JwtRS256, authMethods: [authCode], lifetime: 5h, issueRefreshTokens: true, refreshTokenLifetime: 365d }
    scope:
      userMustConfirm: true
      definitions:
        - { name: all, description: Everything the user may do, restRegex: [".*"] }
        - { name: whoami, description: Know who you are, restRegex: ["security/whoami", "security/logout"] }
    userAccess: { roles: [Developers] }
  - applicationId: reports
    name: Reports
    generalUsage: { clientIdType: confidential }
    tokens: { type: opaque, authMethods: [clientCreds], lifetime: 10m }
    scope: { definitions: [{ name: whoami, description: Know who it is, restRegex: ["security/whoami"] }] }
    userAccess: { roles: [Developers] }
`;

describe.skipIf(!chromiumPath)('the walkthrough of the founding document', () => {
  let folder: string;
  let server: Running;
  let endpoint: string;
  let browser: Browser;
  const env = () => ({
    SALLYPORT_DATA_DIR: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    ADA_PASSWORD: ADA.password,
    REPORTS_SECRET: REPORTS.secret,
    BROWSER: 'true',
  });

  async function declare(members: string[]): Promise<Finished> {
    const file = join(folder, 'acme.yaml');
    await writeFile(file, declaration(endpoint, members));
    return run(['apply', '-f', file], { env: env() });
  }

  /** Starts `sallyport token code` and opens the URL that it prints in a fresh browser session. */
  async function authorize(scope: string): Promise<{ command: Running; page: Page }> {
    const client = ['--clientid', REPORTS.user, '--clientsecret', REPORTS.secret];
    const app = ['--endpoint', endpoint, '--appid', 'myapplication', '--scope', scope];
    const command = start(['token', 'code', ...app, ...client], { env: env(), input: '' });
    const [url] = await command.seen(/http\S+\/oauth2\/authorize\S+/i, 'stderr');
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    return { command, page };
  }

  async function signIn(page: Page, { user, password }: { user: string; password: string }): Promise<void> {
    expect(await page.title()).toBe('User Portal');
    await page.getByLabel('User name').fill(user);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.locator('#signin').click();
  }

  /** A code works once, so a second sign-in within half a minute takes the one after. */
  async function answer(page: Page, ahead = 0): Promise<void> {
    await page.locator('#answer').fill(totp(ADA.totpSecret, ahead));
    await page.locator('#signin').click();
  }

  const call = (target: string, token?: string) =>
    run(['call', target, '--endpoint', endpoint, ...(token ? ['--token', token] : [])], { env: env() });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-walkthrough-'));
    const admin = {
      SALLYPORT_ADMIN_USER: 'admin@acme.test',
      SALLYPORT_ADMIN_PASSWORD: 'correct horse battery',
    };
    server = start(['serve', '--port', '0'], { env: { ...env(), ...admin } });
    [, endpoint = ''] = await server.seen(/listening on ([^\s"]+)/);
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    server?.child.kill('SIGTERM');
    const { code } = await server.finished;
    await rm(folder, { recursive: true, force: true });
    expect(code).toBe(0);
  });

  test('a declared app gives a scoped token through login, second factor and consent, and takes it back', async () => {
    const applied = await declare([ADA.user, GRACE.user, REPORTS.user]);
    expect(applied.stderr).toBe('');
    expect(applied.stdout).toContain('apps/myapplication');
    expect((await declare([ADA.user, GRACE.user, REPORTS.user])).stdout.trim()).toBe('no changes');

    const { command, page } = await authorize('whoami');
    await signIn(page, ADA);
    await answer(page);
    await expect.poll(() => page.locator('body').innerText()).toContain('Know who you are');
    await page.locator('#allow').click();
    const { code, stdout, stderr } = await command.finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(endpoint);
    const token = /eyJ\S+/.exec(stdout)?.[0];
    expect(token).toBeDefined();

    const who = await call('/security/whoami');
    expect(JSON.parse(who.stdout)).toMatchObject({ Result: { User: ADA.user } });
    const outside = await call('GET /api/v1/users');
    expect(outside.code).toBe(1);
    expect(outside.stderr).toContain('do not open this call');
    const denied = await fetch(`${endpoint}/api/v1/users`, { headers: { authorization: `Bearer ${token}` } });
    expect(denied.status).toBe(403);
    expect(denied.headers.get('www-authenticate')).toContain('error="insufficient_scope"');

    const client = ['--clientid', REPORTS.user, '--clientsecret', REPORTS.secret];
    const refresh = [
      'token',
      'refresh',
      '--endpoint',
      endpoint,
      '--appid',
      'myapplication',
      '--scope',
      'whoami',
      ...client,
    ];
    const refreshed = await run(refresh, { env: env() });
    expect(refreshed.code, refreshed.stderr).toBe(0);
    expect(JSON.parse((await call('/security/whoami')).stdout)).toMatchObject({ Result: { User: ADA.user } });

    const own = await run(['token', 'client', '--endpoint', endpoint, '--appid', 'reports', ...client], {
      env: env(),
    });
    expect(own.code, own.stderr).toBe(0);

    expect((await declare([REPORTS.user])).code).toBe(0);
    const refused = await run(refresh, { env: env() });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('invalid_grant');
    expect((await call('/security/whoami', token)).code).toBe(1);
    await declare([ADA.user, GRACE.user, REPORTS.user]);

    const again = await authorize('whoami');
    await signIn(again.page, ADA);
    await answer(again.page, 30);
    await again.page.locator('#allow').click();
    const second = /eyJ\S+/.exec((await again.command.finished).stdout)?.[0] ?? '';
    expect(JSON.parse((await call('POST /security/whoami', second)).stdout)).toMatchObject({ success: true });
    expect((await call('POST /security/logout', second)).code).toBe(0);
    expect((await call('/security/whoami', second)).code).toBe(1);
  }, 120_000);

  test('a user who denies is sent back with access_denied, and the command says so', async () => {
    const { command, page } = await authorize('all');
    await signIn(page, GRACE);
    await page.locator('#deny').click();
    const { code, stderr } = await command.finished;
    expect(code).toBe(1);
    expect(stderr).toContain('access_denied');
  }, 60_000);
});
