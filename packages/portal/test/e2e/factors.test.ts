/** Second factors of one's own and of others, and sign-ins approved from another device. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totp } from '../../../server/test/cli/support/totp.js';
import { answer, call, mechanism, start } from '../../../server/test/login/dance.js';
import { type Outbox, openOutbox } from '../../../server/test/login/outbox.js';
import { createTestServer } from '../../../server/test/support/server.js';
import {
  chromiumPath,
  type Portal,
  seriousViolations,
  startPortal,
  violationsInEveryLook,
  withAuthenticator,
} from './support/portal.js';

const PASSWORD = 'quiet rivers run deep';
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const NAMES = ['holder', 'asker', 'caller', 'keeper', 'loser', 'approver', 'mailed'];
const nameOf = (name: string) => `${name}@acme.test`;

describe.skipIf(!chromiumPath)('second factors', { timeout: 60_000 }, () => {
  let portal: Portal;
  let outbox: Outbox;
  beforeAll(async () => {
    outbox = await openOutbox();
    const server = await createTestServer({ settings: { outboxDir: outbox.folder } });
    portal = await startPortal(
      {
        tenant: { loginSuffixes: ['acme.test'] },
        users: NAMES.map((name) => ({
          loginName: nameOf(name),
          email: nameOf(name),
          displayName: `Person ${name}`,
          password: PASSWORD,
          ...(['loser', 'approver', 'keeper'].includes(name) ? { totpSecret: SECRET } : {}),
        })),
        roles: [
          { name: 'Approvers', members: [nameOf('approver')] },
          { name: 'Keepers', members: [nameOf('keeper')] },
          { name: 'Strict', members: [nameOf('loser')] },
        ],
        authentication: {
          profiles: [
            { name: 'Elsewhere', challenges: [['UP'], ['OATH', 'OTP']] },
            { name: 'App', challenges: [['UP'], ['OATH']] },
          ],
          rules: [
            { roles: ['Approvers'], profile: 'Elsewhere' },
            { roles: ['Keepers'], device: 'known', profile: 'App' },
            { roles: ['Strict'], networks: ['10.0.0.0/8'], profile: 'App' },
          ],
        },
      },
      server,
    );
  });
  afterAll(async () => {
    await portal?.close();
    await outbox?.remove();
  });

  const as = (name: string) => ({ user: nameOf(name), password: PASSWORD });
  const own = (page: Page) => page.getByRole('list', { name: 'Second factors' }).getByRole('listitem');
  const prove = (page: Page) =>
    page.getByRole('dialog').getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
  const second = async (name: string, which: string) => {
    const { SessionId, Challenges } = await start(portal.server, nameOf(name));
    const { envelope } = await answer(portal.server, SessionId, mechanism(Challenges, 'UP'), PASSWORD);
    const found = envelope.Result.Challenges[0]?.Mechanisms.find(({ Name }) => Name === which);
    if (!found) throw new Error(`${which} is not offered`);
    return { SessionId, id: found.MechanismId };
  };
  /** Signs in with the authenticator app too. */
  const openWithCode = async (path: string, name: string, remembered = false) => {
    const page = await portal.blank();
    await page.goto(`${portal.server.url}${path}`);
    await page.getByLabel('User name').fill(nameOf(name));
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.locator('#signin').click();
    await page.locator('#answer').fill(totp(SECRET));
    if (remembered) await page.getByLabel('Remember this device').check();
    await page.locator('#signin').click();
    await page.getByRole('banner').first().waitFor();
    return page;
  };

  test('a passkey is made with the password and a touch under a name, and then signs in alone', async () => {
    const { page, faults } = await portal.open('/my/security', { user: as('holder') });
    const touch = await withAuthenticator(page);
    await page.getByText('Whoever learns your password can sign in as you.').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add a passkey or security key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a passkey or security key' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Blue key');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Enter your password.' }).waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await prove(page);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await own(page).filter({ hasText: 'Passkey: Blue key' }).waitFor();
    await own(page).getByText('an administrator has to remove it').waitFor();
    expect(await violationsInEveryLook(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add a passkey or security key' }).click();
    await prove(page);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'holds a passkey of yours already' }).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(faults).toEqual([]);
    await touch(true);
    await page.context().clearCookies();
    await page.goto(`${portal.server.url}/my/sessions`);
    await page.getByText('Passkey alone').waitFor();
    await page.close();
  });

  test('questions and recovery codes are set, stand in for each other, and work', async () => {
    const { page } = await portal.open('/my/security', { user: as('asker') });
    expect(await page.getByRole('button', { name: 'Make recovery codes' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Set security questions' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set security questions' });
    await dialog.getByRole('button', { name: 'Save questions' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Answer 3' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('combobox', { name: 'Question 1' }).click();
    await page.getByRole('option', { name: 'What was your first pet called?' }).click();
    await dialog.getByRole('combobox', { name: 'Question 2' }).fill('Which tree stood there?');
    await dialog.getByRole('combobox', { name: 'Question 3' }).fill('Which boat was it?');
    for (const [i, word] of ['Rex', 'Lime', 'Swift'].entries())
      await dialog.getByRole('textbox', { name: `Answer ${i + 1}` }).fill(word);
    await prove(page);
    await dialog.getByRole('button', { name: 'Save questions' }).click();
    await own(page).getByText('3 questions').waitFor();

    await page.getByRole('button', { name: 'Make recovery codes' }).click();
    const codesDialog = page.getByRole('dialog', { name: 'Make recovery codes' });
    await prove(page);
    await codesDialog.getByRole('button', { name: 'Make codes' }).click();
    await codesDialog.getByRole('list', { name: 'Recovery codes' }).waitFor();
    const codes = await codesDialog
      .getByRole('list', { name: 'Recovery codes' })
      .getByRole('listitem')
      .allInnerTexts();
    expect(codes).toHaveLength(10);
    expect(await seriousViolations(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await codesDialog.getByRole('button', { name: 'Download' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).toContain(codes[9]);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('heading', { name: 'My security' }).isVisible()).toBe(false);
    expect(await codesDialog.getByText(codes[0] ?? '', { exact: true }).isVisible()).toBe(true);
    await page.emulateMedia({ media: 'screen' });
    await codesDialog.getByRole('checkbox', { name: 'I have kept it in a safe place' }).check();
    await codesDialog.getByRole('button', { name: 'Done' }).click();
    await own(page)
      .filter({ hasText: 'Security questions' })
      .getByText('sign in with Recovery codes')
      .waitFor();
    const { SessionId, id } = await second('asker', 'RECOVERY');
    const done = await answer(portal.server, SessionId, id, codes[4]);
    expect(done.envelope.Result.Summary).toBe('LoginSuccess');
    await page.reload();
    await own(page).getByText('9 left').waitFor();
    await page.getByRole('button', { name: 'Renew Recovery codes' }).click();
    await prove(page);
    await codesDialog.getByRole('button', { name: 'Make codes' }).click();
    await codesDialog.getByRole('checkbox').check();
    await codesDialog.getByRole('button', { name: 'Done' }).click();
    await own(page).getByText('10 left').waitFor();
    await page.close();
  });

  test('a telephone is proved by the code that it got', async () => {
    const { page } = await portal.open('/my/security', { user: as('caller') });
    await page.getByRole('button', { name: 'Add a telephone for text messages' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a telephone for text messages' });
    await dialog.getByRole('textbox', { name: 'Telephone number' }).fill('0151 234');
    await prove(page);
    await dialog.getByRole('button', { name: 'Send a code' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'An international number' }).waitFor();
    await dialog.getByRole('textbox', { name: 'Telephone number' }).fill('+49 (151) 1234-5678');
    await dialog.getByRole('button', { name: 'Send a code' }).click();
    await dialog.getByText('A code was sent to +4915112345678').waitFor();
    let message = await outbox.next();
    while (message.to !== '+4915112345678') message = await outbox.next();
    await dialog.getByRole('textbox', { name: 'Code' }).fill('000000');
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'not the code that was sent' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Code' }).fill(message.code ?? '');
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await own(page).filter({ hasText: 'Text message: *****78' }).waitFor();
    await page.close();
  });

  test('an invitation is mailed by an administrator, and an address is one’s own once its code came back', async () => {
    const mailTo = async (to: string) => {
      let message = await outbox.next();
      while (message.to !== to) message = await outbox.next();
      return message;
    };
    const admin = await portal.open(`/manage/users/${nameOf('mailed')}`);
    await admin.page.getByRole('button', { name: 'Actions' }).click();
    await admin.page.getByRole('menuitem', { name: 'Send an invitation' }).click();
    await admin.page.getByText(`An invitation to choose a password goes to ${nameOf('mailed')}`).waitFor();
    expect((await mailTo(nameOf('mailed'))).link).toContain(portal.server.url);
    await admin.page.close();

    const { page } = await portal.open('/my/security', { user: as('mailed') });
    const section = page.getByRole('region', { name: 'E-mail address' });
    await section.getByText('Not verified').waitFor();
    await section.getByRole('button', { name: 'Verify the address' }).click();
    const dialog = page.getByRole('dialog', { name: 'E-mail address' });
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('nowhere');
    await prove(page);
    await dialog.getByRole('button', { name: 'Send a code' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'This is not an email address.' }).waitFor();
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('new@acme.test');
    await dialog.getByRole('button', { name: 'Send a code' }).click();
    await dialog.getByText('A code was mailed to new@acme.test').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const { code } = await mailTo('new@acme.test');
    await dialog.getByRole('textbox', { name: 'Code' }).fill(code ?? '');
    await dialog.getByRole('button', { name: 'Verify the address' }).click();
    await section.getByText('Verified', { exact: true }).waitFor();
    await section.getByText('new@acme.test').waitFor();
    await page.close();
  });

  test('a sign-in elsewhere is asked about without reload, and let in by its number alone', async () => {
    const page = await openWithCode('/my', 'approver');
    const begin = async () => {
      const { SessionId, id } = await second('approver', 'OTP');
      const act = async (Action: string, Answer?: string) => {
        const operation = { SessionId, MechanismId: id, Action, Answer };
        return (await call(portal.server, '/Security/AdvanceAuthentication', operation)).envelope.Result;
      };
      return { act, number: String((await act('StartOOB')).GeneratedAuthValue) };
    };
    const first = await begin();
    const dialog = page.getByRole('dialog', { name: 'Are you signing in?' });
    await dialog.getByText('127.0.0.1').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Yes, it is me' }).click();
    await dialog.getByText('Type the two digits').waitFor();
    await dialog.getByRole('textbox', { name: 'The number shown there' }).fill(first.number);
    await dialog.getByRole('button', { name: 'Yes, it is me' }).click();
    await page.getByText('Approved: the sign-in goes on').waitFor();
    expect((await first.act('Poll')).Summary).toBe('LoginSuccess');

    const other = await begin();
    await dialog
      .getByRole('textbox', { name: 'The number shown there' })
      .fill(other.number === '10' ? '11' : '10');
    await dialog.getByRole('button', { name: 'Yes, it is me' }).click();
    await dialog.getByText('The sign-in was ended').waitFor();
    expect((await other.act('Poll')).Summary).toBe('Failure');
    await dialog.getByRole('link', { name: 'Change your password' }).click();
    await page.getByRole('heading', { name: 'My security' }).waitFor();

    const typed = await begin();
    const code = await dialog.getByText('Or type this code there:').locator('code').innerText();
    expect((await typed.act('Answer', code)).Summary).toBe('LoginSuccess');
    await dialog.waitFor({ state: 'hidden' });

    const third = await begin();
    await dialog.getByRole('button', { name: 'No, end it' }).click();
    await dialog.getByText('The sign-in was ended').waitFor();
    expect((await third.act('Poll')).Summary).toBe('Failure');
    await page.close();
  });

  test('an administrator removes a lost factor knowing what closes, resets all, and signs out', async () => {
    const elsewhere = await openWithCode('/my/sessions', 'keeper', true);
    const devices = (page: Page) =>
      page.getByRole('list', { name: 'Remembered devices' }).getByRole('listitem');
    await devices(elsewhere).getByText('This browser').waitFor();
    expect(await seriousViolations(elsewhere)).toEqual([]);
    const { page } = await portal.open(`/manage/users/${nameOf('loser')}`);
    await own(page).filter({ hasText: 'Authenticator app' }).waitFor();
    await page.getByRole('button', { name: 'Remove Authenticator app' }).click();
    const question = page.getByRole('dialog', { name: 'Remove this second factor?' });
    await question.getByText('the portals, from 10.0.0.0/8').waitFor();
    await question.getByText('The password alone then lets Person loser in.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await question.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('None: the password alone lets this user in.').waitFor();
    await page.getByText('As things stand, Person loser cannot sign in to').waitFor();

    await page.goto(`${portal.server.url}/manage/users/${nameOf('keeper')}`);
    const act = async (what: string) => {
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: what }).click();
      const dialog = page.getByRole('dialog');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: what }).click();
      await dialog.waitFor({ state: 'hidden' });
    };
    await act('Require a new password');
    await page.getByText('Must change password').first().waitFor();
    await page.getByRole('link', { name: 'Sessions' }).click();
    await devices(page).getByText('Chrome').waitFor();
    await devices(page)
      .getByRole('button', { name: /^Forget/ })
      .click();
    await page
      .getByRole('dialog', { name: 'Forget this device?' })
      .getByRole('button', { name: 'Forget' })
      .click();
    await page.getByRole('region', { name: 'Remembered devices' }).getByText('None.').waitFor();
    await act('Sign out everywhere');
    await elsewhere.goto(`${portal.server.url}/my`);
    await elsewhere.getByLabel('User name').waitFor();
    await elsewhere.close();
    await page.close();
  });
});
