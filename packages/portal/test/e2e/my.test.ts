/** The User Portal: my apps, permissions, sessions, password and second factors. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { totp } from '../../../server/test/cli/support/totp.js';
import { chromiumPath, seriousViolations, usePortal, violationsInEveryLook } from './support/portal.js';

const PASSWORD = 'quiet rivers run deep';
const person = (name: string) => ({
  loginName: `${name}@acme.test`,
  email: `${name}@acme.test`,
  displayName: `Person ${name}`,
  password: PASSWORD,
});
const NAMES = ['ada', 'reader', 'mover', 'factor'];

describe.skipIf(!chromiumPath)('the User Portal', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test'] },
    users: NAMES.map(person),
    roles: [{ name: 'Developers', members: NAMES.map((name) => `${name}@acme.test`) }],
    apps: [
      {
        applicationId: 'tool',
        name: 'Tool',
        description: 'Only administrators read this',
        category: 'Finance',
        tokens: { authMethods: ['resourceOwner'], type: 'opaque' },
        scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
        userAccess: { roles: ['Developers'] },
      },
      { applicationId: 'closed', name: 'Closed to me' },
    ],
  });

  const as = (name: string) => ({ user: `${name}@acme.test`, password: PASSWORD });
  async function tokenOf(name: string): Promise<string> {
    const fields = { grant_type: 'password', client_id: 'cli', scope: 'whoami' };
    const answer = await portal.server.form('/oauth2/token/tool', {
      ...fields,
      username: `${name}@acme.test`,
      password: PASSWORD,
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }
  const whoami = (token: string) =>
    portal.server.fetch('/security/whoami', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
  const isSignedIn = async (page: Page) => {
    await page.goto(`${portal.server.url}/my`);
    return new URL(page.url()).pathname === '/my';
  };

  test('my apps are listed, and what I allowed is taken back for good', async () => {
    const token = await tokenOf('reader');
    const { page, faults } = await portal.open('/my', { user: as('reader') });
    await page.getByRole('heading', { name: 'Tool' }).waitFor();
    for (const words of ['Closed to me', 'Only administrators read this'])
      expect(await page.getByText(words).count()).toBe(0);
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('link', { name: '1 client may act for you here' }).click();
    const permission = page.getByRole('listitem').filter({ hasText: 'Tool' });
    await permission.getByText('whoami').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    expect((await whoami(token)).status).toBe(200);
    await permission.getByRole('button', { name: 'Revoke what cli may do at Tool' }).click();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Nothing allowed').waitFor();
    expect((await whoami(token)).status).toBe(401);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('I can sign out everywhere else, and stay signed in here', async () => {
    const elsewhere = await portal.open('/my', { user: as('ada') });
    const { page } = await portal.open('/my/sessions', { user: as('ada') });
    await page.getByText('This browser').waitFor();
    expect(await page.getByRole('button', { name: /^Sign out Chrome/ }).count()).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign out everywhere else' });
    await dialog.getByText('1 other session ends at once. You stay signed in here.').waitFor();
    await dialog.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await expect.poll(() => page.getByRole('button', { name: /^Sign out/ }).count()).toBe(0);
    expect(await isSignedIn(elsewhere.page)).toBe(false);
    expect(await isSignedIn(page)).toBe(true);
    await elsewhere.page.close();
    await page.close();
  });

  test('my password is changed with the present one, which then is good for nothing', async () => {
    const elsewhere = await portal.open('/my', { user: as('mover') });
    const { page } = await portal.open('/my/security', { user: as('mover') });
    const next = 'slower rivers run deeper';
    await page.getByRole('textbox', { name: 'Your password' }).fill('not mine');
    await page.getByRole('textbox', { name: 'New password', exact: true }).fill(next);
    await page.getByRole('textbox', { name: 'Confirm new password' }).fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('alert').filter({ hasText: 'this is not your password' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password is changed').first().waitFor();
    expect(await isSignedIn(page)).toBe(true);
    expect(await isSignedIn(elsewhere.page)).toBe(false);
    const again = await portal.open('/my', { user: { user: 'mover@acme.test', password: next } });
    await elsewhere.page.close();
    await again.page.close();
    await page.close();
  });

  test('an authenticator app is added with a code of its secret, and removed with the password', async () => {
    const { page } = await portal.open('/my/security', { user: as('factor') });
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add an authenticator app' });
    await dialog.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const secret = await dialog.getByRole('code').innerText();
    await dialog.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await dialog.getByRole('textbox', { name: 'Code', exact: true }).fill('abc');
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Six digits.' }).waitFor();
    await dialog.getByRole('textbox', { name: 'Code', exact: true }).fill(totp(secret));
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    const factors = page.getByRole('list', { name: 'Second factors' });
    await factors.getByText('Authenticator app').waitFor();
    await factors.getByText('If you lose it, an administrator has to remove it').waitFor();
    await factors.getByRole('button', { name: 'Remove' }).click();
    const question = page.getByRole('dialog', { name: 'Remove this second factor?' });
    await question.getByRole('textbox', { name: 'Your password' }).fill('not mine');
    await question.getByRole('button', { name: 'Remove' }).click();
    await question.getByRole('alert').filter({ hasText: 'this is not your password' }).waitFor();
    await question.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await question.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Whoever learns your password can sign in as you.').waitFor();
    await page.close();
  });

  test('everything is there in German too', async () => {
    const { page } = await portal.open('/my/security', { user: as('ada'), context: { locale: 'de-DE' } });
    await page.getByRole('heading', { name: 'Meine Sicherheit' }).waitFor();
    await page.getByRole('button', { name: 'Passwort ändern' }).click();
    await page.getByText('Geben Sie Ihr Passwort ein.').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  });
});
