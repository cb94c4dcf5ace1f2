/** The sign-in page in a real browser: with its script, without it, on a small screen, in both themes. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, BOB, codeAt, serverWithPeople } from '../login/dance.js';
import { chromiumPath, launchBrowser } from '../support/browser.js';
import { createTestClock } from '../support/clock.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN, type TestServer } from '../support/server.js';

describe.skipIf(!chromiumPath)('the sign-in page in Chromium', () => {
  const clock = createTestClock();
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    const [sqlite] = DATABASES;
    if (!sqlite) throw new Error('no database');
    server = await serverWithPeople(sqlite, { clock });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  /** Runs `job` on a fresh browser's login page; what the page complains about fails the test. */
  async function onPage(
    options: BrowserContextOptions,
    job: (page: Page) => Promise<void>,
    path = '/login?cloudRedirect=sysinfo/dummy',
  ): Promise<void> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(`${server.url}${path}`);
      await job(page);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  async function type(page: Page, { loginName, password }: { loginName: string; password: string }) {
    await page.fill('[name=username]', loginName);
    await page.fill('[name=password]', password);
    await page.click('#signin');
  }

  test('its script drives the two public calls and keeps nothing of the answer', async () => {
    await onPage({}, async (page) => {
      const posts: string[] = [];
      page.on(
        'request',
        (request) => /\/Security\//.test(request.url()) && posts.push(new URL(request.url()).pathname),
      );
      await type(page, ADA);
      await page.waitForURL('**/sysinfo/dummy');
      expect(posts).toEqual(['/Security/StartAuthentication', '/Security/AdvanceAuthentication']);
      expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
      expect(await page.evaluate('document.cookie')).toBe('');
    });
  });

  test('asks for the code in place, gives it the focus, and takes it', async () => {
    await onPage({}, async (page) => {
      await type(page, BOB);
      const answer = page.getByLabel('Code of your authenticator app');
      await answer.waitFor();
      expect(await answer.evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true);
      expect(await page.locator('.identity').textContent()).toContain(BOB.loginName);
      await answer.fill(codeAt(clock.now()));
      await page.keyboard.press('Enter');
      await page.waitForURL('**/sysinfo/dummy');
    });
  });

  test('says calmly what failed, keeps the name, moves nothing, and lets the next try through', async () => {
    await onPage({ viewport: { width: 320, height: 600 } }, async (page) => {
      const before = await page.locator('#signin').boundingBox();
      await type(page, { ...ADA, password: 'wrong' });
      await page.waitForSelector('[role=status].error');
      expect(await page.locator('#signin').boundingBox()).toEqual(before);
      expect(await page.inputValue('[name=username]')).toBe(ADA.loginName);
      expect(await page.evaluate('document.activeElement.name')).toBe('password');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      await page.fill('[name=password]', ADA.password);
      await page.click('#signin');
      await page.waitForURL('**/sysinfo/dummy');
    });
  });

  test('a wrong code leads back to the beginning, where another user may sign in', async () => {
    await onPage({}, async (page) => {
      await type(page, BOB);
      await page.fill('[name=answer]', '000000');
      await page.click('#signin');
      await page.waitForSelector('.say.error');
      expect(await page.textContent('.say')).toContain('Start again with your password');
      expect(await page.inputValue('[name=password]')).toBe('');
      await type(page, ADA);
      await page.waitForURL('**/sysinfo/dummy');
    });
  });

  test('a slip in the code ends nothing: what cannot be a code is not sent', async () => {
    await onPage({}, async (page) => {
      await type(page, BOB);
      const answer = page.getByLabel('Code of your authenticator app');
      for (const slip of ['', '12345', '1234567', 'abcdef', 'not my password']) {
        await answer.fill(slip);
        await page.keyboard.press('Enter');
        expect(await page.locator('#answer:invalid').count(), slip).toBe(1);
      }
      clock.advance(30_000);
      const wide = [...codeAt(clock.now())].map((digit) => String.fromCodePoint(0xff10 + Number(digit)));
      await answer.fill(` ${wide.join(' ')}`);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/sysinfo/dummy');
    });
  });

  test('says so while a password is typed with caps lock on', async () => {
    await onPage({}, async (page) => {
      const press = (modifierCapsLock: boolean) =>
        page.locator('#password').dispatchEvent('keydown', { key: 'A', modifierCapsLock });
      await press(true);
      await page.getByText('Caps lock is on.').waitFor();
      await press(false);
      await page.getByText('Use the name and password of your account.').waitFor();
    });
  });

  test('a password that must be changed is changed there, and a poor one is sent back with the reason', async () => {
    const user = { loginName: 'new@acme.test', password: 'handed over on paper' };
    await server.apply({ users: [{ ...user, email: user.loginName, displayName: 'New' }] });
    const found = await server.core.directory.subjectByLogin(server.tenant.id, user.loginName);
    if (!found) throw new Error('no user');
    const demanded = { ...found.user, mustChangePassword: true, version: found.user.version + 1 };
    await server.core.changeLog.record(server.tenant.id, server.operator, (recorder) =>
      recorder.updateUser(found.user, demanded),
    );
    await onPage({}, async (page) => {
      await type(page, user);
      await page.getByLabel('New password').fill('short');
      await page.click('#signin');
      await page.getByText('at least 8').waitFor();
      await page.getByLabel('New password').fill('chosen by myself');
      const kind = () => page.getByLabel('New password').getAttribute('type');
      expect(await kind()).toBe('password');
      await page.getByLabel('Show the password').check();
      expect(await kind()).toBe('text');
      await page.click('#signin');
      await page.waitForURL('**/sysinfo/dummy');
    });
  });

  test('without script a sign-in leads on to the redirect of the request that waits for it', async () => {
    await server.apply({
      roles: [{ name: 'Readers', members: [ADA.loginName] }],
      apps: [
        {
          applicationId: 'web',
          name: 'Web',
          generalUsage: { redirects: [`http://127.0.0.1/sysinfo/dummy`] },
          scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
          userAccess: { roles: ['Readers'] },
        },
      ],
    });
    const redirect = `http://127.0.0.1:${new URL(server.url).port}/sysinfo/dummy`;
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'native',
      redirect_uri: redirect,
      scope: 'all',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    await onPage(
      { javaScriptEnabled: false },
      async (page) => {
        await type(page, ADA);
        await page.waitForURL((url) => url.hostname === '127.0.0.1');
        expect(new URL(page.url()).searchParams.get('code')).toMatch(/^[\w-]{47}$/);
      },
      `/oauth2/authorize/web?${query}`,
    );
  });

  test.each(['light', 'dark'] as const)(
    'its words have enough contrast in the %s theme',
    async (colorScheme) => {
      await onPage({ colorScheme }, async (page) => {
        await type(page, { ...ADMIN, loginName: ADMIN.user, password: 'wrong' });
        await page.waitForSelector('.say.error');
        for (const selector of ['h1', '.brand', '.say', 'label', '#signin'])
          expect(await contrast(page, selector), selector).toBeGreaterThanOrEqual(4.5);
      });
    },
  );
});

/** Contrast of an element's text with what is painted behind it. @see WCAG 2.2 success criterion 1.4.3 */
function contrast(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { defaultView } = element.ownerDocument;
      const style = (of: typeof element) => defaultView?.getComputedStyle(of);
      const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
      const luminance = (colour: string) => {
        const linear = channels(colour)
          .slice(0, 3)
          .map((value) =>
            value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
          );
        const [red = 0, green = 0, blue = 0] = linear;
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      let behind: typeof element | null = element;
      while (behind && channels(style(behind)?.backgroundColor ?? '')[3] === 0) behind = behind.parentElement;
      const pair = [style(element)?.color ?? '', behind ? (style(behind)?.backgroundColor ?? '') : ''].map(
        luminance,
      );
      return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    });
}
