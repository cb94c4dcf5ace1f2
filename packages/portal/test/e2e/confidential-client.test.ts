/** Step 6 of the founding document: from General Usage to a token that a program got by itself. */
import { describe, expect, test } from 'vitest';
import { chromiumPath, LOOKS, seriousViolations, usePortal } from './support/portal.js';

const SECRET = 'quarterly figures 1843';

describe.skipIf(!chromiumPath)('a confidential client', () => {
  const app = (name: string) => ({
    applicationId: `svc-${name}`,
    name: `Service ${name}`,
    tokens: { authMethods: ['clientCreds'] },
    scope: { definitions: [{ name: 'whoami', restRegex: ['security/whoami'] }] },
    userAccess: { roles: ['Services'] },
  });
  const portal = usePortal({
    tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
    roles: [{ name: 'Services' }],
    apps: LOOKS.map(({ name }) => app(name)),
  });

  test.each(LOOKS)(
    'is created from General Usage, put in a role, and gets a token ($name)',
    async ({ name, options }) => {
      const { page, faults } = await portal.open(`/manage/apps/svc-${name}/general-usage`, {
        context: options,
      });
      await page.getByRole('radio', { name: 'Confidential' }).check();
      await page.getByRole('button', { name: 'Click here to create one' }).click();
      await page
        .getByRole('dialog', { name: 'Save changes first?' })
        .getByRole('button', { name: 'Save and go on' })
        .click();

      const form = page.getByRole('dialog', { name: 'Create a confidential client' });
      await form.getByRole('textbox', { name: 'Login Name' }).fill(`client-${name}`);
      const email = form.getByRole('textbox', { name: 'Email Address' });
      expect(await email.inputValue(), 'whoever makes it looks after it').toMatch(/^admin@/);
      await email.fill(`client-${name}@acme.test`);
      expect(await form.getByRole('textbox', { name: 'Display Name' }).inputValue()).toBe(
        `Service ${name} client`,
      );
      expect(await form.getByRole('checkbox', { name: 'Is OAuth confidential client' }).isChecked()).toBe(
        true,
      );
      await form.getByLabel('Password', { exact: true }).fill(SECRET);
      await form.getByLabel('Confirm Password', { exact: true }).fill(SECRET);
      expect(await seriousViolations(page)).toEqual([]);
      await form.getByRole('button', { name: 'Create User' }).click();
      await form.waitFor({ state: 'hidden' });

      const { core, tenant, operator } = portal.server;
      expect((await core.admin.apps.get(tenant, operator, `svc-${name}`)).generalUsage.clientIdType).toBe(
        'confidential',
      );

      const client = `client-${name}@acme.test`;
      const token = () =>
        portal.server.form(
          `/oauth2/token/svc-${name}`,
          { grant_type: 'client_credentials', scope: 'whoami' },
          { authorization: `Basic ${Buffer.from(`${client}:${SECRET}`).toString('base64')}` },
        );
      expect((await token()).status).toBe(400);
      await portal.server.apply({ roles: [{ name: 'Services', members: [client] }] });
      expect((await token()).status).toBe(200);
      expect(faults).toEqual([]);
      await page.close();
    },
  );
});
