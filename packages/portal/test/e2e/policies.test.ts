/** Authentication profiles and rules in the Admin Portal, by role and label, and what they do to sign-ins. */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { start } from '../../../server/test/login/dance.js';
import {
  ADMIN,
  chromiumPath,
  seriousViolations,
  usePortal,
  violationsInEveryLook,
} from './support/portal.js';

const ADA = 'ada@acme.test';
const PROFILES = [
  { name: 'Two', challenges: [['UP'], ['OATH', 'EMAIL']] },
  { name: 'Alone', challenges: [['UP']] },
];

describe.skipIf(!chromiumPath)('the policies', { timeout: 60_000 }, () => {
  const portal = usePortal({
    tenant: { loginSuffixes: ['acme.test'] },
    users: [{ loginName: ADA, email: ADA, displayName: 'Ada Lovelace', password: 'quiet rivers run deep' }],
    roles: [
      { name: 'Developers', members: [ADA] },
      { name: 'Visitors', members: [] },
    ],
    apps: [{ applicationId: 'reports', name: 'Reports', userAccess: { roles: ['Developers'] } }],
  });
  beforeEach(() => portal.server.apply({ authentication: { profiles: [], rules: [] } }));

  const saved = () =>
    portal.server.core.admin.authentication.get(portal.server.tenant, portal.server.operator);
  const challenges = async (user: string) =>
    (await start(portal.server, user)).Challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name));
  const rulesOf = (page: Page) => page.getByRole('list', { name: 'Rules' }).getByRole('listitem');
  const save = async (page: Page) => {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The policies are saved').first().waitFor();
  };
  const pick = async (page: Page, label: string, option: string) => {
    await page.getByRole('combobox', { name: label }).fill(option.slice(0, 3));
    await page.getByRole('option', { name: option }).click();
  };

  test('a profile and a rule are made, forecast before they are saved, and then hold', async () => {
    const { page, faults } = await portal.open('/manage/policies');
    await page.getByText('The password, then, for users who have enrolled').waitFor();
    expect(await page.getByRole('button', { name: 'Add Rule' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Add Profile' }).click();
    const dialog = page.getByRole('dialog', { name: 'New profile' });
    await dialog.getByRole('button', { name: 'OK' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Choose at least one.' }).waitFor();
    await dialog.getByRole('textbox', { name: 'Profile name' }).fill('Two');
    const second = dialog.getByRole('group', { name: 'Challenge 2' });
    await second.getByRole('checkbox', { name: /Authenticator app/ }).check();
    await dialog.getByText('Nobody can meet challenge 2 as things stand.').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await second.getByRole('checkbox', { name: /Security questions/ }).check();
    await dialog.getByRole('button', { name: 'OK' }).click();
    await page.getByText('then Authenticator app or Security questions').waitFor();

    await page.getByRole('button', { name: 'Add Rule' }).click();
    const rule = page.getByRole('dialog', { name: 'New rule' });
    await pick(page, 'Add a role', 'Developers');
    await rule.getByRole('textbox', { name: 'Networks 1' }).fill('home');
    await rule.getByRole('button', { name: 'OK' }).click();
    await rule.getByRole('alert').filter({ hasText: 'or a range such as 10.0.0.0/8' }).waitFor();
    await rule.getByRole('textbox', { name: 'Networks 1' }).fill('127.0.0.0/8');
    await rule.getByRole('combobox', { name: 'Device' }).selectOption('Not remembered');
    await rule
      .getByText('Members of Developers, from 127.0.0.0/8, on a device that is not remembered')
      .waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await rule.getByRole('button', { name: 'OK' }).click();
    await rulesOf(page).filter({ hasText: 'Members of Developers, from 127.0.0.0/8' }).waitFor();
    await page.getByText('Nobody whom it fits can sign in').waitFor();

    await pick(page, 'User', `Ada Lovelace · ${ADA}`);
    await page.getByRole('textbox', { name: 'From the address' }).fill('127.0.0.1');
    await page.getByText('Rule 1 chooses the profile Two.').waitFor();
    await page.getByText('With the changes above, which are not saved yet.').waitFor();
    await page.getByText('Ada Lovelace cannot sign in').waitFor();
    const device = page.getByRole('combobox', { name: 'Device' });
    await device.selectOption('Remembered');
    await page.getByText('Rule 1 is for other devices.').waitFor();
    await device.selectOption('Not remembered');
    await page.getByRole('textbox', { name: 'From the address' }).fill('192.0.2.7');
    await page.getByText('Rule 1 is for other networks.').waitFor();
    await page.getByText('Ada Lovelace can sign in.').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    expect(await challenges(ADA)).toEqual([['UP']]);
    await save(page);
    expect(await saved()).toMatchObject({
      profiles: [{ name: 'Two', challenges: [['UP'], ['OATH', 'SQ']] }],
      rules: [{ roles: ['Developers'], networks: ['127.0.0.0/8'], device: 'unknown', profile: 'Two' }],
    });
    expect(faults).toEqual([]);
    await page.close();
  });

  test('the first rule that fits wins; their order is changed by keyboard and by mouse', async () => {
    const rules = [
      { roles: ['Visitors'], profile: 'Alone' },
      { profile: 'Alone' },
      { apps: ['reports'], profile: 'Two' },
    ];
    await portal.server.apply({ authentication: { profiles: PROFILES, rules } });
    const { page } = await portal.open('/manage/policies');
    await rulesOf(page)
      .filter({ hasText: 'Everybody, at reports' })
      .getByText('Never reached: rule 2')
      .waitFor();
    await page.getByRole('button', { name: 'Move rule 3 up' }).focus();
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Move rule 2 up');
    await page.keyboard.press('Enter');
    await rulesOf(page).first().getByText('at reports').waitFor();
    expect(await page.getByText('Never reached').count()).toBe(0);
    await pick(page, 'User', `Ada Lovelace · ${ADA}`);
    await pick(page, 'App', 'Reports · reports');
    await page.getByText('Rule 1 chooses the profile Two.').waitFor();
    await rulesOf(page).nth(0).dragTo(rulesOf(page).nth(2));
    await rulesOf(page).nth(2).getByText('at reports').waitFor();
    await page.getByText('Rule 2 chooses the profile Alone.').waitFor();
    await save(page);
    expect((await saved()).rules.map(({ apps }) => apps.length)).toEqual([0, 0, 1]);
    await page.close();
  });

  test('what the server refuses stands at its rule, and a conflict shows what is there now', async () => {
    await portal.server.apply({
      roles: [{ name: 'Leaving', members: [] }],
      authentication: { profiles: PROFILES, rules: [{ roles: ['Developers', 'Leaving'], profile: 'Alone' }] },
    });
    const { page } = await portal.open('/manage/policies');
    await rulesOf(page).filter({ hasText: 'Developers or Leaving' }).waitFor();
    const { core, tenant, operator } = portal.server;
    const { items } = await core.admin.roles.page(tenant, operator, { limit: 100 });
    const leaving = items.find(({ name }) => name === 'Leaving');
    await core.admin.roles.remove(tenant, operator, leaving?.id ?? '');
    await page.getByRole('button', { name: 'Remove Two' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'there is no role "Leaving"' }).waitFor();
    await rulesOf(page).first().getByText('there is no role "Leaving"').waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    await portal.server.apply({ authentication: { profiles: PROFILES, rules: [] } });
    await page.getByRole('button', { name: 'Remove rule 1' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' }).waitFor();
    await page.getByRole('button', { name: 'Show what is there now' }).click();
    await page.getByRole('button', { name: 'Edit Two' }).waitFor();
    await page.close();
  });

  test('removing a profile takes its rules along, and nobody locks themselves out unknowingly', async () => {
    await portal.server.apply({
      authentication: { profiles: PROFILES, rules: [{ roles: ['Visitors'], profile: 'Two' }] },
    });
    const { page } = await portal.open('/manage/policies');
    await page.getByText('Code by e-mail cannot be used: mail is not set up.').waitFor();
    await page.getByRole('button', { name: 'Edit rule 1' }).click();
    const rule = page.getByRole('dialog', { name: 'Rule 1' });
    await rule.getByRole('button', { name: 'Remove Visitors' }).click();
    await rule.getByRole('button', { name: 'OK' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'you yourself could not sign in' }).waitFor();
    expect((await saved()).rules).toHaveLength(1);
    expect((await saved()).rules[0]?.roles).toEqual(['Visitors']);
    await page.getByRole('checkbox', { name: /I know that I could not sign in/ }).check();
    await save(page);
    expect(await challenges(ADMIN.user)).toEqual([['UP']]);
    await page.getByRole('button', { name: 'Remove Two' }).click();
    await page.getByRole('dialog').getByText('The rules that choose it go too: 1.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await save(page);
    expect(await saved()).toMatchObject({ profiles: [{ name: 'Alone' }], rules: [] });
    await page.close();
  });
});
