/** Every field of an app's configuration screen does what it says: changed on screen, seen on the wire. */
import { AppInput } from '@sallyport/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  APP,
  basic,
  createWorld,
  errorOf,
  REDIRECT,
  redirectOf,
  type World,
} from '../../../server/test/spec/support/world.js';
import { chromiumPath, type Portal, startPortal } from './support/portal.js';

interface Case {
  category: string;
  /** Settings from which the field can be seen to matter. */
  from?: object;
  change(page: Page): Promise<unknown>;
  observe(world: World): Promise<unknown>;
  before: unknown;
  after: unknown;
}

const PASSWORD = {
  grant_type: 'password',
  client_id: 'cli',
  username: ADA.loginName,
  password: ADA.password,
};

const byPassword =
  (fields: Record<string, string> = {}) =>
  async (world: World) => {
    const response = await world.token({ ...PASSWORD, scope: 'all', ...fields });
    return response.ok ? 'a token' : (await errorOf(response)).error;
  };
const answerTo = async (world: World): Promise<Answer> =>
  (await (await world.token({ ...PASSWORD, scope: 'all' })).json()) as Answer;
const authorized = async (world: World, parameters: Record<string, string | undefined> = {}) =>
  world.authorize(parameters, { cookie: (await world.signIn(ADA)).cookie });
const issuer = async (world: World) => {
  const metadata = await world.fetch('/MyApp/.well-known/openid-configuration');
  return new URL(((await metadata.json()) as { issuer: string }).issuer).pathname;
};
const afterWaiting =
  (seconds: number, use: (world: World, tokens: { code: string; refresh: string }) => Promise<Response>) =>
  async (world: World) => {
    const { cookie } = await world.signIn(ADA);
    const { refresh_token: refresh } = await world.tokens(cookie);
    const code = await world.code(cookie);
    world.clock.advance(seconds * 1000);
    return (await use(world, { code, refresh })).status;
  };

const lifetime = (page: Page, name: string, amount: string, unit: string) =>
  page
    .getByRole('textbox', { name, exact: true })
    .fill(amount)
    .then(() => page.getByRole('combobox', { name: `Unit of ${name}` }).selectOption({ label: unit }));
const tick = (name: string) => (page: Page) => page.getByRole('checkbox', { name, exact: true }).click();

const CASES: Record<string, Case> = {
  'Application ID': {
    category: 'settings',
    change: (page) => page.getByRole('textbox', { name: 'Application ID' }).fill('Another'),
    observe: async (world) => (await world.token({ ...PASSWORD, scope: 'all' }, {}, 'Another')).status,
    before: 400,
    after: 200,
  },
  'Application Name': {
    category: 'settings',
    from: { scope: { ...APP.scope, userMustConfirm: true } },
    change: (page) => page.getByRole('textbox', { name: 'Application Name' }).fill('Renamed'),
    observe: async (world) => (await (await authorized(world)).text()).includes('Allow access to Renamed?'),
    before: false,
    after: true,
  },
  Enabled: {
    category: 'settings',
    change: (page) => page.getByRole('switch', { name: 'Enabled' }).click(),
    observe: async (world) => (await world.token({ ...PASSWORD, scope: 'all' })).status,
    before: 200,
    after: 400,
  },
  'Client ID Type: List': {
    category: 'general-usage',
    change: async (page) => {
      await page.getByRole('radio', { name: 'List' }).click();
      await page.getByRole('textbox', { name: 'Allowed clients 1' }).fill('another');
    },
    observe: byPassword(),
    before: 'a token',
    after: 'invalid_client',
  },
  'Client ID Type: Confidential': {
    category: 'general-usage',
    change: (page) => page.getByRole('radio', { name: 'Confidential' }).click(),
    observe: byPassword(),
    before: 'a token',
    after: 'invalid_client',
  },
  'Must be OAuth Client': {
    category: 'general-usage',
    from: { generalUsage: { ...APP.generalUsage, clientIdType: 'confidential' } },
    change: tick('Must be OAuth Client'),
    observe: async (world) =>
      (await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic(ADA))).status,
    before: 401,
    after: 200,
  },
  Issuer: {
    category: 'general-usage',
    change: (page) => page.getByRole('textbox', { name: 'Issuer' }).fill('https://issuer.test/own'),
    observe: issuer,
    before: '/MyApp/',
    after: '/own',
  },
  'Allow Redirects': {
    category: 'general-usage',
    change: async (page) => {
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.keyboard.type('https://another.test/cb');
    },
    observe: async (world) => (await authorized(world, { redirect_uri: 'https://another.test/cb' })).status,
    before: 400,
    after: 302,
  },
  'Admit old clients': {
    category: 'general-usage',
    change: tick('Admit old clients'),
    observe: async (world) =>
      redirectOf(
        await authorized(world, { code_challenge: undefined, code_challenge_method: undefined }),
      ).parameters.has('code'),
    before: false,
    after: true,
  },
  'pushed requests only': {
    category: 'general-usage',
    change: (page) => page.getByRole('checkbox', { name: /pushed/i }).click(),
    observe: async (world) => redirectOf(await authorized(world)).parameters.has('code'),
    before: true,
    after: false,
  },
  'Auth Methods: Implicit': {
    category: 'tokens',
    change: tick('Implicit'),
    observe: async (world) =>
      redirectOf(
        await authorized(world, { response_type: 'id_token', scope: 'openid', nonce: 'n' }),
      ).parameters.has('id_token'),
    before: false,
    after: true,
  },
  'Token Type': {
    category: 'tokens',
    change: (page) => page.getByRole('combobox', { name: 'Token Type' }).selectOption('opaque'),
    observe: async (world) => (await answerTo(world)).access_token.split('.').length,
    before: 3,
    after: 1,
  },
  'Auth Methods: Resource Owner': {
    category: 'tokens',
    change: tick('Resource Owner'),
    observe: byPassword(),
    before: 'a token',
    after: 'unauthorized_client',
  },
  'Token Lifetime': {
    category: 'tokens',
    change: (page) => lifetime(page, 'Token Lifetime', '7', 'minutes'),
    observe: async (world) => (await answerTo(world)).expires_in,
    before: 18_000,
    after: 420,
  },
  'Issue refresh tokens': {
    category: 'tokens',
    change: tick('Issue refresh tokens'),
    observe: async (world) => 'refresh_token' in (await answerTo(world)),
    before: true,
    after: false,
  },
  'Refresh Token Lifetime': {
    category: 'tokens',
    change: (page) => lifetime(page, 'Refresh Token Lifetime', '10', 'seconds'),
    observe: afterWaiting(20, (world, { refresh }) =>
      world.token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token: refresh }),
    ),
    before: 200,
    after: 400,
  },
  'Authorization Code Lifetime': {
    category: 'tokens',
    change: (page) => lifetime(page, 'Authorization Code Lifetime', '5', 'seconds'),
    observe: afterWaiting(20, (world, { code }) => world.redeem(code)),
    before: 200,
    after: 400,
  },
  'User must confirm authorization request': {
    category: 'scope',
    change: tick('User must confirm authorization request'),
    observe: async (world) => redirectOf(await authorized(world)).target === REDIRECT,
    before: true,
    after: false,
  },
  'Allow scope selection': {
    category: 'scope',
    from: { scope: { ...APP.scope, userMustConfirm: true } },
    change: tick('Allow scope selection'),
    observe: async (world) => /type="checkbox"/.test(await (await authorized(world)).text()),
    before: false,
    after: true,
  },
  'REST Regex': {
    category: 'scope',
    change: async (page) => {
      await page.getByRole('button', { name: 'Edit all' }).click();
      const dialog = page.getByRole('dialog', { name: 'Scope: all' });
      await dialog.getByRole('textbox', { name: 'REST Regex 1' }).fill('api/v1/me');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'hidden' });
    },
    observe: async (world) => world.whoami((await answerTo(world)).access_token),
    before: 200,
    after: 403,
  },
  'a new scope': {
    category: 'scope',
    change: async (page) => {
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'New scope' });
      await dialog.getByRole('textbox', { name: 'Name' }).fill('fresh');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'hidden' });
    },
    observe: byPassword({ scope: 'fresh' }),
    before: 'invalid_scope',
    after: 'a token',
  },
  'a default scope': {
    category: 'scope',
    change: async (page) => {
      await page.getByRole('button', { name: 'Edit whoami' }).click();
      const dialog = page.getByRole('dialog', { name: 'Scope: whoami' });
      await dialog.getByRole('checkbox', { name: 'Default' }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'hidden' });
    },
    observe: byPassword({ scope: '' }),
    before: 'invalid_scope',
    after: 'a token',
  },
  'User Access': {
    category: 'user-access',
    change: (page) => page.getByRole('button', { name: 'Remove Developers' }).click(),
    observe: byPassword(),
    before: 'a token',
    after: 'invalid_grant',
  },
};

describe.skipIf(!chromiumPath)('the configuration screen of an app', () => {
  let world: World;
  let portal: Portal;
  let page: Page;
  beforeAll(async () => {
    world = await createWorld();
    portal = await startPortal({}, world);
    ({ page } = await portal.open('/manage/apps'));
  });
  afterAll(() => portal?.close());

  /** The app as every case finds it, whatever the case before made of it. */
  beforeEach(() =>
    world.core.admin.declarations.apply(
      world.tenant,
      world.operator,
      { apps: [AppInput.parse(APP)] },
      { dryRun: false, prune: true },
    ),
  );

  test.each(Object.entries(CASES))(
    '%s is obeyed',
    async (_, { category, from, change, observe, before, after }) => {
      if (from) await world.configure(from);
      expect(await observe(world)).toEqual(before);
      await page.goto(`${world.url}/manage/apps/MyApp/${category}`);
      await change(page);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page
        .getByText(/ is saved$/)
        .first()
        .waitFor();
      expect(await observe(world)).toEqual(after);
    },
  );
});
