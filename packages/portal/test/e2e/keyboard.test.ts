/** Whoever has no mouse: the focus is seen, keeps its place, and goes along to where the work goes on. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath, usePortal } from './support/portal.js';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** What has the focus: its words, or its id where it is a whole page. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    const label = at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : undefined;
    return at?.tagName === 'MAIN' ? at.id : (label ?? at?.getAttribute('aria-label') ?? at?.textContent);
  });
const expectFocus = (page: Page, what: string) => expect.poll(() => focused(page)).toBe(what);

describe.skipIf(!chromiumPath)('by the keyboard', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test'] },
    roles: Array.from({ length: 51 }, (_, i) => ({ name: `Team ${i}` })),
    apps: [{ applicationId: 'reports', name: 'Reports', generalUsage: { clientIdType: 'confidential' } }],
  });

  test('the focus stays on what was pressed, and comes back to it from a question', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings');
    const description = page.getByRole('textbox', { name: 'Application Description' });
    await description.fill('Figures');
    await button(page, 'Save').press('Enter');
    await page.getByText('Reports is saved').first().waitFor();
    await expectFocus(page, 'Save');
    await portal.server.apply({ apps: [{ applicationId: 'reports', description: 'Theirs' }] });
    await description.fill('Mine');
    await button(page, 'Save').press('Enter');
    await expectFocus(page, 'Keep mine on top');
    await page.keyboard.press('Escape');
    await expectFocus(page, 'Save');
    await page.getByRole('link', { name: 'Users' }).press('Enter');
    await expectFocus(page, 'Stay');
    await page.keyboard.press('Escape');
    await expectFocus(page, 'Users');
    await page.close();
  });

  test('the focus goes along to another page', async () => {
    const { page } = await portal.open('/manage', { fresh: true });
    await button(page, 'Start').press('Enter');
    await page.waitForURL('**/manage/apps');
    await expectFocus(page, 'content');
    await button(page, 'Add Web Apps').press('Enter');
    await button(page, 'Add OAuth2 Client').press('Enter');
    await button(page, 'Yes').press('Enter');
    await page.getByText('was added').waitFor();
    await expectFocus(page, 'Close');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/settings');
    await expectFocus(page, 'content');
    await page.close();
  });

  test('another page of a list begins at its top', async () => {
    const { page } = await portal.open('/manage/roles');
    await button(page, 'Next page').press('Enter');
    await page.waitForURL('**/roles?after=*');
    await expectFocus(page, 'Roles');
    await page.close();
  });

  test('the menu of a phone lets nothing under it take the focus, and goes with Escape', async () => {
    const { page } = await portal.open('/manage/roles', {
      context: { viewport: { width: 390, height: 844 } },
    });
    await button(page, 'Open menu').press('Enter');
    await page.getByRole('link', { name: 'Settings' }).focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('main'))).toBe(null);
    await page.keyboard.press('Escape');
    await expectFocus(page, 'Open menu');
    await page.close();
  });

  test.each([
    ['/manage/apps/reports/general-usage', 'Click here to create one', 'Login Name'],
    ['/manage/traffic', 'Start recording', 'Record an'],
    ['/my/security', 'Add an authenticator app', 'Code'],
  ])('a dialog of %s begins at its first field', async (address, opener, field) => {
    const { page } = await portal.open(address);
    await button(page, opener).first().press('Enter');
    await expectFocus(page, field);
    await page.close();
  });

  test('a hidden password can be shown', async () => {
    const { page } = await portal.open('/my/security');
    const password = page.getByLabel('Your password', { exact: true });
    await password.press('Tab');
    await page.keyboard.press('Enter');
    expect(await password.getAttribute('type')).toBe('text');
    await page.close();
  });
});
