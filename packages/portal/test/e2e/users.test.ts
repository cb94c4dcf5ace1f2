/** Users in the Admin Portal: created, changed, locked out and let in again. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath, seriousViolations, usePortal, violationsInEveryLook } from './support/portal.js';

const PASSWORD = 'quiet rivers run deep';
const person = (name: string) => ({
  loginName: `${name}@acme.test`,
  email: `${name}@acme.test`,
  displayName: `Person ${name}`,
  password: PASSWORD,
});

describe.skipIf(!chromiumPath)('users in the Admin Portal', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test', 'clients.test'] },
    users: ['ada', 'grace', 'alan', 'doomed', 'away'].map(person),
    roles: [{ name: 'Developers', members: ['ada@acme.test', 'grace@acme.test'] }],
    apps: [
      {
        applicationId: 'tool',
        name: 'Tool',
        tokens: { authMethods: ['clientCreds', 'resourceOwner'], type: 'opaque' },
        scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
        userAccess: { roles: ['Developers'] },
      },
    ],
  });

  const user = (name: string) =>
    portal.server.core.admin.users.get(portal.server.tenant, portal.server.operator, `${name}`);
  const token = (fields: Record<string, string>) => portal.server.form('/oauth2/token/tool', fields);
  const passwordGrant = (name: string, password = PASSWORD) =>
    token({ grant_type: 'password', client_id: 'cli', username: name, password, scope: 'whoami' });
  const action = async (page: Page, name: string) => {
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name }).click();
  };

  test('a confidential client is created, its generated secret shown once and good', async () => {
    const { page, faults } = await portal.open('/manage/users');
    await page.getByRole('link', { name: 'Add User' }).click();
    await page.getByRole('textbox', { name: 'Login Name' }).fill('robot');
    await page.getByRole('combobox', { name: 'Suffix' }).selectOption('clients.test');
    await page.getByRole('textbox', { name: 'Email Address' }).fill('robots@acme.test');
    await page.getByRole('textbox', { name: 'Display Name' }).fill('A robot');
    await page.getByRole('checkbox', { name: 'Is OAuth confidential client' }).check();
    await page.getByRole('checkbox', { name: 'Generate a password' }).check();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create User' }).click();

    const dialog = page.getByRole('dialog', { name: 'The client secret' });
    const secret = await dialog.getByRole('code').innerText();
    expect(secret.length).toBeGreaterThanOrEqual(43);
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await dialog.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
    await dialog.getByRole('checkbox', { name: 'I have kept it in a safe place' }).check();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'A robot' }).waitFor();
    expect(await page.getByText(secret).count()).toBe(0);

    const login = 'robot@clients.test';
    expect(await user(login)).toMatchObject({ confidentialClient: true, displayName: 'A robot' });
    await portal.server.apply({
      roles: [{ name: 'Developers', members: ['ada@acme.test', 'grace@acme.test', login] }],
    });
    const granted = await token({
      grant_type: 'client_credentials',
      client_id: login,
      client_secret: secret,
      scope: 'whoami',
    });
    expect(granted.status).toBe(200);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('faults of the form stand at their fields, the first takes the focus, and nothing is lost', async () => {
    const { page } = await portal.open('/manage/users/new');
    await page.getByRole('textbox', { name: 'Login Name' }).fill('two words');
    await page.getByRole('textbox', { name: 'Display Name' }).fill('Kept');
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill('long enough, this');
    await page.getByRole('textbox', { name: 'Confirm Password' }).fill('another one, though');
    await page.getByRole('button', { name: 'Create User' }).click();
    const summary = page.getByRole('alert').filter({ hasText: 'Not saved yet' });
    await expect.poll(() => summary.getByRole('listitem').count()).toBe(3);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
      .toBe('loginName');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('textbox', { name: 'Login Name' }).fill('ada');
    await page.getByRole('textbox', { name: 'Email Address' }).fill('ada@acme.test');
    await page.getByRole('textbox', { name: 'Confirm Password' }).fill('long enough, this');
    await page.getByRole('button', { name: 'Create User' }).click();
    await summary.filter({ hasText: '"ada@acme.test" is taken' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Display Name' }).inputValue()).toBe('Kept');
    await page.close();
  });

  test('the list is searched on the server, with the search in the address', async () => {
    const { page } = await portal.open('/manage/users');
    await page.getByRole('searchbox', { name: 'Search by name or address' }).fill('person gra');
    const table = page.getByRole('table', { name: 'Users' });
    await expect.poll(() => table.getByRole('link').allInnerTexts()).toEqual(['grace@acme.test']);
    expect(new URL(page.url()).searchParams.get('search')).toBe('person gra');
    await table.getByRole('link').click();
    await page.getByRole('heading', { name: 'Person grace', level: 1 }).waitFor();
    await page.goBack();
    await expect.poll(() => table.getByRole('link').allInnerTexts()).toEqual(['grace@acme.test']);
    await page.close();
  });

  test('disabling names what stops, stops it, and enabling lets the user in again', async () => {
    expect((await passwordGrant('ada@acme.test')).status).toBe(200);
    const { page } = await portal.open('/manage/users/ada@acme.test');
    await action(page, 'Disable user');
    const dialog = page.getByRole('dialog', { name: 'Disable ada@acme.test?' });
    await dialog.getByText('Person ada cannot sign in any more.').waitFor();
    await dialog.getByText('1 client loses what this user allowed it.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Disable user' }).click();
    await page.getByText('Disabled', { exact: true }).waitFor();
    expect((await passwordGrant('ada@acme.test')).status).toBe(400);
    await action(page, 'Enable user');
    await page.getByText('ada@acme.test is enabled').first().waitFor();
    expect((await passwordGrant('ada@acme.test')).status).toBe(200);
    await page.close();
  });

  test('unlocking lets in at once whoever was slowed down by wrong passwords', async () => {
    for (let guess = 0; guess < 10; guess++) await passwordGrant('ada@acme.test', `guess ${guess}`);
    expect((await passwordGrant('ada@acme.test')).status).toBe(400);
    const { page } = await portal.open('/manage/users/ada@acme.test');
    await action(page, 'Unlock');
    await page.getByText('ada@acme.test may try to sign in again').first().waitFor();
    expect((await passwordGrant('ada@acme.test')).status).toBe(200);
    await page.close();
  });

  test('a reset password is shown once, works, and must be changed', async () => {
    const { page } = await portal.open('/manage/users/grace@acme.test', { fresh: true });
    expect((await passwordGrant('grace@acme.test')).status).toBe(200);
    await action(page, 'Reset password');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
    const shown = page.getByRole('dialog', { name: 'The new password' });
    const password = await shown.getByRole('code').innerText();
    expect(password).toMatch(/^\w{4}(-\w{4}){4}$/);
    expect((await passwordGrant('grace@acme.test')).status).toBe(400);
    await page.context().clearCookies();
    await page.goto(`${portal.server.url}/my`);
    await page.getByLabel('User name').fill('grace@acme.test');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.locator('#signin').click();
    await page.getByLabel('New password').waitFor();
    await page.close();
  });

  test('a change made by somebody else meanwhile is not overwritten, and can be taken up', async () => {
    const { page } = await portal.open('/manage/users/alan@acme.test');
    await page.getByRole('textbox', { name: 'Display Name' }).fill('Mine');
    await portal.server.apply({ users: [{ loginName: 'alan@acme.test', displayName: 'Theirs' }] });
    await page.getByRole('button', { name: 'Save' }).click();
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' });
    await conflict.waitFor();
    expect((await user('alan@acme.test')).displayName).toBe('Theirs');
    await conflict.getByRole('button', { name: 'Show what is there now' }).click();
    await expect.poll(() => page.getByRole('textbox', { name: 'Display Name' }).inputValue()).toBe('Theirs');
    await page.getByRole('textbox', { name: 'Display Name' }).fill('Mine after all');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('alan@acme.test is saved').first().waitFor();
    expect((await user('alan@acme.test')).displayName).toBe('Mine after all');
    await page.close();
  });

  test('deleting asks for the login name; oneself cannot be deleted or disabled', async () => {
    const { page } = await portal.open('/manage/users/doomed@acme.test');
    await action(page, 'Delete user');
    const dialog = page.getByRole('dialog', { name: 'Delete doomed@acme.test?' });
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await dialog.getByText('That is not the name.').waitFor();
    await dialog.getByRole('textbox').fill('doomed@acme.test');
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await page.waitForURL('**/manage/users');
    await expect(user('doomed@acme.test')).rejects.toThrow('does not exist');
    await page.goto(`${portal.server.url}/manage/users/admin@acme.test`);
    await page.getByRole('button', { name: 'Actions' }).click();
    expect(await page.getByRole('menuitem', { name: 'Delete user' }).isDisabled()).toBe(true);
    expect(await page.getByRole('menuitem', { name: 'Disable user' }).isDisabled()).toBe(true);
    await page.close();
  });

  test('sessions and permissions of a user are listed and taken back', async () => {
    const away = { user: 'away@acme.test', password: PASSWORD };
    await portal.server.apply({
      roles: [{ name: 'Developers', members: ['ada@acme.test', 'away@acme.test'] }],
    });
    const theirs = await portal.open('/my', { user: away });
    const { access_token } = (await (await passwordGrant(away.user)).json()) as { access_token: string };
    const whoami = () =>
      portal.server.fetch('/security/whoami', {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}` },
      });
    expect((await whoami()).status).toBe(200);

    const { page } = await portal.open('/manage/users/away@acme.test/permissions');
    await page.getByRole('button', { name: 'Revoke what cli may do at Tool' }).click();
    await page.getByRole('dialog').getByText('cli loses its access to Tool').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Nothing allowed').waitFor();
    expect((await whoami()).status).toBe(401);

    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Not signed in anywhere').waitFor();
    await theirs.page.goto(`${portal.server.url}/my`);
    expect(new URL(theirs.page.url()).pathname).toBe('/login');
    await theirs.page.close();
    await page.close();
  });

  test('who lacks the right to write sees users but no way to change them', async () => {
    await portal.server.apply({
      users: [person('reader')],
      roles: [
        {
          name: 'Readers',
          rights: ['Admin Portal Login', 'Read Only User Management'],
          members: ['reader@acme.test'],
        },
      ],
    });
    const reader = { user: 'reader@acme.test', password: PASSWORD };
    const { page } = await portal.open('/manage/users/ada@acme.test', { user: reader });
    await page.getByRole('textbox', { name: 'Display Name' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Display Name' }).isDisabled()).toBe(true);
    for (const name of ['Save', 'Actions']) expect(await page.getByRole('button', { name }).count()).toBe(0);
    await page.getByRole('link', { name: 'Users' }).first().click();
    await page.getByRole('table', { name: 'Users' }).waitFor();
    expect(await page.getByRole('link', { name: 'Add User' }).count()).toBe(0);
    await page.close();
  });
});
