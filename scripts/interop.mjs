// Takes Apache with mod_auth_openidc, from Debian's packages, through a whole login at Sallyport, in a real browser:
// sign-in, consent, claims, sign-out by the application, and sign-out at Sallyport by the back channel.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages/server/bin/sallyport.js');
const MODULES = '/usr/lib/apache2/modules';
const APACHE = '/usr/sbin/apache2';
const PACKAGES = ['apache2-bin', 'libapache2-mod-auth-openidc'];
const ADA = { loginName: 'ada@interop.test', password: 'lovelace engine 1843' };
const CLIENT = { loginName: 'apache@interop.test', password: randomBytes(24).toString('hex') };

const missing = whatIsMissing();
if (missing !== null) {
  console.log(`SKIPPED interop: ${missing}`);
  process.exit(0);
}
execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });

const folder = mkdtempSync(join(tmpdir(), 'sallyport-interop-'));
chmodSync(folder, 0o755);
const stops = [];
try {
  await run();
  console.log('mod_auth_openidc: login, claims, RP-initiated logout and back-channel logout: ok');
} catch (error) {
  const log = join(folder, 'error.log');
  if (existsSync(log)) console.error(readFileSync(log, 'utf8').split('\n').slice(-20).join('\n'));
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const stop of stops.reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
}

async function run() {
  const port = await freePort();
  const site = `http://localhost:${port}`;
  const sallyport = await startSallyport();
  declare(site);
  startApache(port, sallyport.url);
  await untilServed(`${site}/bye.html`);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  stops.push(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);

  // 1. Whoever opens a protected page signs in at Sallyport, allows the site, and is back with the claims asked for.
  await signIn(page, `${site}/protected/`);
  const shown = await page.reload();
  assert.equal(shown?.headers()['x-remote-user'], ADA.loginName, 'the user that Apache was told of');

  // 2. The site signs the user out of itself and of Sallyport, and has the browser back.
  await page.goto(`${site}/protected/callback?logout=${encodeURIComponent(`${site}/bye.html`)}`);
  await page.locator('#logout-yes').click();
  await page.waitForURL(`${site}/bye.html`);
  await page.goto(`${site}/protected/`);
  await page.locator('#signin').waitFor();

  // 3. Signing out at Sallyport ends the session of the site by the back channel.
  await signIn(page, `${site}/protected/`);
  await page.goto(`${sallyport.url}/security/logout`);
  await page.locator('#logout-yes').click();
  await page.locator('#signin').waitFor();
  for (let look = 0; look < 20; look++) {
    const response = await page.goto(`${site}/protected/`);
    if (!response?.url().startsWith(site)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail('the site did not hear of the sign-out');
}

async function signIn(page, url) {
  await page.goto(url);
  await page.locator('#username').fill(ADA.loginName);
  await page.locator('#password').fill(ADA.password);
  await page.locator('#signin').click();
  const allow = page.locator('#allow');
  await Promise.race([allow.waitFor(), page.waitForURL(url)]);
  if (await allow.isVisible()) await allow.click();
  await page.waitForURL(url);
  assert.equal(await page.locator('h1').innerText(), 'Protected');
}

async function startSallyport() {
  const environment = {
    SALLYPORT_DATA_DIR: join(folder, 'data'),
    SALLYPORT_PORT: '0',
    SALLYPORT_LOG_FORMAT: 'json',
    SALLYPORT_ALLOW_PRIVATE_URLS: 'localhost',
  };
  const child = spawn(process.execPath, [cli, 'serve'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stops.push(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    const [, port] = /listening on http:\/\/[^\s:"]+:(\d+)/.exec(text) ?? [];
    if (port !== undefined) {
      child.stdout.resume();
      return { url: `http://localhost:${port}` };
    }
  }
  throw new Error(`Sallyport did not start: ${text}`);
}

function declare(site) {
  const declaration = {
    tenant: { name: 'Interop', loginSuffixes: ['interop.test'] },
    users: [
      { ...ADA, email: 'ada@interop.test', displayName: 'Ada Lovelace' },
      { ...CLIENT, email: 'apache@interop.test', displayName: 'Apache', confidentialClient: true },
    ],
    roles: [{ name: 'Readers', members: [ADA.loginName] }],
    apps: [
      {
        applicationId: 'apache',
        name: 'A site behind Apache',
        generalUsage: {
          clientIdType: 'confidential',
          redirects: [`${site}/protected/callback`],
          postLogoutRedirects: [`${site}/bye.html`],
          backchannelLogoutUri: `${site}/protected/callback?logout=backchannel`,
        },
        scope: { userMustConfirm: true },
        userAccess: { roles: ['Readers'] },
      },
    ],
  };
  const args = [cli, 'apply', '-f', '-', '--data-dir', join(folder, 'data')];
  execFileSync(process.execPath, args, {
    input: JSON.stringify(declaration),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

function startApache(port, provider) {
  const site = `http://localhost:${port}`;
  mkdirSync(join(folder, 'www/protected'), { recursive: true });
  writeFileSync(join(folder, 'www/protected/index.html'), '<h1>Protected</h1>');
  writeFileSync(join(folder, 'www/bye.html'), '<h1>Bye</h1>');
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'headers', 'auth_openidc'];
  const config = `
ServerRoot "${folder}"
ServerName localhost
PidFile "${folder}/apache.pid"
Listen 127.0.0.1:${port}
ErrorLog "${folder}/error.log"
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
DocumentRoot "${folder}/www"
DirectoryIndex index.html
OIDCProviderMetadataURL ${provider}/apache/.well-known/openid-configuration
OIDCClientID ${CLIENT.loginName}
OIDCClientSecret ${CLIENT.password}
OIDCRedirectURI ${site}/protected/callback
OIDCCryptoPassphrase ${randomBytes(24).toString('hex')}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRemoteUserClaim preferred_username
<Location /protected>
  AuthType openid-connect
  Require claim email:${ADA.loginName}
  Header always set X-Remote-User "expr=%{REMOTE_USER}"
</Location>
`;
  writeFileSync(join(folder, 'apache.conf'), config);
  const child = spawn(APACHE, ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { stdio: 'inherit' });
  stops.push(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
}

async function untilServed(url) {
  for (let look = 0; look < 60; look++) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('Apache did not start');
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(':');
  const candidates = names.flatMap((name) => folders.map((place) => join(place, name)));
  return process.env.SALLYPORT_TEST_CHROMIUM ?? candidates.find((path) => existsSync(path));
}

/** What this machine lacks and this user may not install, in words; null when all is there. */
function whatIsMissing() {
  if (!findChromium()) return 'no Chromium or Chrome on PATH; set SALLYPORT_TEST_CHROMIUM';
  const isThere = () => existsSync(APACHE) && existsSync(join(MODULES, 'mod_auth_openidc.so'));
  if (isThere()) return null;
  const words = `Apache and mod_auth_openidc are not installed: apt-get install ${PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return `${words} (needs root on Debian)`;
  console.log(`installing ${PACKAGES.join(', ')} from the system's packages`);
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], options);
  } catch {
    return words;
  }
  return isThere() ? null : words;
}
