import { readFile } from 'node:fs/promises';
import { discover } from '@sallyport/client';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chromiumPath, LOOKS, seriousViolations, usePortal } from './support/portal.js';

const DECLARATION = {
  tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
  roles: [{ name: 'Developers' }],
  apps: [
    {
      applicationId: 'reports',
      name: 'Reports',
      category: 'Finance',
      generalUsage: { redirects: ['https://client.test/cb'] },
      scope: { definitions: [{ name: 'whoami', description: 'Know who', restRegex: ['security/whoami'] }] },
      userAccess: { roles: ['Developers'] },
    },
    { applicationId: 'doomed', name: 'Doomed', category: 'Other' },
  ],
};

const ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const category = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name });
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true });
const saved = (page: Page, name: string) => page.getByText(`${name} is saved`).first().waitFor();

describe.skipIf(!chromiumPath)('apps in the Admin Portal', { timeout: 60_000 }, () => {
  const portal = usePortal(DECLARATION);

  const stored = (applicationId: string) =>
    portal.server.core.admin.apps.get(portal.server.tenant, portal.server.operator, applicationId);

  test('an OAuth2 Server app gets its audience, its claims, and scopes without endpoints', async () => {
    const { page, faults } = await portal.open('/manage/apps');
    await page.getByRole('button', { name: 'Add Web Apps' }).click();
    await page.getByRole('button', { name: 'Add OAuth2 Server' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('was added').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await category(page, 'General Usage').click();
    await page.getByRole('textbox', { name: 'Audience' }).fill('https://api.acme.test');
    await category(page, 'Tokens').click();
    await page.getByRole('button', { name: 'Add a claim' }).click();
    await page.getByRole('textbox', { name: 'Name of claim 1' }).fill('scope');
    await page.getByRole('combobox', { name: 'Where claim 1 comes from' }).selectOption('A constant');
    await page.getByRole('textbox', { name: 'Value of claim 1' }).fill('test');
    await save(page).click();
    await page
      .getByText(/written by the server alone/)
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'Name of claim 1' }).fill('stage');
    expect(await seriousViolations(page)).toEqual([]);
    await category(page, 'Scope').click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'New scope' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('read');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await save(page).click();
    await saved(page, 'OAuth2 Server');
    expect(await stored('OAuth2Server')).toMatchObject({
      template: 'OAuth2Server',
      generalUsage: { audience: 'https://api.acme.test' },
      tokens: { claims: [{ name: 'stage', from: 'constant', value: 'test' }] },
      scope: { definitions: [{ name: 'read', restRegex: [] }] },
    });
    expect(faults).toEqual([]);
    await page.close();
  });

  test.each(LOOKS)(
    'steps 3 to 7 of the founding document add and configure an app ($name)',
    async ({ name, options }) => {
      const { page, faults } = await portal.open('/manage', { context: options });
      const id = `walk-${name}`;
      const splash = page.getByRole('dialog', { name: /quickstart/i }).getByRole('button', { name: 'Skip' });
      if (await splash.isVisible().catch(() => false)) await splash.click();
      const menu = page.getByRole('button', { name: 'Open menu' });
      if (await menu.isVisible()) await menu.click();
      await page.getByRole('link', { name: 'Apps', exact: true }).click();
      await page.getByRole('button', { name: 'Add Web Apps' }).click();
      await page.getByRole('tab', { name: 'Custom' }).click();
      await page.getByRole('button', { name: 'Add OAuth2 Client' }).click();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Yes' }).click();
      await page.getByText('was added').waitFor();
      await page.getByRole('button', { name: 'Close', exact: true }).click();

      await page.getByRole('textbox', { name: 'Application ID' }).fill(id);
      await page.getByRole('textbox', { name: 'Application Name' }).fill(`Walk ${name}`);
      await page.getByRole('textbox', { name: 'Application Description' }).fill('Not shown to users');
      await page.getByText('3 fields changed').waitFor();

      await category(page, 'General Usage').click();
      await page.getByRole('radio', { name: 'Anything' }).check();
      await page
        .getByRole('textbox', { name: 'Allow Redirects 1' })
        .fill(`${portal.server.url}/sysinfo/dummy`);
      expect(await seriousViolations(page)).toEqual([]);

      await category(page, 'Tokens').click();
      await page.getByRole('combobox', { name: 'Token Type' }).selectOption('JwtRS256');
      await page.getByRole('checkbox', { name: 'Auth Code' }).check();
      await page.getByRole('checkbox', { name: 'Issue refresh tokens' }).check();
      await page.getByRole('textbox', { name: 'Refresh Token Lifetime' }).fill('30');
      expect(await seriousViolations(page)).toEqual([]);

      await category(page, 'Scope').click();
      await page.getByRole('checkbox', { name: 'User must confirm authorization request' }).check();
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'New scope' });
      await dialog.getByRole('textbox', { name: 'Name' }).fill('all');
      await dialog.getByRole('textbox', { name: 'Description' }).fill('Everything');
      await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('.*');
      await dialog.getByText('This opens every endpoint').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await save(page).last().click();
      await dialog.waitFor({ state: 'hidden' });

      await category(page, 'User Access').click();
      await page.getByRole('combobox', { name: 'Add a role' }).click();
      await page.getByRole('option', { name: 'Developers' }).click();
      await save(page).click();
      await saved(page, `Walk ${name}`);
      expect(page.url()).toContain(`/manage/apps/${id}/user-access`);

      expect(await stored(id)).toMatchObject({
        name: `Walk ${name}`,
        description: 'Not shown to users',
        generalUsage: { clientIdType: 'anything', redirects: [`${portal.server.url}/sysinfo/dummy`] },
        tokens: { issueRefreshTokens: true, refreshTokenLifetime: '30d' },
        scope: { userMustConfirm: true, definitions: [{ name: 'all', restRegex: ['.*'] }] },
        userAccess: { roles: ['Developers'] },
      });
      expect(faults).toEqual([]);
      await page.close();
    },
    90_000,
  );

  test('the list is grouped by category, tells templates apart, and is searched on the server and in the address', async () => {
    await portal.server.apply({
      apps: [{ applicationId: 'stock', name: 'Stock', template: 'OAuth2Server' }],
    });
    const { page } = await portal.open('/manage/apps');
    const table = page.getByRole('table', { name: 'Apps' });
    await expect
      .poll(() => table.getByRole('rowheader').allInnerTexts())
      .toEqual(expect.arrayContaining(['Finance', 'Other']));
    const row = (name: string) => table.getByRole('row').filter({ hasText: name });
    await row('Stock').getByRole('cell', { name: 'OAuth2 Server' }).waitFor();
    await row('Reports').getByRole('cell', { name: 'OAuth2 Client' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search apps' }).fill('repor');
    await expect.poll(() => table.getByRole('link').allInnerTexts()).toEqual(['Reports']);
    expect(new URL(page.url()).searchParams.get('search')).toBe('repor');
    await page.getByRole('searchbox', { name: 'Search apps' }).fill('nothing like it');
    await page.getByText('Nothing matches').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  });

  test('faults stand at their field and in a summary, and the first takes the focus', async () => {
    const { page } = await portal.open('/manage/apps/reports/general-usage');
    await page.getByRole('textbox', { name: 'Allow Redirects 1' }).fill('https://client.test/*');
    await category(page, 'Settings').click();
    await page.getByRole('textbox', { name: 'Application Name' }).fill('');
    await save(page).click();
    const summary = page.getByRole('alert').filter({ hasText: 'Not saved yet' });
    await expect.poll(() => summary.getByRole('listitem').count()).toBe(2);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
      .toBe('name');
    const ring = () =>
      page.evaluate(() => document.activeElement && getComputedStyle(document.activeElement).outlineStyle);
    expect(await ring(), 'seen beside the border, which says the fault').toBe('solid');
    await summary.getByRole('button', { name: 'Allow Redirects' }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
      .toBe('generalUsage.redirects.0');
    expect(await seriousViolations(page)).toEqual([]);
    expect((await stored('reports')).name).toBe('Reports');
    await page.close();
  });

  test('every endpoint has a command and code to copy; the command line is left out where it has no way', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings');
    const endpoint = page.getByRole('combobox', { name: 'Endpoint to use' });
    const kinds = () => page.getByRole('tab').allInnerTexts();
    const server = await discover(portal.server.url, 'reports');
    for (const option of await endpoint.getByRole('option').all()) {
      await endpoint.selectOption(await option.innerText());
      await page.getByRole('tab', { name: 'curl' }).click();
      await page.getByRole('tabpanel').getByText(`curl '${portal.server.url}`).waitFor();
      await page.getByRole('tab', { name: 'TypeScript' }).click();
      const code = await page.getByRole('tabpanel').innerText();
      for (const [, name = ''] of code.matchAll(/server\.(\w+)/g))
        expect(server, 'what the code takes from the server is there').toHaveProperty(name);
    }
    await endpoint.selectOption('Introspection endpoint');
    expect(await kinds()).toEqual(['curl', 'TypeScript']);
    await page.getByRole('tab', { name: 'TypeScript' }).click();
    await page.getByRole('tabpanel').getByText('await introspect(server, client, accessToken)').waitFor();
    await endpoint.selectOption('Keys');
    await page.getByRole('tabpanel').getByText('server.jwks_uri').waitFor();
    await page.close();
  });

  test('a renamed app keeps its changelog, and Back leads past its former name', async () => {
    const name = 'Called twice';
    await portal.server.apply({ apps: [{ applicationId: 'once', name }] });
    const { page } = await portal.open('/manage/apps');
    await page.getByRole('link', { name }).click();
    await page.getByRole('textbox', { name: 'Application ID' }).fill('twice');
    await save(page).click();
    await page.waitForURL('**/manage/apps/twice/settings');
    await page.goBack();
    await page.getByRole('heading', { name: 'Apps', exact: true }).waitFor();
    await page.goForward();
    await category(page, 'Changelog').click();
    const created = page.getByRole('row').filter({ hasText: 'created' });
    await created.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore this version' }).click();
    await page.waitForURL('**/manage/apps/once/changelog');
    await page.getByText('restored the version').waitFor();
    await page.close();
  });

  test('what only the server can refuse stands at its field too', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings');
    await page.getByRole('textbox', { name: 'Application ID' }).fill('doomed');
    await save(page).click();
    await page.getByRole('alert').filter({ hasText: '"doomed" is taken' }).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
      .toBe('applicationId');
    await page.close();
  });

  test('a German reader is told in German what the server and the contract refuse', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings', { context: { locale: 'de-DE' } });
    const told = (hasText: string) => page.getByRole('alert').filter({ hasText }).waitFor();
    const save = page.getByRole('button', { name: 'Speichern', exact: true });
    const part = (name: string) =>
      page.getByRole('navigation', { name: 'Kategorien' }).getByRole('link', { name });
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Bild auswählen' }).click();
    await (await chooser).setFiles({
      name: 'logo.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('<svg/>'),
    });
    await told('weder PNG noch JPEG');

    const id = page.getByRole('textbox', { name: 'Application ID' });
    await id.fill('doomed');
    await save.click();
    await told('„doomed“ ist schon vergeben');
    await id.fill('no spaces');
    await save.click();
    await told('1 bis 64 Buchstaben');
    await id.fill('reports');

    await part('Verwendung').click();
    await page.getByRole('textbox', { name: 'Erlaubte Redirects 1' }).fill('not a url');
    await save.click();
    await told('„not a url“: kein Leerraum');

    await part('Scope').click();
    await page.getByRole('button', { name: 'Hinzufügen', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Neuer Scope' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('bad');
    await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('(?=api)');
    await dialog.getByText('Look-around und andere Perl-Syntax').first().waitFor();
    expect(await dialog.getByText('linear-time').count()).toBe(0);
    await page.close();
  });

  test('leaving with unsaved changes asks once, moving between categories does not', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings');
    await page.getByRole('textbox', { name: 'Application Description' }).fill('half a thought');
    await category(page, 'Tokens').click();
    await page.getByRole('heading', { name: 'Tokens' }).waitFor();
    await category(page, 'Settings').getByText('has unsaved changes').waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('dialog', { name: 'Unsaved changes' }).getByRole('button', { name: 'Stay' }).click();
    await category(page, 'Settings').click();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Application Description' }).inputValue())
      .toBe('half a thought');
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('button', { name: 'Leave without saving' }).click();
    await page.waitForURL('**/manage/users');
    await page.close();
  });

  test('of two administrators the second is told what the first saved, and loses nothing', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings');
    await page.getByRole('textbox', { name: 'Application Description' }).fill('mine');
    await portal.server.apply({
      apps: [{ applicationId: 'reports', category: 'Theirs', description: 'theirs' }],
    });
    await save(page).click();
    const dialog = page.getByRole('dialog', { name: 'Changed by somebody else' });
    await dialog.getByRole('row', { name: /Application Description theirs mine/ }).waitFor();
    await dialog.getByText('The last change is by local:test').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Keep mine on top' }).click();
    await page.getByText('1 field changed').waitFor();
    await save(page).click();
    await saved(page, 'Reports');
    expect(await stored('reports')).toMatchObject({ category: 'Theirs', description: 'mine' });
    await page.close();
  });

  test('a scope shows what it opens and just misses, and refuses what cannot run in linear time', async () => {
    const { page } = await portal.open('/manage/apps/reports/scope');
    await page.getByRole('button', { name: 'Edit whoami' }).click();
    const dialog = page.getByRole('dialog', { name: 'Scope: whoami' });
    await dialog.getByText(/This opens \d+ of \d+ endpoints/).waitFor();
    await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('api/v1/users/.*');
    await dialog.getByText('Just missed').waitFor();
    await dialog.getByText('api/v1/users', { exact: true }).waitFor();
    await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('[^ ]+');
    await dialog.getByText('This opens every endpoint').waitFor();
    const last = dialog.getByText('UserMgmt/RemoveUser', { exact: true });
    expect(await last.isVisible()).toBe(false);
    await dialog.getByText(/^\d+ more endpoints$/).click();
    await last.waitFor();
    await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('(?=api)');
    await dialog.getByText('(?=api) cannot be saved').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-path')))
      .toBe('restRegex.0');
    const faulty = dialog.locator('[data-path][aria-invalid="true"]');
    expect(await faulty.count()).toBe(1);
    await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('api/v1/users');
    await faulty.waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('textbox', { name: 'Path' }).fill('/security/whoami');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('GET /security/whoami is opened by the scope whoami.').waitFor();
    await page.getByRole('textbox', { name: 'Access token' }).fill('good for nothing');
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('This token is good for nothing:').waitFor();
    await page.close();
  });

  test('the endpoints of an app are saved as a Postman collection with one click', async () => {
    const { page } = await portal.open('/manage/apps/reports/settings');
    for (const kind of ['collection', 'environment'] as const) {
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: `Postman ${kind}` }).click();
      const download = await saving;
      expect(download.suggestedFilename()).toBe(`reports.postman_${kind}.json`);
      expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toBeTypeOf('object');
    }
    await page.close();
  });

  test('a logo is chosen, shown beside the name everywhere, and taken away; unsaved changes stay', async () => {
    const { page, faults } = await portal.open('/manage/apps/reports/settings');
    await page.getByRole('textbox', { name: 'Application Description' }).fill('not saved yet');
    const choose = async (button: string, buffer: Buffer) => {
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: button }).click();
      await (await chooser).setFiles({ name: 'logo.png', mimeType: 'image/png', buffer });
    };
    await choose('Choose a picture', Buffer.from('<svg/>'));
    await page.getByRole('alert').filter({ hasText: 'is neither PNG nor JPEG' }).waitFor();
    await choose('Choose a picture', Buffer.from(ONE_PIXEL, 'base64'));
    await page.getByText('The logo is saved').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Application Description' }).inputValue()).toBe(
      'not saved yet',
    );
    expect(await seriousViolations(page)).toEqual([]);
    await save(page).click();
    await saved(page, 'Reports');
    const { logo } = await stored('reports');
    await page.goto(`${portal.server.url}/manage/apps`);
    await expect
      .poll(() =>
        page.evaluate((src) => [...document.images].some((image) => image.src.endsWith(src)), `${logo}`),
      )
      .toBe(true);
    await page.goto(`${portal.server.url}/manage/apps/reports/settings`);
    await page.getByRole('button', { name: 'Remove the logo' }).click();
    await page.getByRole('button', { name: 'Choose a picture' }).waitFor();
    expect((await stored('reports')).logo).toBeNull();
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
    await page.close();
  });

  test('deleting asks for the name and takes nothing else', async () => {
    const { page } = await portal.open('/manage/apps/doomed/settings');
    await page.getByRole('button', { name: 'Delete this app' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Doomed?' });
    await dialog.getByText('No client holds a live permission of this app.').waitFor();
    await dialog.getByRole('textbox').fill('doom');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('That is not the name.').waitFor();
    expect((await stored('doomed')).name).toBe('Doomed');
    await dialog.getByRole('textbox').fill('Doomed');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/manage/apps');
    await expect(stored('doomed')).rejects.toThrow('does not exist');
    await page.close();
  });
});
