/** Clients that register themselves: opened, given a token, seen and revoked by an administrator. */
import { describe, expect, test } from 'vitest';
import { chromiumPath, usePortal, violationsInEveryLook } from './support/portal.js';

describe.skipIf(!chromiumPath)('the clients of an app', () => {
  const portal = usePortal({
    apps: [{ applicationId: 'notes', name: 'Notes' }],
  });

  test('register by a token made here, and are revoked', async () => {
    const { page, faults } = await portal.open('/manage/apps/notes/clients');
    await page.getByText('No client has registered').waitFor();
    await page.getByRole('radio', { name: 'By initial access token' }).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Create a token' }).click();
    const form = page.getByRole('dialog', { name: 'Create a token' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Partners');
    await form.getByRole('button', { name: 'Create a token' }).click();
    const shown = page.getByRole('dialog', { name: 'Initial access token' });
    const token = await shown.locator('code').first().innerText();
    await shown.getByRole('checkbox').check();
    await shown.getByRole('button', { name: 'Done' }).click();

    const registered = await portal.server.fetch('/oauth2/register/notes', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Sketchbook', redirect_uris: ['https://rp.test/cb'] }),
    });
    expect(registered.status).toBe(201);
    await page.reload();
    await page.getByText('Registered with Partners').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Revoke Sketchbook' }).click();
    await page
      .getByRole('dialog', { name: 'Revoke this client?' })
      .getByRole('button', { name: 'Revoke' })
      .click();
    await page.getByText('No client has registered').waitFor();
    const { core, tenant, operator } = portal.server;
    const left = await core.admin.registrations.clients(tenant, operator, 'notes', { limit: 5 });
    expect(left.items).toEqual([]);
    expect(faults).toEqual([]);
  });
});
