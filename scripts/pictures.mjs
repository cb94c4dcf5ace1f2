// A picture of every page, in both themes, at 390 and 1280 pixels, in its empty, loading, error and many-rows states.
// `npm run pictures [-- part-of-a-name]` writes them to `pictures/`; fails when a page cannot be shown.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { LATER, PAGES, registerClients, sample } from './pictures/pages.mjs';
import { givePassword, preparePeople } from './pictures/sign-in.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'pictures');
const wanted = process.argv[2] ?? '';
const ADMIN = { loginName: 'admin@acme.test', password: 'correct horse battery' };
const WIDTHS = { phone: { width: 390, height: 844 }, wide: { width: 1280, height: 860 } };
const PROBLEM = {
  type: 'about:blank',
  title: 'Service Unavailable',
  status: 503,
  detail: 'the database is away',
};

function startServer(folder, outbox) {
  const env = {
    ...process.env,
    SALLYPORT_DATA_DIR: join(folder, 'data'),
    SALLYPORT_ADMIN_USER: ADMIN.loginName,
    SALLYPORT_ADMIN_PASSWORD: ADMIN.password,
    SALLYPORT_RATE_LIMIT: 'off',
    SALLYPORT_OUTBOX_DIR: outbox,
  };
  const bin = join(root, 'packages/server/bin/sallyport.js');
  const child = spawn(process.execPath, [bin, 'serve', '--port', '0'], { env });
  const url = new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const match = /listening on ([^\s"]+)/.exec(said);
      if (match) resolve(match[1]);
    });
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGTERM') console.error(`the server ended with ${code ?? signal}: ${said}`);
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${said}`)));
  });
  const apply = (declaration) => {
    const file = join(folder, 'sample.json');
    writeFileSync(file, JSON.stringify(declaration));
    const { status, stderr } = spawnSync(process.execPath, [bin, 'apply', '-f', file], { env });
    if (status !== 0) throw new Error(String(stderr));
  };
  return { child, url, apply };
}

async function signIn(page, url) {
  await page.goto(`${url}/manage`);
  await givePassword(page, ADMIN);
  await page.waitForURL('**/manage');
}

/** Routes of the portals that no page here shows. */
function unshownRoutes() {
  const routes = readFileSync(join(root, 'packages/portal/src/routes.tsx'), 'utf8');
  const shown = PAGES.map(({ path, shows = path }) => shows.split('?')[0]);
  return [...routes.matchAll(/getParentRoute: \(\) => (manage|my),\s+path: '([^']+)'/g)]
    .map(([, parent, path]) => (parent === 'manage' || path === '/' ? `/${parent}/${path}` : path))
    .map((route) => route.replace(/\/+$/, ''))
    .filter((route) => {
      const pattern = route.replace(/\/\{-\$\w+\}/g, '(/[^/]+)?').replace(/\$\w+/g, '[^/]+');
      return !shown.some((path) => new RegExp(`^${pattern}$`).test(path));
    });
}

/** Has the API answer as the state needs; the real answer is the many-rows state. */
async function pretend(page, state, { api, none = { items: [] } }) {
  if (state === 'many' || !api) return;
  await page.route(api, (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    if (state === 'loading') return undefined;
    if (state === 'empty') return route.fulfill({ json: none, headers: { etag: '"1"' } });
    return route.fulfill({ status: 503, json: PROBLEM, contentType: 'application/problem+json' });
  });
}

async function take(context, url, entry, state, size) {
  const { name, path, act } = entry;
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    const [, status] = /status of (\d+)/.exec(message.text()) ?? [];
    if (message.type() === 'error' && !['503', '412', String(entry.answers)].includes(status))
      faults.push(message.text());
  });
  await page.setViewportSize(size);
  await pretend(page, state, entry);
  await page.goto(`${url}${path}`);
  await page.waitForLoadState(state === 'loading' ? 'load' : 'networkidle');
  // On a busy machine the page itself may be late.
  if (state === 'loading') await page.getByRole('banner').waitFor();
  await page.waitForTimeout(state === 'loading' ? 600 : 150);
  if (act && state === 'many') await act(page);
  if (!page.url().startsWith(url)) faults.push(`it shows ${page.url()}`);
  await page.waitForTimeout(250);
  return { page, faults, file: join(output, `${name}-${state}`) };
}

async function shoot(browser, url, cookies) {
  const missing = wanted === '' ? unshownRoutes().map((route) => `${route}: no page of it is shown`) : [];
  for (const colorScheme of ['light', 'dark'])
    for (const [width, size] of Object.entries(WIDTHS)) {
      const context = await browser.newContext({ colorScheme, viewport: size, reducedMotion: 'reduce' });
      const guest = await browser.newContext({ colorScheme, viewport: size, reducedMotion: 'reduce' });
      await context.addCookies(cookies);
      for (const entry of PAGES.filter(({ name }) => name.includes(wanted)))
        for (const state of entry.api ? ['many', 'empty', 'loading', 'error'] : ['many']) {
          const label = `${entry.name} ${state} ${colorScheme} ${width}`;
          try {
            const { page, faults, file } = await take(entry.guest ? guest : context, url, entry, state, size);
            const picture = `${file}-${colorScheme}-${width}.png`;
            await page.screenshot({ path: picture, fullPage: !entry.act || entry.guest === true });
            if (faults.length > 0) missing.push(`${label}: ${faults.join('; ')}`);
            if (!existsSync(picture) || statSync(picture).size === 0) missing.push(`${label}: no picture`);
            await page.close();
          } catch (error) {
            missing.push(`${label}: ${error.message.split('\n')[0]}`);
          }
        }
      await context.close();
      await guest.close();
    }
  return missing;
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-pictures-'));
const outbox = join(folder, 'outbox');
const server = startServer(folder, outbox);
const executablePath = process.env.SALLYPORT_TEST_CHROMIUM ?? '/usr/bin/chromium';
const args = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'];
const browser = await chromium.launch({ executablePath, args });
let missing = ['nothing was done'];
try {
  const url = await server.url;
  server.apply(sample(url));
  server.apply(LATER);
  await registerClients(url);
  const { apply } = server;
  await preparePeople({ url, apply, admin: ADMIN, page: await browser.newPage(), outbox });
  mkdirSync(output, { recursive: true });
  const context = await browser.newContext();
  await signIn(await context.newPage(), url);
  missing = await shoot(browser, url, await context.cookies());
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
for (const line of missing) console.error(line);
console.log(missing.length === 0 ? `every page is in ${output}` : `${missing.length} pictures are wrong`);
process.exit(missing.length === 0 ? 0 : 1);
