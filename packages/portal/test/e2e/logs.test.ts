/** Changelog and audit in the Admin Portal. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ADMIN,
  chromiumPath,
  seriousViolations,
  usePortal,
  violationsInEveryLook,
} from './support/portal.js';

describe.skipIf(!chromiumPath)('the logs in the Admin Portal', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test'] },
    roles: [{ name: 'Developers', description: '=cmd("x"), and "more"' }],
    apps: [
      {
        applicationId: 'reports',
        name: 'Reports',
        tokens: { authMethods: ['clientCreds'] },
        userAccess: { roles: ['Developers'] },
      },
    ],
  });
  beforeAll(async () => {
    await portal.server.apply({
      apps: [
        { applicationId: 'reports', tokens: { lifetime: '1h', authMethods: ['clientCreds', 'authCode'] } },
      ],
    });
  });

  const entry = (page: Page, words: RegExp) => page.getByRole('row').filter({ hasText: words });

  test('a change shows who, when, from where and each field before and after', async () => {
    const { page, faults } = await portal.open('/manage/changelog');
    const change = entry(page, /local:test changed app Reports/);
    await change.getByText('from local').waitFor();
    const exact = await change.getByRole('time').getAttribute('datetime');
    expect(Date.now() - Date.parse(exact ?? '')).toBeLessThan(600_000);
    const lifetime = change.getByRole('term').filter({ hasText: 'Token Lifetime' }).locator('..');
    expect(await lifetime.getByRole('deletion').innerText()).toBe('5h');
    expect(await lifetime.getByRole('insertion').innerText()).toBe('1h');
    const methods = change.getByRole('term').filter({ hasText: 'Auth Methods' }).locator('..');
    expect(await methods.getByRole('insertion').allInnerTexts()).toEqual(['authCode']);
    const created = entry(page, /local:test created app Reports/);
    await created.getByText(/\d+ fields/).click();
    const access = created.getByRole('term').filter({ hasText: 'Roles' }).locator('..');
    expect(await access.getByRole('insertion').allInnerTexts()).toEqual(['Developers']);
    expect(await violationsInEveryLook(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('how long ago is counted from now, also after minutes on pages that show no times', async () => {
    const { page } = await portal.open('/manage/users/new', { fresh: true });
    await page.clock.install();
    await page.reload();
    await page.getByRole('heading', { name: 'Create User' }).waitFor();
    await page.clock.fastForward('20:00');
    await page.getByRole('link', { name: 'Changelog' }).click();
    await entry(page, /created app Reports/)
      .getByText('20 minutes ago')
      .waitFor();
    await page.close();
  });

  test('a version is restored after its fields were shown, which is a change itself', async () => {
    await portal.server.apply({
      apps: [{ applicationId: 'wiki', name: 'Wiki', description: 'First words' }],
    });
    await portal.server.apply({ apps: [{ applicationId: 'wiki', description: 'Other words' }] });
    const { page, faults } = await portal.open('/manage/apps/wiki/changelog');
    const created = entry(page, /local:test created/);
    await created.getByRole('button', { name: 'Restore this version' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore this version' });
    const field = dialog.getByRole('term').filter({ hasText: 'Application Description' }).locator('..');
    expect(await field.getByRole('deletion').innerText()).toBe('Other words');
    expect(await field.getByRole('insertion').innerText()).toBe('First words');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('Wiki is as it was then').first().waitFor();
    await entry(page, /restored the version from/).waitFor();
    await created.getByRole('button', { name: 'Restore this version' }).click();
    await dialog.getByText('This is what it is now').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page
      .getByRole('navigation', { name: 'Categories' })
      .getByRole('link', { name: 'Settings' })
      .click();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Application Description' }).inputValue())
      .toBe('First words');
    expect(faults).toEqual([]);
    await page.close();
  });

  test('a version is not restored over what somebody wrote after the plan was shown', async () => {
    const description = (words: string) =>
      portal.server.apply({ apps: [{ applicationId: 'minutes', name: 'Minutes', description: words }] });
    await description('First words');
    await description('Other words');
    const { page } = await portal.open('/manage/apps/minutes/changelog');
    await entry(page, /local:test created/)
      .getByRole('button', { name: 'Restore this version' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Restore this version' });
    await dialog.getByRole('deletion').filter({ hasText: 'Other words' }).waitFor();
    await description('Words of a third person');
    await dialog.getByRole('button', { name: 'Restore this version' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Somebody changed it meanwhile' }).waitFor();
    await dialog.getByRole('deletion').filter({ hasText: 'Words of a third person' }).waitFor();
    await dialog.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('Minutes is as it was then').first().waitFor();
    await page.close();
  });

  test('what belongs to an app is told apart from it, and offers no version to restore', async () => {
    await portal.server.apply({ apps: [{ applicationId: 'ledger', name: 'Ledger' }] });
    const { page } = await portal.open('/manage/changelog');
    await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json', 'x-centrify-native-client': 'true' };
      const post = (path: string, body: object) =>
        fetch(`/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      await post('/traffic/recordings', { kind: 'app', subject: 'ledger' });
      await post('/apps/ledger/registration-tokens', { name: 'Partners' });
    });
    await page.reload();
    const recording = entry(page, /created recording of app ledger/);
    await recording.getByRole('link', { name: 'app ledger' }).waitFor();
    expect(await recording.getByText(/^Ends$/).count()).toBe(1);
    const token = entry(page, /created initial access token Partners/);
    for (const one of [recording, token])
      expect(await one.getByRole('button', { name: 'Restore this version' }).count()).toBe(0);
    await token.getByRole('link', { name: 'Partners' }).click();
    await page.getByRole('heading', { name: 'Registered clients' }).waitFor();
    await page.close();
  });

  test('a rule is told by the names it was made with, and is taken back', async () => {
    const profiles = [{ name: 'Strict', challenges: [['UP'], ['OATH']] }];
    const rules = [{ apps: ['reports'], profile: 'Strict' }];
    await portal.server.apply({ authentication: { profiles, rules } });
    await portal.server.apply({ authentication: { profiles: [], rules: [] } });
    const { page } = await portal.open('/manage/changelog?kind=tenant');
    const made = entry(page, /Authentication rules/).nth(1);
    await made.getByRole('insertion').filter({ hasText: 'reports' }).waitFor();
    await made.getByRole('button', { name: 'Restore this version' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore this version' });
    await dialog.getByRole('insertion').filter({ hasText: 'reports' }).waitFor();
    await dialog.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('is as it was then').first().waitFor();
    const { core, tenant, operator } = portal.server;
    expect((await core.admin.authentication.get(tenant, operator)).rules).toMatchObject(rules);
    await portal.server.apply({ authentication: { profiles: [], rules: [] } });
    await page.close();
  });

  test('the kind is a filter that stands in the address', async () => {
    const { page } = await portal.open('/manage/changelog');
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Roles');
    await entry(page, /created role Developers/).waitFor();
    await expect.poll(() => entry(page, /app Reports/).count()).toBe(0);
    expect(new URL(page.url()).searchParams.get('kind')).toBe('roles');
    await page.reload();
    await entry(page, /created role Developers/).waitFor();
    expect(await entry(page, /app Reports/).count()).toBe(0);
    await page.close();
  });

  test('an export holds what the filter left, and no cell that a spreadsheet would run', async () => {
    const { page } = await portal.open('/manage/changelog?kind=roles');
    const exported = async (format: RegExp) => {
      await page.getByRole('button', { name: 'Export' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: format }).click();
      return readFile(await (await download).path(), 'utf8');
    };
    const changes = JSON.parse(await exported(/JSON/)) as { object: string }[];
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.every(({ object }) => object.startsWith('roles/'))).toBe(true);
    const csv = await exported(/CSV/);
    expect(csv.split('\r\n')[0]).toBe('"at","actor","source","action","object","name","field","old","new"');
    expect(csv).toContain(`"'=cmd(""x""), and ""more"""`);
    await page.close();
  });

  test('each object shows its own changes alone', async () => {
    const { page } = await portal.open('/manage/apps/reports/changelog');
    await entry(page, /local:test changed/).waitFor();
    expect(
      await entry(page, /Developers/)
        .filter({ hasText: 'created role' })
        .count(),
    ).toBe(0);
    expect(await page.getByRole('row').count()).toBe(3);
    await page.getByRole('searchbox', { name: 'Search by name, person or address' }).press('Enter');
    expect(await page.getByText('is saved').count()).toBe(0);
    await page.close();
  });

  test('the audit log shows denials with the reason, filtered by kind and text', async () => {
    await portal.server.form('/oauth2/token/reports', {
      grant_type: 'client_credentials',
      client_id: 'nobody@acme.test',
      client_secret: 'wrong',
    });
    const { page, faults } = await portal.open('/manage/audit');
    const signedIn = entry(page, /Signed in/).first();
    await signedIn.getByText('Password').waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Denials');
    await entry(page, /Token denied.*invalid_client/)
      .first()
      .waitFor();
    await expect.poll(() => entry(page, /Signed in/).count()).toBe(0);
    expect(new URL(page.url()).searchParams.get('type')).toBe('denials');
    await page.getByRole('searchbox').fill('nothing of the kind');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('searchbox').fill('invalid_client');
    await entry(page, /Token denied/)
      .first()
      .waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('an unreadable log says so, offers to try again, and recovers', async () => {
    const { page } = await portal.open('/manage/audit?type=logout');
    await page.route('**/api/v1/events?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        json: { type: 'about:blank', title: 'Unavailable', status: 503, detail: 'the database is away' },
      }),
    );
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Everything');
    await page.getByRole('alert').filter({ hasText: 'the database is away' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.unroute('**/api/v1/events?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: ADMIN.user }).first().waitFor();
    await page.close();
  });
});
