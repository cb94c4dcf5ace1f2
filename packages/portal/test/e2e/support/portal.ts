/** The built portal in a real browser, over a server of its own. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { sessionCookie, tryPassword } from '../../../../server/test/login/dance.js';
import { launchBrowser } from '../../../../server/test/support/browser.js';
import { ADMIN, createTestServer, type TestServer } from '../../../../server/test/support/server.js';

export { chromiumPath } from '../../../../server/test/support/browser.js';
export { ADMIN } from '../../../../server/test/support/server.js';

/** Ways of looking at a page: between them both themes, a screen and a phone. */
export const LOOKS = [
  { name: 'light', options: { colorScheme: 'light', viewport: { width: 1280, height: 900 } } },
  { name: 'phone', options: { colorScheme: 'dark', viewport: { width: 390, height: 844 } } },
] as const satisfies { name: string; options: BrowserContextOptions }[];

/** What the sessions of these tests come from. */
const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export interface Portal {
  server: TestServer;
  /**
   * A page at `path`, signed in. Pages of one administrator and one look share a profile, so that sign-in and
   * scripts are had once. `faults` gathers what the browser complains about.
   */
  open(path: string, options?: OpenOptions): Promise<{ page: Page; faults: string[] }>;
  /** A page of a fresh browser profile, nowhere yet. */
  blank(context?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

interface OpenOptions {
  user?: { user: string; password: string };
  context?: BrowserContextOptions;
  /** A profile of its own, which remembers nothing and is signed in anew; always so for a given `user`. */
  fresh?: boolean;
}

/** For the rules of one `describe`: a portal over a server of its own, up once the first of them runs. */
export function usePortal(declaration: object): Pick<Portal, 'server' | 'open' | 'blank'> {
  let started: Portal | undefined;
  beforeAll(async () => {
    started = await startPortal(declaration);
  });
  afterAll(() => started?.close());
  const portal = (): Portal => {
    if (!started) throw new Error('the portal is not up yet');
    return started;
  };
  return {
    get server() {
      return portal().server;
    },
    open: (path, options) => portal().open(path, options),
    blank: (context) => portal().blank(context),
  };
}

/** Over `given`, or a server of its own. */
export async function startPortal(declaration: object = {}, given?: TestServer): Promise<Portal> {
  const server = given ?? (await createTestServer());
  await server.apply(declaration);
  const browser: Browser = await launchBrowser();
  const profiles = new Map<string, BrowserContext>();
  const freshProfile = (context: BrowserContextOptions) =>
    browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', ...context });
  async function blankPage(profile: BrowserContext): Promise<Page> {
    const page = await profile.newPage();
    // Less than a test may take, so that a failure names the step.
    page.setDefaultTimeout(20_000);
    return page;
  }
  return {
    server,
    blank: async (context = {}) => blankPage(await freshProfile(context)),
    async open(path, { user, context = {}, fresh = user !== undefined } = {}) {
      const kept = fresh ? undefined : profiles.get(JSON.stringify(context));
      const profile = kept ?? (await freshProfile(context));
      if (!fresh) profiles.set(JSON.stringify(context), profile);
      const page = await blankPage(profile);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      if (!kept) await signIn(server, profile, user ?? ADMIN);
      await page.goto(`${server.url}${path}`);
      await page.getByRole('banner').first().waitFor();
      return { page, faults };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** As a program signs in: the login page has tests of its own, and takes seconds. */
async function signIn(
  server: TestServer,
  profile: BrowserContext,
  { user, password }: { user: string; password: string },
): Promise<void> {
  const headers = { 'user-agent': BROWSER };
  const { response } = await tryPassword(server, user, password, headers);
  const [name = '', value = ''] = sessionCookie(response).split('=');
  await profile.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
}

/** What axe finds serious or worse on the page as it stands, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const isLoaded = await page.evaluate(() => 'axe' in window);
  const axe = new AxeBuilder(isLoaded ? { page, axeSource: 'void 0' } : { page });
  // No frame here is of another origin, so nothing needs a page of its own to be put together on.
  const { violations } = await axe
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
    );
}

/** The same in every look, the page as it stands otherwise; leaves it in the first. */
export async function violationsInEveryLook(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const { name, options } of [...LOOKS].reverse()) {
    await page.emulateMedia({ colorScheme: options.colorScheme });
    await page.setViewportSize(options.viewport);
    found.push(...(await seriousViolations(page)).map((violation) => `${name}: ${violation}`));
  }
  return found;
}

/** Gives the page's browser an authenticator that recognises its owner. Answers a switch for whether it is touched. */
export async function withAuthenticator(page: Page): Promise<(touched: boolean) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
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
  return async (enabled) => {
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  };
}
