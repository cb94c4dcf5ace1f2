/** Slips of the hand and slow answers: nothing that was typed is lost without a word, and nothing is done twice. */
import type { Page, Request } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath, usePortal } from './support/portal.js';

const DECLARATION = {
  tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
  roles: [{ name: 'Testers', description: 'Test' }],
  apps: [
    {
      applicationId: 'wiki',
      name: 'Wiki',
      scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
    },
    { applicationId: 'wiki-2', name: 'Second Wiki', generalUsage: { clientIdType: 'confidential' } },
  ],
};

const box = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const isWrite = (request: Request) => !['GET', 'HEAD'].includes(request.method());

/** Holds back what the page writes to a path that `fits`; answers how many there were. */
async function hold(page: Page, fits: RegExp, milliseconds: number): Promise<() => number> {
  let count = 0;
  await page.route(fits, async (route) => {
    if (isWrite(route.request())) {
      count++;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
    await route.fallback();
  });
  return () => count;
}

const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
  );

describe.skipIf(!chromiumPath)('a slip', { timeout: 60_000 }, () => {
  const portal = usePortal(DECLARATION);

  test('of a link to an app whose Application ID begins alike asks before changes are lost', async () => {
    const { page } = await portal.open('/manage/apps/wiki/settings');
    await box(page, 'Application Description').fill('half a thought');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search or jump to…' }).waitFor();
    await page.keyboard.type('wiki-2');
    await page.getByRole('option', { name: /wiki-2/ }).click();
    await page.getByRole('dialog', { name: 'Unsaved changes' }).getByRole('button', { name: 'Stay' }).click();
    expect(await box(page, 'Application Description').inputValue()).toBe('half a thought');
    await page.close();
  });

  test.each([
    ['an app', '/manage/apps/wiki/settings', 'Application Description', 'Save'],
    ['the tenant', '/manage/settings', 'Name', 'Save'],
    ['a role', '/manage/roles/Testers', 'Description', 'Save'],
  ])('of typing on while %s is being saved loses nothing', async (_, address, field, verb) => {
    const { page } = await portal.open(address.replace('Testers', await roleId()));
    await hold(page, /\/api\/v1\//, 700);
    await box(page, field).fill('Before');
    await button(page, verb).click();
    await box(page, field).fill('Before and after');
    await page.getByText(/saved/i).first().waitFor();
    expect(await box(page, field).inputValue()).toBe('Before and after');
    await page.unroute(/\/api\/v1\//);
    await button(page, verb).click();
    await page.reload();
    await expect.poll(() => box(page, field).inputValue()).toBe('Before and after');
    await page.close();
  });

  test('of saving twice by the keyboard is no conflict with oneself', async () => {
    const { page } = await portal.open('/manage/apps/wiki/settings');
    const count = await hold(page, /\/apps\/wiki$/, 700);
    await box(page, 'Application Description').fill('once');
    await page.keyboard.press('Control+S');
    await page.keyboard.press('Control+S');
    await page.getByText('Wiki is saved').first().waitFor();
    expect(count()).toBe(1);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.close();
  });

  test('of a double click adds one app, and leads to it', async () => {
    const { page } = await portal.open('/manage/apps');
    await button(page, 'Add Web Apps').click();
    await button(page, 'Add OAuth2 Client').click();
    await button(page, 'Yes').dblclick();
    await page.getByText('was added').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await button(page, 'Close').click();
    await box(page, 'Application ID').waitFor();
    await page.close();
  });

  test('of Escape in a dialog asks first, and the focus goes back to what opened it', async () => {
    const { page } = await portal.open('/manage/apps/wiki/scope');
    const edit = button(page, 'Edit whoami');
    await edit.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Scope: whoami' });
    await dialog.getByRole('textbox', { name: 'Description' }).fill('Who is asking');
    await page.keyboard.press('Escape');
    const asking = page.getByRole('dialog', { name: 'Unsaved changes' });
    await asking.getByRole('button', { name: 'Stay' }).click();
    await asking.waitFor({ state: 'hidden' });
    expect(await dialog.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('Who is asking');
    await page.keyboard.press('Escape');
    await asking.getByRole('button', { name: 'Leave without saving' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toBe('Edit whoami');
    await button(page, 'Remove whoami').click();
    expect(await focused(page)).toBe('Add');
    await page.close();
  });

  test('of cancelling a scope while it is being checked adds none', async () => {
    const { page } = await portal.open('/manage/apps/wiki/scope');
    await hold(page, /\/endpoints\/test/, 700);
    await button(page, 'Add').click();
    const dialog = page.getByRole('dialog', { name: 'New scope' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('ghost');
    await dialog.getByRole('textbox', { name: /REST Regex/ }).fill('api/v1/me');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForTimeout(1_000);
    expect(await page.getByText('ghost').count()).toBe(0);
    await page.close();
  });

  test('of the Back button asks before a new user is forgotten', async () => {
    const { page } = await portal.open('/manage/users');
    await page.getByRole('link', { name: 'Add User' }).click();
    await box(page, 'Display Name').fill('Half a person');
    await page.goBack();
    await page.getByRole('dialog', { name: 'Unsaved changes' }).getByRole('button', { name: 'Stay' }).click();
    expect(await box(page, 'Display Name').inputValue()).toBe('Half a person');
    await button(page, 'Cancel').click();
    await page.getByRole('heading', { name: 'Users', exact: true }).waitFor();
    await page.close();
  });

  test('of Escape or the Back button asks before a secret that is shown once is lost', async () => {
    const { page } = await portal.open('/manage/apps');
    await page.getByRole('link', { name: 'Second Wiki' }).click();
    await page.getByRole('link', { name: 'General Usage' }).click();
    await button(page, 'Click here to create one').click();
    await page.getByRole('checkbox', { name: 'Generate a password' }).check();
    await button(page, 'Create User').click();
    const secret = page.getByRole('dialog', { name: 'The client secret' });
    const asking = page.getByRole('dialog', { name: 'This is shown once' });
    for (const slip of [() => page.keyboard.press('Escape'), () => page.goBack()]) {
      await secret.getByRole('code').waitFor();
      await slip();
      await asking.getByRole('button', { name: 'Stay' }).click();
      await asking.waitFor({ state: 'hidden' });
    }
    await secret.getByRole('checkbox', { name: 'I have kept it' }).check();
    await secret.getByRole('button', { name: 'Done' }).click();
    await page.getByText('wiki-2').first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.close();
  });

  test('of a click beside Reset password keeps what was typed, and Escape asks', async () => {
    const { page } = await portal.open('/manage/users');
    await page.getByRole('link', { name: /^admin@/ }).click();
    await button(page, 'Actions').click();
    await page.getByRole('menuitem', { name: 'Reset password' }).click();
    await page.getByRole('checkbox', { name: 'Generate a password' }).uncheck();
    const password = page.getByLabel('Password', { exact: true });
    await password.fill('half a secret');
    await page.mouse.click(5, 400);
    expect(await password.inputValue()).toBe('half a secret');
    await page.keyboard.press('Escape');
    await button(page, 'Leave without saving').click();
    await expect.poll(() => focused(page)).toBe('Actions');
    await page.close();
  });

  test('of saving without a network is told at once', async () => {
    const { page } = await portal.open('/manage/apps/wiki/settings');
    await box(page, 'Application Description').fill('offline');
    await page.context().setOffline(true);
    await button(page, 'Save').click();
    await page.getByRole('alert').filter({ hasText: 'The server does not answer' }).waitFor();
    await page.context().setOffline(false);
    expect(await box(page, 'Application Description').inputValue()).toBe('offline');
    await page.close();
  });

  test('of pasting a method or an address where a path belongs is told, or understood', async () => {
    const { page } = await portal.open('/manage/apps/wiki-2/scope');
    await button(page, 'Add').click();
    const dialog = page.getByRole('dialog', { name: 'New scope' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('  self ');
    await dialog.getByRole('textbox', { name: /REST Regex/ }).fill('GET /api/v1/me');
    await dialog.getByText('Instead of GET /api/v1/me write api/v1/me').waitFor();
    await dialog.getByRole('textbox', { name: /REST Regex/ }).fill('api/v1/me');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit self', exact: true }).waitFor();
    await box(page, 'Path').fill(` get ${portal.server.url}/api/v1/me `);
    await button(page, 'Test').click();
    await page.getByText(/GET \/api\/v1\/me.*self/).waitFor();
    await page.close();
  });

  async function roleId(): Promise<string> {
    const { core, tenant, operator } = portal.server;
    const { items } = await core.admin.roles.page(tenant, operator, { limit: 50, search: 'Testers' });
    return items[0]?.id ?? '';
  }
});
