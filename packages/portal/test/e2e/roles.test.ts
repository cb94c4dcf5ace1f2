/** Roles in the Admin Portal: members, rights, and the apps they open. */
import { describe, expect, test } from 'vitest';
import { chromiumPath, LOOKS, seriousViolations, usePortal } from './support/portal.js';

const PASSWORD = 'quiet rivers run deep';
const person = (name: string) => ({
  loginName: `${name}@acme.test`,
  email: `${name}@acme.test`,
  displayName: `Person ${name}`,
  password: PASSWORD,
});

describe.skipIf(!chromiumPath)('roles in the Admin Portal', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test'] },
    users: ['ada', 'keeper'].map(person),
    roles: [
      { name: 'Developers', members: ['ada@acme.test'] },
      {
        name: 'Keepers',
        rights: ['Admin Portal Login', 'Role Management'],
        members: ['keeper@acme.test'],
      },
    ],
    apps: [
      { applicationId: 'tool', name: 'Tool', userAccess: { roles: ['Developers'] } },
      { applicationId: 'other', name: 'Other tool' },
    ],
  });

  const roleNamed = async (name: string) => {
    const { roles } = portal.server.core.admin;
    const { items } = await roles.page(portal.server.tenant, portal.server.operator, { limit: 200 });
    return items.find((role) => role.name === name);
  };
  const appRoles = async (applicationId: string) => {
    const { apps } = portal.server.core.admin;
    return (await apps.get(portal.server.tenant, portal.server.operator, applicationId)).userAccess.roles;
  };

  test.each(LOOKS)(
    'a role is made, given members, rights and an app ($name)',
    async ({ name, options }) => {
      const role = `Role ${name}`;
      const { page, faults } = await portal.open('/manage/roles', { context: options });
      await page.getByRole('button', { name: 'Add Role' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add Role' });
      await dialog.getByRole('textbox', { name: 'Name' }).fill(role);
      await dialog.getByRole('button', { name: 'Create Role' }).click();

      await page.getByRole('combobox', { name: 'Add a member' }).fill('person ada');
      await page.getByRole('option', { name: /ada@acme\.test/ }).click();
      await page
        .getByRole('table', { name: 'Members' })
        .getByRole('link', { name: 'ada@acme.test' })
        .waitFor();
      expect(await seriousViolations(page)).toEqual([]);

      const parts = page.getByRole('navigation', { name: 'Parts of this role' });
      await parts.getByRole('link', { name: 'Administrative Rights' }).click();
      await page.getByRole('checkbox', { name: 'Admin Portal Login' }).check();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(`${role} is saved`).first().waitFor();
      expect(await seriousViolations(page)).toEqual([]);

      await parts.getByRole('link', { name: 'Assigned Applications' }).click();
      await page.getByRole('combobox', { name: 'Add an app' }).fill('other');
      await page.getByRole('option', { name: /Other tool/ }).click();
      await page.getByRole('list', { name: 'Assigned Applications' }).getByText('Other tool').waitFor();
      expect(await seriousViolations(page)).toEqual([]);

      expect(await roleNamed(role)).toMatchObject({ rights: ['Admin Portal Login'], memberCount: 1 });
      expect(await appRoles('other')).toContain(role);
      expect(faults).toEqual([]);
      await page.close();
    },
    60_000,
  );

  test('User Access of the app and the apps of the role are one thing', async () => {
    const { page } = await portal.open('/manage/apps/tool/user-access');
    await page.getByText('Developers').first().waitFor();
    const { id = '' } = (await roleNamed('Developers')) ?? {};
    await page.goto(`${portal.server.url}/manage/roles/${id}/apps`);
    await page.getByRole('button', { name: 'Remove Tool' }).click();
    const dialog = page.getByRole('dialog', { name: 'Close Tool to this role?' });
    await dialog.getByText('Members of Developers can use Tool no longer').waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Opens no app').waitFor();
    expect(await appRoles('tool')).toEqual([]);
    await portal.server.apply({ apps: [{ applicationId: 'tool', userAccess: { roles: ['Developers'] } }] });
    await page.reload();
    await page
      .getByRole('list', { name: 'Assigned Applications' })
      .getByRole('link', { name: 'Tool' })
      .click();
    await page.waitForURL('**/manage/apps/tool/user-access');
    await page.close();
  });

  test('a member is taken out only after what ends was named', async () => {
    const { id = '' } = (await roleNamed('Developers')) ?? {};
    const { page } = await portal.open(`/manage/roles/${id}/members`);
    await page.getByRole('button', { name: 'Remove ada@acme.test' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take Person ada out of the role?' });
    await dialog.getByText('the app Tool').waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No members yet').waitFor();
    expect((await roleNamed('Developers'))?.memberCount).toBe(0);
    await page.close();
  });

  test('what is built in is protected, with the reason', async () => {
    const { page } = await portal.open('/manage/roles/sysadmin/rights');
    await page.getByText('The rights of a built-in role are fixed').waitFor();
    for (const right of await page.getByRole('checkbox').all()) expect(await right.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Delete role' }).click({ force: true });
    await page.getByText('A built-in role cannot be deleted').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.goto(`${portal.server.url}/manage/roles/everybody/members`);
    await page.getByText('Every person is a member').waitFor();
    expect(await page.getByRole('combobox', { name: 'Add a member' }).count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  });

  test('a right that the reader lacks cannot be ticked, and the page says why', async () => {
    const { id = '' } = (await roleNamed('Developers')) ?? {};
    const keeper = { user: 'keeper@acme.test', password: PASSWORD };
    const { page } = await portal.open(`/manage/roles/${id}/rights`, { user: keeper });
    await page.getByRole('checkbox', { name: 'Role Management' }).waitFor();
    expect(await page.getByRole('checkbox', { name: 'Role Management' }).isEnabled()).toBe(true);
    expect(await page.getByRole('checkbox', { name: 'User Management', exact: true }).isDisabled()).toBe(
      true,
    );
    await page.getByText('You lack this right').first().waitFor();
    await page.close();
  });
});
