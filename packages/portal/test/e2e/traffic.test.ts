/** Traffic in the Admin Portal: recording, the picture of a flow, and why a request was refused. */
import { readFile } from 'node:fs/promises';
import type { HttpArchive } from '@sallyport/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ADMIN,
  chromiumPath,
  seriousViolations,
  usePortal,
  violationsInEveryLook,
} from './support/portal.js';

const SERVICE = { user: 'svc@acme.test', secret: 'a service secret 99' };

describe.skipIf(!chromiumPath)('traffic in the Admin Portal', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test'] },
    users: [
      {
        loginName: SERVICE.user,
        email: SERVICE.user,
        displayName: 'Service',
        password: SERVICE.secret,
        confidentialClient: true,
      },
    ],
    roles: [{ name: 'Services', members: [SERVICE.user, ADMIN.user] }],
    apps: [
      {
        applicationId: 'reports',
        name: 'Reports',
        generalUsage: { redirects: ['https://rp.test/cb'] },
        tokens: { authMethods: ['clientCreds', 'authCode'] },
        scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
        userAccess: { roles: ['Services'] },
      },
      {
        applicationId: 'grants',
        name: 'Grants',
        tokens: {
          authMethods: ['resourceOwner', 'deviceCode', 'tokenExchange'],
          issueRefreshTokens: true,
        },
        scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
        userAccess: { roles: ['Services'] },
      },
    ],
  });
  beforeAll(async () => {
    const redirects = ['https://rp.test/cb', `${portal.server.url}/sysinfo/dummy`];
    await portal.server.apply({ apps: [{ applicationId: 'reports', generalUsage: { redirects } }] });
  });

  async function token(): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${SERVICE.user}:${SERVICE.secret}`).toString('base64')}`;
    const answer = await portal.server.form(
      '/oauth2/token/reports',
      { grant_type: 'client_credentials', scope: 'whoami' },
      { authorization },
    );
    return ((await answer.json()) as { access_token: string }).access_token;
  }
  const call = async (path: string, bearer: string) =>
    portal.server.fetch(path, { headers: { authorization: `Bearer ${bearer}` } });

  test('a recording started here shows flows as they come, opens at the failed step, and exports', async () => {
    const { page, faults } = await portal.open('/manage/traffic');
    await page.getByRole('heading', { name: 'Traffic', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Start recording' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Start recording' });
    await dialog.getByRole('combobox', { name: 'Find an app' }).fill('rep');
    await page.getByRole('option', { name: 'Reports (reports)' }).click();
    expect(await dialog.getByRole('textbox', { name: 'Whose traffic' }).inputValue()).toBe('reports');
    expect(await violationsInEveryLook(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    const recording = page.getByRole('list', { name: 'Recordings' }).getByRole('listitem').first();
    await recording.getByText('Recording', { exact: true }).waitFor();

    const bearer = await token();
    await call('/security/whoami', bearer);
    await call('/api/v1/users', bearer);
    const flow = page.getByRole('row').filter({ hasText: '3 steps' });
    await flow.getByRole('img', { name: 'Failed' }).waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await flow.getByRole('link', { name: 'token … API call' }).click();

    const steps = page.getByRole('list', { name: 'Steps' });
    const failed = steps.getByRole('button', { name: /GET \/api\/v1\/users/ });
    expect(await failed.getAttribute('aria-expanded')).toBe('true');
    const detail = page.getByRole('region', { name: 'GET /api/v1/users' });
    await detail.getByText('It failed here').waitFor();
    await detail.getByRole('link', { name: 'Scope of reports' }).waitFor();
    const issued = steps.getByRole('button', { name: /POST token/ });
    await issued.focus();
    await page.keyboard.press('Enter');
    const opened = page.getByRole('region', { name: 'POST token' });
    const checks = opened.getByRole('list', { name: 'Checks in order' }).getByRole('listitem');
    expect((await checks.allInnerTexts()).map((text) => text.split('\n')[0])).toHaveLength(6);
    await opened.getByText('authorization: Basic ***').waitFor();
    await opened.getByRole('tab', { name: 'Response' }).click();
    await opened.getByText('"access_token": "***"').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export HAR' }).click();
    const { log } = JSON.parse(await readFile(await (await download).path(), 'utf8')) as HttpArchive;
    expect(log.entries.map(({ request }) => request.method)).toEqual(['POST', 'GET', 'GET']);
    expect(JSON.stringify(log)).not.toContain(bearer);

    await page.getByRole('link', { name: 'Traffic', exact: true }).first().click();
    await recording.getByRole('button', { name: 'Stop recording reports' }).click();
    await recording.getByText('Ended', { exact: true }).waitFor();
    await recording.getByRole('button', { name: 'Delete the recording of reports' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Nothing is recorded.').waitFor();
    await page.getByRole('heading', { name: 'No flows yet' }).waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });

  test('the reference of an error page leads an administrator to the check and the setting', async () => {
    const { page, faults } = await portal.open('/manage/traffic');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'cli',
      redirect_uri: 'https://elsewhere.test/',
    });
    await page.goto(`${portal.server.url}/oauth2/authorize/reports?${query}`);
    await page.getByRole('link', { name: 'Why (for administrators)' }).click();
    const refusal = page.getByRole('alert').filter({ hasText: 'Authorization denied' });
    await refusal.getByText('Redirect', { exact: true }).waitFor();
    await page.getByText('Its traffic was not recorded.').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await refusal.getByRole('link', { name: 'General Usage of reports' }).click();
    await page.getByRole('heading', { name: 'General Usage' }).waitFor();
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
    await page.close();
  });

  test('Try it runs the grants of an app, decodes the token, calls a path, and shows the traffic beside it', async () => {
    const { page, faults } = await portal.open('/manage/apps/reports/try-it');
    await page.getByRole('combobox', { name: 'Grant' }).selectOption('Client Creds');
    await page.getByRole('textbox', { name: 'Client ID' }).fill(SERVICE.user);
    await page.getByLabel('Client secret', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'invalid_client' }).waitFor();
    await page.getByRole('button', { name: 'Record this app for 15 minutes' }).click();
    await page.getByText('Nothing came yet.').waitFor();

    await page.getByLabel('Client secret', { exact: true }).fill(SERVICE.secret);
    await page.getByLabel('Client secret', { exact: true }).press('Enter');
    const token = page.getByRole('region', { name: 'Token', exact: true });
    await token.getByText(`"client_id": "${SERVICE.user}"`).waitFor();
    await page.getByRole('textbox', { name: 'Path' }).press('Enter');
    const call = page.getByRole('region', { name: 'Call the API' });
    await call.getByText('200', { exact: true }).waitFor();
    const steps = page.getByRole('list', { name: 'Steps' });
    await steps.getByRole('button', { name: /GET \/security\/whoami/ }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('combobox', { name: 'Grant' }).selectOption('Auth Code');
    await page.getByLabel('Client secret', { exact: true }).fill('');
    await page.getByRole('textbox', { name: 'Client ID' }).fill('try-it');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await token.getByText(`"unique_name": "${ADMIN.user}"`).waitFor();
    await token.getByRole('button', { name: 'Ask the server about it' }).click();
    await token.getByText('"active": true').waitFor();
    await steps.getByRole('button', { name: /GET authorize/ }).waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain(SERVICE.secret);
    expect(await page.getByText('fields changed').count()).toBe(0);
    expect(faults.filter((fault) => !fault.includes('401'))).toEqual([]);
    await page.close();
  });

  test('Try it takes the password and refreshes, waits for a device, and exchanges a token', async () => {
    const { page, faults } = await portal.open('/manage/apps/grants/try-it');
    const token = page.getByRole('region', { name: 'Token', exact: true });
    const grant = page.getByRole('combobox', { name: 'Grant' });
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await grant.selectOption('Resource Owner');
    await page.getByRole('textbox', { name: 'Client ID' }).fill('cli');
    await page.getByRole('textbox', { name: 'User name of the user' }).fill(ADMIN.user);
    await page.getByLabel('Password of the user', { exact: true }).fill(ADMIN.password);
    await run.click();
    const decoded = token.getByText(`"unique_name": "${ADMIN.user}"`);
    const first = await decoded.innerText();
    await token.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(() => decoded.innerText()).not.toBe(first);

    await grant.selectOption('Device Code');
    await run.click();
    const waiting = page.getByRole('alert').filter({ hasText: 'Waiting for another device' });
    const device = page.waitForEvent('popup');
    await waiting.getByRole('link').click();
    const tab = await device;
    await tab.locator('[name=user_code]').press('Enter');
    await tab.locator('#allow').click();
    await tab.locator('#approved').waitFor();
    await tab.close();
    const before = await decoded.innerText();
    await expect.poll(() => decoded.innerText(), { timeout: 20_000 }).not.toBe(before);
    expect(await seriousViolations(page)).toEqual([]);

    const answer = await portal.server.form('/oauth2/token/grants', {
      ...{ grant_type: 'password', client_id: 'cli', scope: 'whoami' },
      ...{ username: ADMIN.user, password: ADMIN.password },
    });
    const { access_token: received } = (await answer.json()) as { access_token: string };
    await grant.selectOption('Token Exchange');
    await page.getByRole('textbox', { name: 'Client ID' }).fill(SERVICE.user);
    await page.getByLabel('Client secret', { exact: true }).fill(SERVICE.secret);
    await page.getByLabel('Token to exchange', { exact: true }).fill(received);
    await run.click();
    await token.getByText(`"client_id": "${SERVICE.user}"`).waitFor();
    expect(await decoded.count()).toBe(1);
    expect(faults).toEqual([]);
    await page.close();
  });
});
