/** Every step after the password in a real browser: choosing, mail, passkeys with and without a name, SMTP. */

import type { Browser, BrowserContext, Page } from 'playwright-core';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, serverWithPeople, signIn } from '../login/dance.js';
import { chromiumPath, launchBrowser } from '../support/browser.js';
import { DATABASES } from '../support/databases.js';
import type { TestServer } from '../support/server.js';

const AUTHENTICATION = {
  profiles: [{ name: 'Two', challenges: [['UP'], ['U2F', 'EMAIL']] }],
  rules: [{ profile: 'Two' }],
};

describe.skipIf(!chromiumPath)('the later steps of a sign-in in Chromium', () => {
  const mails: string[] = [];
  let smtp: SMTPServer;
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let raw = '';
        stream.on('data', (chunk: Buffer) => {
          raw += chunk.toString();
        });
        stream.on('end', () => {
          mails.push(raw);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const address = smtp.server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const [sqlite] = DATABASES;
    if (!sqlite) throw new Error('no database');
    const settings = { smtpUrl: `smtp://127.0.0.1:${port}`, mailFrom: 'Acme <door@acme.test>' };
    server = await serverWithPeople(sqlite, { settings });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });

  async function nextMail() {
    for (let tries = 0; mails.length === 0 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    return PostalMime.parse(mails.shift() ?? '');
  }

  async function onPage(job: (page: Page, context: BrowserContext) => Promise<void>, options = {}) {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(`${server.url}/login?cloudRedirect=sysinfo/dummy`);
      await job(page, context);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  async function typePassword(page: Page) {
    await page.fill('[name=username]', ADA.loginName);
    await page.fill('[name=password]', ADA.password);
    await page.click('#signin');
  }

  /** An authenticator that the browser believes in, and that says yes. */
  async function withKey(page: Page, context: BrowserContext) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    /** Whether somebody touches the key whenever it is asked. */
    return (enabled: boolean) =>
      devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }

  test('a mail by SMTP: its link, opened in another browser, lets the waiting page go on', async () => {
    await server.apply({ authentication: AUTHENTICATION });
    await onPage(async (page) => {
      await typePassword(page);
      await page.getByLabel('Code from the mail').waitFor();
      const mail = await nextMail();
      expect(mail.from?.address).toBe('door@acme.test');
      expect(mail.to?.[0]?.address).toBe('someone@acme.test');
      const link = /http\S+/.exec(mail.text ?? '')?.[0] ?? '';
      await onPage(async (other) => {
        await other.goto(link);
        await other.click('#approve');
        await other.getByText('goes on where it was begun').waitFor();
      });
      await page.waitForURL('**/sysinfo/dummy');
    });
  });

  test('the same without script: the code, and the button for whoever opened the link', async () => {
    await onPage(
      async (page) => {
        await typePassword(page);
        const { text = '' } = await nextMail();
        await page.getByText('I have opened the link').click();
        await page.getByText('not confirmed yet').waitFor();
        await page.fill('#answer', /\b\d{6}\b/.exec(text)?.[0] ?? '');
        await page.click('#signin');
        await page.waitForURL('**/sysinfo/dummy');
      },
      { javaScriptEnabled: false },
    );
  });

  test('a passkey: enrolled after the password, then second factor, then first factor without a name', async () => {
    await server.apply({ authentication: { profiles: [], rules: [] } });
    const { auth } = await signIn(server, ADA);
    const api = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await server.fetch(`/api/v1/me/factors/passkey${path}`, init);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    await onPage(async (page, context) => {
      const touch = await withKey(page, context);
      const { ticket, options } = (await api('/offer', { password: ADA.password })).body;
      // Not on the login page: a browser runs one ceremony at a time, and that page begins its own.
      await page.goto(`${server.url}/sysinfo/dummy`);
      const response = await page.evaluate(
        `navigator.credentials
          .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)}) })
          .then((made) => made.toJSON())`,
      );
      const tampered = { ticket, response: { ...(response as object), id: 'AAAA' } };
      expect((await api('', tampered)).status).toBe(400);
      expect((await api('', { ticket, response })).status).toBe(201);
      expect((await api('', { ticket, response })).status, 'a ticket is good once').toBe(400);

      await server.apply({ authentication: AUTHENTICATION });
      await touch(false);
      await page.goto(`${server.url}/login?cloudRedirect=sysinfo/dummy`);
      await typePassword(page);
      await page.getByText('How do you want to confirm').waitFor();
      await page.getByRole('button', { name: 'Passkey' }).click();
      await page.getByText('Use the passkey or security key').waitFor();
      await touch(true);
      await page.click('#signin');
      await page.waitForURL('**/sysinfo/dummy');

      await server.apply({ authentication: { profiles: [], rules: [] } });
      await context.clearCookies();
      await page.goto(`${server.url}/login?cloudRedirect=sysinfo/dummy`);
      await page.waitForURL('**/sysinfo/dummy');
      const { user } = (await server.core.directory.subjectByLogin(server.tenant.id, ADA.loginName)) ?? {};
      const [latest] = await server.core.store.read.sessions.ofUser(server.tenant.id, user?.id ?? '');
      expect(latest?.amr).toBe('PASSKEY');
    });
  });
});
