/** Settings and dashboard in the Admin Portal. */
import { describe, expect, test } from 'vitest';
import {
  ADMIN,
  chromiumPath,
  seriousViolations,
  usePortal,
  violationsInEveryLook,
} from './support/portal.js';

describe.skipIf(!chromiumPath)('the settings', { timeout: 60_000 }, () => {
  const portal = usePortal({ tenant: { name: 'Acme', loginSuffixes: ['acme.test', 'spare.test'] } });

  const tenant = () => portal.server.core.admin.tenant.get(portal.server.tenant, portal.server.operator);

  test('name and session lifetimes are changed, and new sessions obey', async () => {
    const { page, faults } = await portal.open('/manage/settings');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme Ltd');
    await page.getByRole('textbox', { name: 'Sessions end after', exact: true }).fill('3');
    await page.getByRole('combobox', { name: 'Unit of Sessions end after' }).selectOption('hours');
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved').first().waitFor();
    await page.getByRole('banner').getByText('Acme Ltd').waitFor();
    expect(await tenant()).toMatchObject({ name: 'Acme Ltd', sessions: { absolute: '3h' } });

    const next = await portal.open('/my/sessions', { fresh: true });
    const mine = next.page.getByRole('listitem').filter({ hasText: 'This browser' });
    const ends = await mine.getByRole('time').last().getAttribute('datetime');
    const hours = (Date.parse(ends ?? '') - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(2.9);
    expect(hours).toBeLessThanOrEqual(3);
    await portal.server.apply({ tenant: { sessions: { absolute: '7d' } } });
    expect(faults).toEqual([]);
    await next.page.close();
    await page.close();
  }, 60_000);

  test('how long passwords live, and which may not come back, is set and told in the changelog', async () => {
    const { page } = await portal.open('/manage/settings');
    await page.getByRole('checkbox', { name: 'Passwords expire' }).check();
    await page.getByRole('textbox', { name: 'Passwords expire after', exact: true }).fill('90');
    await page.getByRole('textbox', { name: 'Earlier passwords that may not come back' }).fill('5');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved').first().waitFor();
    expect(await tenant()).toMatchObject({ passwords: { expireAfter: '90d', remembered: 5 } });
    await page.goto(`${portal.server.url}/manage/changelog`);
    await page.getByText('Earlier passwords that may not come back').first().waitFor();
    await page.close();
  });

  test('a login suffix in use cannot be taken away, an unused one can', async () => {
    const { page } = await portal.open('/manage/settings');
    await page.getByRole('textbox', { name: 'Login suffixes 1' }).fill('elsewhere.test');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: '"acme.test" is in use' }).waitFor();
    await page.getByRole('textbox', { name: 'Login suffixes 1' }).fill('acme.test');
    await page.getByRole('button', { name: 'Remove spare.test' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved').first().waitFor();
    expect((await tenant()).loginSuffixes).toEqual(['acme.test']);
    await page.close();
  });

  test('rotating signs with the next key, and the former one goes on verifying', async () => {
    const { page } = await portal.open('/manage/settings');
    const keys = page.getByRole('list', { name: 'Signing keys' }).getByRole('listitem');
    const before = await keys.filter({ hasText: 'Signs now' }).getByRole('code').innerText();
    await page.getByRole('button', { name: 'Rotate now' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rotate the signing key?' });
    await dialog.getByText('Tokens already issued stay valid').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Rotate now' }).click();
    const former = keys.filter({ hasText: 'Only verifies' });
    await former.waitFor();
    expect(await former.getByRole('code').innerText()).toBe(before);
    await former.getByText('Verifies the tokens that were issued before the rotation').waitFor();
    expect(await keys.filter({ hasText: 'Signs now' }).getByRole('code').innerText()).not.toBe(before);
    await page.close();
  });
});

describe.skipIf(!chromiumPath)('the dashboard', { timeout: 60_000 }, () => {
  const portal = usePortal({ tenant: { loginSuffixes: ['acme.test'] } });

  test('Quickstart comes on the first visit, and Skip is remembered', async () => {
    const { page, faults } = await portal.open('/manage', { fresh: true });
    const splash = page.getByRole('dialog', { name: 'Quickstart' });
    await splash.waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await splash.getByRole('button', { name: 'Skip' }).click();
    await splash.waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByRole('heading', { name: 'To your first token' }).waitFor();
    expect(await splash.count()).toBe(0);
    expect(await violationsInEveryLook(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('the checklist ticks off what is really done, and goes when all is', async () => {
    const { page } = await portal.open('/manage');
    await page.getByRole('button', { name: 'Skip' }).click();
    const list = page.getByRole('region', { name: 'To your first token' });
    const done = () =>
      list.getByRole('listitem').filter({ hasText: 'Done' }).getByRole('link').allInnerTexts();
    await list.getByText('0 of 6 done.').waitFor();
    expect(await done()).toEqual([]);
    const secret = 'quarterly figures 1843';
    const app = {
      applicationId: 'reports',
      name: 'Reports',
      tokens: { authMethods: ['authCode', 'clientCreds'] },
    };
    await portal.server.apply({ apps: [app] });
    await page.reload();
    await list.getByText('1 of 6 done.').waitFor();
    expect(await done()).toEqual(['Add an OAuth2 Client app']);
    await portal.server.apply({
      users: [
        {
          loginName: 'reports@acme.test',
          email: 'reports@acme.test',
          displayName: 'Reports',
          password: secret,
          confidentialClient: true,
        },
      ],
      roles: [{ name: 'Developers', members: ['reports@acme.test'] }],
      apps: [
        {
          ...app,
          generalUsage: { redirects: ['http://127.0.0.1/callback'] },
          scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
          userAccess: { roles: ['Developers'] },
        },
      ],
    });
    await page.reload();
    await list.getByText('5 of 6 done.').waitFor();
    await portal.server.form('/oauth2/token/reports', {
      grant_type: 'client_credentials',
      client_id: 'reports@acme.test',
      client_secret: secret,
      scope: 'whoami',
    });
    await page.reload();
    await page.getByRole('heading', { name: 'The last 24 hours' }).waitFor();
    await page.getByRole('img', { name: /Tokens issued/ }).waitFor();
    expect(await list.count()).toBe(0);
    await page.close();
  });

  test('what needs attention is named, with the way to mend it', async () => {
    await portal.server.apply({
      apps: [{ applicationId: 'aged', name: 'Aged', generalUsage: { admitOldClients: true } }],
    });
    const { page } = await portal.open('/manage', { fresh: true });
    await page.getByRole('button', { name: 'Skip' }).click();
    const list = page.getByRole('list', { name: 'Needs attention' });
    await list.getByText(`password alone: ${ADMIN.user}`).waitFor();
    await list.getByText('Aged admits old clients').getByRole('link').click();
    await page.waitForURL('**/manage/apps/aged/general-usage');
    await page.close();
  });
});

describe.skipIf(!chromiumPath)(
  'the dashboard over more apps than one page of the list',
  { timeout: 60_000 },
  () => {
    const portal = usePortal({
      apps: [
        ...Array.from({ length: 200 }, (_, i) => ({ applicationId: `app-${i}`, name: `App ${i}` })),
        {
          applicationId: 'zebra',
          name: 'Zebra',
          scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
          generalUsage: { admitOldClients: true },
        },
      ],
    });

    test('counts and names the last of them too, and leads to the newest', async () => {
      await portal.server.apply({ apps: [{ applicationId: 'middle', name: 'Middle' }] });
      const { page } = await portal.open('/manage');
      await page.getByRole('button', { name: 'Skip' }).click();
      const done = page.getByRole('listitem').filter({ hasText: 'Done' }).getByRole('link');
      await expect.poll(() => done.allInnerTexts()).toEqual(['Add an OAuth2 Client app', 'Define a scope']);
      await page.getByText('Zebra admits old clients').waitFor();
      await page.getByRole('link', { name: 'Define a scope' }).click();
      await page.waitForURL('**/manage/apps/middle/scope');
      await page.close();
    });
  },
);
