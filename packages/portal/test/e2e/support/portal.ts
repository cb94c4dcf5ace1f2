/** The built portal in a real browser, over a server of its own. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../../../server/test/support/browser.js';
import { ADMIN, createTestServer, type TestServer } from '../../../../server/test/support/server.js';

export { chromiumPath } from '../../../../server/test/support/browser.js';
export { ADMIN } from '../../../../server/test/support/server.js';

/** Ways of looking at a page: both themes, on a screen and on a phone. */
export const LOOKS = [
  { name: 'light', options: { colorScheme: 'light', viewport: { width: 1280, height: 900 } } },
  { name: 'dark', options: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } } },
  { name: 'phone', options: { colorScheme: 'light', viewport: { width: 390, height: 844 } } },
] as const satisfies { name: string; options: BrowserContextOptions }[];

export interface Portal {
  server: TestServer;
  /** A page of a fresh browser profile, signed in and at `path`. `faults` gathers what the browser complains about. */
  open(path: string, options?: OpenOptions): Promise<{ page: Page; faults: string[] }>;
  close(): Promise<void>;
}

interface OpenOptions {
  user?: { user: string; password: string };
  context?: BrowserContextOptions;
}

/** Over `given`, or a server of its own. */
export async function startPortal(declaration: object = {}, given?: TestServer): Promise<Portal> {
  const server = given ?? (await createTestServer());
  await server.apply(declaration);
  const browser: Browser = await launchBrowser();
  return {
    server,
    async open(path, { user = ADMIN, context = {} } = {}) {
      const profile = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', ...context });
      const page = await profile.newPage();
      // Less than a test may take, so that a failure names the step.
      page.setDefaultTimeout(12_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      await page.goto(`${server.url}${path}`);
      await signIn(page, user);
      return { page, faults };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

export async function signIn(
  page: Page,
  { user, password }: { user: string; password: string },
): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.locator('#signin').click();
  await page.getByRole('banner').first().waitFor();
}

/** What axe finds serious or worse on the page as it stands, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
    );
}
