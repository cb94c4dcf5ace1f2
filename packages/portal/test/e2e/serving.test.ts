/** How the portals are served: to whom, under which policy, and how much at once. */
import { describe, expect, test } from 'vitest';
import { chromiumPath, usePortal } from './support/portal.js';

const KILOBYTE = 1000;
const PLAIN = { user: 'plain@acme.test', password: 'nothing special here' };

describe.skipIf(!chromiumPath)('serving the portals', () => {
  const user = {
    loginName: PLAIN.user,
    email: PLAIN.user,
    displayName: 'Plain Person',
    password: PLAIN.password,
  };
  const portal = usePortal({ tenant: { loginSuffixes: ['acme.test'] }, users: [user] });

  test.each([
    ['/', 'my'],
    ['/my', 'my'],
    ['/my/sessions', 'my/sessions'],
    ['/manage/apps/reports/scope?search=a%26b', 'manage/apps/reports/scope?search=a%26b'],
  ])('without a session %s leads to the login page, which knows the way back', async (path, back) => {
    const answer = await portal.server.fetch(path);
    expect(answer.status).toBe(302);
    const location = new URL(answer.headers.get('location') ?? '', portal.server.url);
    expect(location.origin).toBe(portal.server.url);
    expect(location.pathname).toBe('/login');
    expect(location.searchParams.get('cloudRedirect')).toBe(back);
  });

  test('a deep link survives the login', async () => {
    const { page } = await portal.open('/manage/apps?search=reports');
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search apps' }).inputValue()).toBe('reports');
    await page.close();
  });

  test('the page carries a strict policy with a nonce of its own, and is not kept', async () => {
    const { page } = await portal.open('/manage');
    const ask = () => page.request.get(`${portal.server.url}/manage`);
    const [first, second] = [await ask(), await ask()];
    expect(first.status()).toBe(200);
    expect(first.headers()['cache-control']).toBe('no-store');
    const policy = first.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-|\*|https?:|data:/);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(await first.text()).toContain(`nonce="${nonce}"`);
    expect(second.headers()['content-security-policy']).not.toContain(String(nonce));
    await page.close();
  });

  test('assets are compressed, named by their content and kept for a year; nothing else is served there', async () => {
    const { page } = await portal.open('/my');
    const html = await page.content();
    await page.close();
    const script = /src="(\/portal\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const answer = await portal.server.fetch(script, { headers: { 'accept-encoding': 'br' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of ['nothing.js', '', '..%2findex.html', '../index.html'])
      expect((await portal.server.fetch(`/portal/assets/${path}`)).status).toBeGreaterThanOrEqual(400);
  });

  test('the first view of the Admin Portal stays under 250 kB, from this origin alone, without a complaint', async () => {
    const { page, faults } = await portal.open('/my');
    // What the page before is still fetching is none of this view's.
    await page.waitForLoadState('networkidle');
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    let bytes = 0;
    const origins = new Set<string>();
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    await page.goto(`${portal.server.url}/manage`);
    await page.waitForLoadState('networkidle');
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(250 * KILOBYTE);
    expect([...origins]).toEqual([portal.server.url]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('whoever lacks "Admin Portal Login" gets a calm page in place of the Admin Portal, and no entry to it', async () => {
    const { page } = await portal.open('/manage/apps', { user: PLAIN });
    await page.getByRole('heading', { name: 'The Admin Portal is not open to you' }).waitFor();
    expect(await page.getByRole('link', { name: 'Apps', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Plain Person' }).click();
    await page.getByRole('menuitem', { name: 'Switch to User Portal' }).click();
    await page.getByRole('button', { name: 'Plain Person' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Switch to Admin Portal' }).count()).toBe(0);
    await page.close();
  });
});
