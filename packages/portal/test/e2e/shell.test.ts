/** The frame around every page: menus, keyboard, language, theme. */
import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath, LOOKS, seriousViolations, usePortal } from './support/portal.js';

describe.skipIf(!chromiumPath)('the frame of the portals', () => {
  const portal = usePortal({
    tenant: { name: 'Acme' },
    apps: [
      { applicationId: 'reports', name: 'Reports' },
      {
        applicationId: 'notes',
        name: 'Notes',
        generalUsage: {
          frontchannelLogoutUri: 'https://rp.test/signed-out',
          admitOldClients: true,
        },
        scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'], default: true }] },
        userAccess: { roles: ['Everybody'] },
      },
    ],
  });

  test('signing out here tells the clients that the browser signed in to, in frames', async () => {
    const callback = `${portal.server.url}/sysinfo/dummy`;
    await portal.server.apply({
      apps: [{ applicationId: 'notes', generalUsage: { redirects: [callback] } }],
    });
    const { page, faults } = await portal.open('/my', { fresh: true });
    const told = new Promise<string>((resolve) => {
      void page.context().route('https://rp.test/**', (route) => {
        const { pathname, searchParams } = new URL(route.request().url());
        if (pathname === '/signed-out') resolve(searchParams.get('iss') ?? '');
        return route.fulfill({ body: 'ok' });
      });
    });
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'rp', redirect_uri: callback, scope: 'openid' },
    });
    await page.goto(`${portal.server.url}/oauth2/authorize/notes?${query}`);
    await page.waitForURL('**/sysinfo/dummy**');
    const answer = await portal.server.form('/oauth2/token/notes', {
      ...{ grant_type: 'authorization_code', client_id: 'rp', redirect_uri: callback },
      code: new URL(page.url()).searchParams.get('code') ?? '',
    });
    expect(answer.status).toBe(200);
    await page.goto(`${portal.server.url}/my`);
    await page.getByRole('button', { name: 'Administrator' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    expect(await told).toBe(`${portal.server.url}/notes/`);
    await page.waitForURL('**/login');
    expect(faults).toEqual([]);
    await page.close();
  });

  test.each(LOOKS)(
    'the user menu at the top right switches between the portals and signs out ($name)',
    async ({ options }) => {
      const { page, faults } = await portal.open('/my', { context: options, fresh: true });
      const menu = () => page.getByRole('button', { name: 'Administrator' }).click();
      await menu();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('menuitem', { name: 'Switch to Admin Portal' }).click();
      await page.waitForURL('**/manage');
      await page.getByRole('button', { name: 'Skip' }).click();
      await menu();
      await page.getByRole('menuitem', { name: 'Switch to User Portal' }).click();
      await page.waitForURL('**/my');
      await menu();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL('**/login*');
      await page.goto(`${portal.server.url}/manage`);
      expect(new URL(page.url()).pathname).toBe('/login');
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  test('Ctrl+K finds an app by the keyboard alone', async () => {
    const { page } = await portal.open('/manage/users');
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search or jump to…' }).waitFor();
    await page.keyboard.type('repor');
    await page.getByRole('option', { name: 'Reports reports' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/manage/apps/reports');
    await page.close();
  });

  test('the first Tab offers to skip to the content', async () => {
    const { page } = await portal.open('/manage/apps');
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.close();
  });

  test('a chosen language and theme outlive a reload', async () => {
    const { page } = await portal.open('/manage/apps', { fresh: true });
    await page.getByRole('button', { name: 'Administrator' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.getByRole('button', { name: 'Web-Apps hinzufügen' }).waitFor();
    await page.getByRole('button', { name: 'Darstellung' }).click();
    await page.getByRole('menuitem', { name: 'Dunkel' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Web-Apps hinzufügen' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
    await page.close();
  });

  test('a browser set to German is spoken to in German from the start', async () => {
    const { page } = await portal.open('/manage/apps', { context: { locale: 'de-DE' } });
    await page.getByRole('button', { name: 'Web-Apps hinzufügen' }).waitFor();
    await page.close();
  });

  test('an address that is no page says so and offers a way on', async () => {
    const { page } = await portal.open('/manage/nowhere');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  });

  test('long names widen no page and cut no word that matters, on the narrowest screen', async () => {
    const long = 'x'.repeat(60);
    await portal.server.apply({
      users: [
        { loginName: `${long}@acme.test`, email: 'x@acme.test', displayName: 'X', confidentialClient: true },
      ],
      apps: [
        {
          ...{ applicationId: 'long', name: long, category: long, userAccess: { roles: ['Everybody'] } },
          scope: { definitions: [{ name: long, description: long, restRegex: ['security/whoami'] }] },
        },
      ],
    });
    const { page } = await portal.open('/manage/users', {
      context: { viewport: { width: 320, height: 700 } },
      fresh: true,
    });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    const isCut = (place: Locator) => place.evaluate((it) => it.scrollWidth > it.clientWidth + 1);
    expect(await isCut(page.getByText('OAuth client', { exact: true }))).toBe(false);
    expect(await isCut(page.getByRole('banner').getByText('Acme'))).toBe(false);
    expect(await width()).toBe(320);
    await page.getByRole('link', { name: long }).click();
    await page.getByRole('heading', { name: 'X', exact: true }).waitFor();
    expect(await width(), 'a user').toBe(320);
    for (const address of ['/manage/apps', '/manage/apps/long/scope', '/my']) {
      await page.goto(`${portal.server.url}${address}`);
      await page.getByText(long).first().waitFor();
      expect(await width(), address).toBe(320);
    }
    expect(await page.getByRole('heading', { name: long }).evaluate((it) => it.scrollWidth)).toBeLessThan(
      320,
    );
    await page.close();
  });
});
