/** Administrators with a few rights: what the portal offers them is what they may, so that nothing they press is refused. */
import { RIGHTS, type Right } from '@sallyport/contract';
import { describe, expect, test } from 'vitest';
import { chromiumPath, usePortal } from './support/portal.js';

const PASSWORD = 'a few rights and no more';
const LIMITED: readonly Right[] = RIGHTS.filter(
  (right) => right !== 'Admin Portal Login' && right !== 'System Administrator',
);
const nameOf = (right: Right) => `${right.replaceAll(' ', '').toLowerCase()}@acme.test`;
const isApp = (right: Right) => right === 'Application Management';

describe.skipIf(!chromiumPath)('an administrator with few rights', { timeout: 120_000 }, () => {
  const portal = usePortal({
    tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
    users: LIMITED.map((right) => ({
      loginName: nameOf(right),
      email: nameOf(right),
      displayName: right,
      password: PASSWORD,
    })),
    roles: [
      ...LIMITED.map((right) => ({
        name: `Only ${right}`,
        rights: ['Admin Portal Login', right],
        members: [nameOf(right)],
      })),
      { name: 'Readers', members: [nameOf('Role Management')] },
    ],
    apps: [{ applicationId: 'wiki', name: 'Wiki', userAccess: { roles: ['Readers'] } }],
  });

  const denialsOf = async (right: Right) => {
    const { core, tenant } = portal.server;
    const { items } = await core.store.read.events.page(tenant.id, { limit: 50, types: ['call.denied'] });
    return items.filter(({ userName }) => userName === nameOf(right)).map(({ detail }) => detail);
  };

  test.each(LIMITED)('who has %s alone is offered no page that is refused', async (right) => {
    const user = { user: nameOf(right), password: PASSWORD };
    const { page } = await portal.open('/manage', { user });
    await page
      .getByRole('button', { name: 'Skip' })
      .or(page.getByRole('heading', { level: 1 }))
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    const menu = page.getByRole('navigation').getByRole('link');
    const offered = await menu.allInnerTexts();
    for (const name of offered) {
      await menu.filter({ hasText: name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.waitForTimeout(150);
      expect(await page.getByText('This could not be shown').count(), name).toBe(0);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('a');
    await page.waitForTimeout(600);
    expect(await denialsOf(right)).toEqual([]);
    expect(offered.includes('Apps')).toBe(isApp(right) || right === 'Read Only System Administrator');
    await page.close();
  });

  test('taking a member out says what it cannot show, and asks for nothing that is refused', async () => {
    const user = { user: nameOf('User Management'), password: PASSWORD };
    const { core, tenant, operator } = portal.server;
    const { items } = await core.admin.roles.page(tenant, operator, { limit: 5, search: 'Readers' });
    const { page } = await portal.open(`/manage/roles/${items[0]?.id}/members`, { user });
    await page.getByRole('button', { name: `Remove ${nameOf('Role Management')}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The apps that it opens.').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await denialsOf('User Management')).toEqual([]);
    await page.close();
  });

  test('who may not manage members is told so, and who may not read the log exports none', async () => {
    const user = { user: nameOf('Role Management'), password: PASSWORD };
    const { core, tenant, operator } = portal.server;
    const { items } = await core.admin.roles.page(tenant, operator, { limit: 5, search: 'Readers' });
    const { page } = await portal.open(`/manage/roles/${items[0]?.id}/members`, { user });
    await page.getByText('needs the right “User Management”').waitFor();
    await page.goto(`${portal.server.url}/manage/changelog`);
    await page.getByText('You lack the right').waitFor();
    expect(await page.getByRole('button', { name: 'Export' }).count()).toBe(0);
    await page.close();
  });
});
