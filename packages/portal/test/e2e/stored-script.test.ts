/** Markup in every text that people write: pages show it as the text that it is, none of it runs or becomes an element. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { signIn } from '../../../server/test/login/dance.js';
import { createTestServer } from '../../../server/test/support/server.js';
import { ADMIN, chromiumPath, type Portal, startPortal, withAuthenticator } from './support/portal.js';

const ADA = { loginName: 'ada@acme.test', password: 'quiet rivers run deep' };
/** Has no second factor. */
const BEA = { loginName: 'bea@acme.test', password: ADA.password };
/** Has security questions. */
const CORA = { loginName: 'cora@acme.test', password: ADA.password };
const REDIRECT = 'https://rp.test/cb';
const DOCUMENT = 'https://rp.test/client';

/** Would run, and tell where it was written. */
const mark = (field: string) => `<img src=x onerror=ran('${field}')>`;
/** The same for texts that take no space. */
const compact = (field: string) => `<svg/onload=ran('${field}')>`;

const DECLARATION = {
  tenant: { name: mark('tenant'), loginSuffixes: ['acme.test'] },
  users: [
    {
      ...ADA,
      email: ADA.loginName,
      displayName: mark('user.displayName'),
      description: mark('user.description'),
      profile: { nickname: mark('user.nickname') },
    },
    { ...BEA, email: BEA.loginName, displayName: 'Bea' },
    { ...CORA, email: CORA.loginName, displayName: 'Cora' },
    {
      loginName: 'caller@acme.test',
      email: 'caller@acme.test',
      displayName: mark('client.displayName'),
      confidentialClient: true,
    },
  ],
  roles: [
    {
      name: mark('role.name'),
      description: mark('role.description'),
      members: [ADA, BEA].map(({ loginName }) => loginName),
    },
  ],
  authentication: {
    profiles: [{ name: mark('profile'), challenges: [['UP']] }],
    rules: [{ networks: ['10.0.0.0/8'], profile: mark('profile') }],
  },
  apps: [
    {
      applicationId: 'tool',
      name: mark('app.name'),
      description: mark('app.description'),
      category: mark('app.category'),
      generalUsage: {
        redirects: [REDIRECT],
        registration: 'initialAccessToken',
        clientMetadataDocuments: true,
      },
      tokens: { authMethods: ['authCode', 'resourceOwner'], type: 'opaque' },
      scope: {
        userMustConfirm: true,
        definitions: [
          {
            name: compact('scope.name'),
            description: mark('scope.description'),
            restRegex: [compact('pattern')],
          },
        ],
      },
      userAccess: { roles: [mark('role.name')] },
    },
    {
      applicationId: 'api',
      name: mark('api.name'),
      template: 'OAuth2Server',
      tokens: { claims: [{ name: compact('claim.name'), from: 'constant', value: mark('claim.value') }] },
    },
  ],
};

/** All that the page holds: its text, folded up or not, and what stands in its fields. */
const heldBy = (page: Page) =>
  page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')];
    return [document.body.textContent, ...fields.map(({ value }) => value)].join('\n');
  });

describe.skipIf(!chromiumPath)('stored script', { timeout: 60_000 }, () => {
  let portal: Portal;
  let ids: { user: string; role: string; flow: string; registered: string };
  /** What ran after all. */
  const ran: string[] = [];

  beforeAll(async () => {
    const document = { client_id: DOCUMENT, client_name: mark('described'), redirect_uris: [REDIRECT] };
    const outbound = async () => ({ status: 200, body: JSON.stringify(document), maxAge: null });
    portal = await startPortal(DECLARATION, await createTestServer({ outbound }));
    ids = await prepare();
  });
  afterAll(() => portal?.close());

  async function send<T>(path: string, bearer: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const asked = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
    const response = await portal.server.fetch(path, asked);
    expect(response.ok, `${path}: ${response.status}`).toBe(true);
    return (await response.json()) as T;
  }

  /** What no declaration holds: tokens for registration, a client, recordings and something in them. */
  async function prepare(): Promise<typeof ids> {
    const { auth } = await signIn(portal.server, { loginName: ADMIN.user, password: ADMIN.password });
    const api = <T>(path: string, body?: object) => send<T>(`/api/v1${path}`, auth, body);
    await api('/traffic/recordings', { kind: 'app', subject: 'tool' });
    await api('/traffic/recordings', { kind: 'client', subject: mark('recording') });
    const offer = { name: mark('token'), lifetime: '1h' };
    const { token } = await api<{ token: string }>('/apps/tool/registration-tokens', offer);
    const metadata = { client_name: mark('registered'), redirect_uris: [REDIRECT] };
    const client = await send<{ client_id: string }>('/oauth2/register/tool', token, metadata);
    const granted = await portal.server.form('/oauth2/token/tool', {
      ...{ grant_type: 'password', client_id: mark('client.id'), scope: compact('scope.name') },
      ...{ username: ADA.loginName, password: ADA.password },
    });
    expect(granted.status).toBe(200);
    type Named = { id: string; name: string };
    const { items: roles } = await api<{ items: Named[] }>('/roles');
    const recorded = async () => {
      const { items } = await api<{ items: { id: string; clientId: string | null }[] }>('/traffic/flows');
      return items.find(({ clientId }) => clientId === mark('client.id'))?.id;
    };
    const flow = await vi.waitUntil(recorded, { timeout: 10_000 });
    return {
      user: (await api<Named>(`/users/${ADA.loginName}`)).id,
      role: roles.find(({ name }) => name === mark('role.name'))?.id ?? '',
      flow,
      registered: client.client_id,
    };
  }

  /** A page that hears what runs, wherever it goes. */
  async function open(path: string, user = { user: ADMIN.user, password: ADMIN.password }) {
    const { page, faults } = await portal.open(path, { user });
    await page.exposeFunction('ran', (field: string) => ran.push(field));
    return { page, faults };
  }

  async function expectTexts(page: Page, path: string, texts: readonly string[]): Promise<void> {
    await page.goto(new URL(path, portal.server.url).href);
    await expectHeld(page, path, texts);
  }

  /** Each page of a portal in turn, as its own links lead there: loading all anew takes most of a minute. */
  async function expectPages(page: Page, pages: readonly [path: string, texts: string[]][]): Promise<void> {
    for (const [path, texts] of pages) {
      await page.evaluate((to) => {
        history.pushState(null, '', to);
        dispatchEvent(new PopStateEvent('popstate'));
      }, path);
      await expectHeld(page, path, texts);
    }
  }

  /** The page shows each text, and nothing has come of any. */
  async function expectHeld(page: Page, path: string, texts: readonly string[]): Promise<void> {
    for (const text of texts)
      await expect.poll(() => heldBy(page), { message: path, timeout: 20_000 }).toContain(text);
    expect(await page.locator('[onerror], [onload], img[src="x"]').count(), path).toBe(0);
    expect(ran, path).toEqual([]);
  }

  test('in the Admin Portal', async () => {
    const { page, faults } = await open('/manage');
    const pages: [path: string, texts: string[]][] = [
      ['/manage/apps', [mark('app.name'), mark('api.name')]],
      ['/manage/apps/tool/settings', [mark('app.name'), mark('app.description'), mark('app.category')]],
      ['/manage/apps/tool/scope', [compact('scope.name'), mark('scope.description')]],
      ['/manage/apps/tool/user-access', [mark('role.name')]],
      ['/manage/apps/tool/clients', [mark('token'), mark('registered')]],
      ['/manage/apps/api/tokens', [compact('claim.name'), mark('claim.value')]],
      ['/manage/users', [mark('user.displayName')]],
      [`/manage/users/${ids.user}/profile`, [mark('user.displayName'), mark('user.description')]],
      [`/manage/users/${ids.user}/permissions`, [mark('app.name'), mark('client.id')]],
      [`/manage/roles/${ids.role}/description`, [mark('role.name'), mark('role.description')]],
      [`/manage/roles/${ids.role}/members`, [mark('user.displayName')]],
      ['/manage/policies', [mark('profile')]],
      ['/manage/traffic', [mark('recording'), mark('client.id')]],
      [`/manage/traffic/${ids.flow}`, [mark('client.id')]],
      ['/manage/changelog', [mark('user.displayName'), mark('role.description')]],
      ['/manage/audit', [mark('client.id')]],
      ['/manage/settings', [mark('tenant')]],
    ];
    await expectPages(page, pages);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('in the User Portal, with the name of a passkey', async () => {
    const { page, faults } = await open('/my/security', { user: ADA.loginName, password: ADA.password });
    await withAuthenticator(page);
    await page.getByRole('button', { name: 'Add a passkey or security key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a passkey or security key' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(mark('passkey'));
    await dialog.getByRole('textbox', { name: 'Your password' }).fill(ADA.password);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await page.getByText(`Passkey: ${mark('passkey')}`).waitFor();
    const pages: [path: string, texts: string[]][] = [
      ['/my/security', [mark('passkey')]],
      ['/my', [mark('app.name'), mark('app.category'), mark('user.displayName')]],
      ['/my/permissions', [mark('app.name'), mark('client.id'), compact('scope.name')]],
    ];
    await expectPages(page, pages);
    expect(faults).toEqual([]);
    await page.close();
  });

  test('on the consent page, whoever asks', async () => {
    const { page, faults } = await open('/my', { user: BEA.loginName, password: BEA.password });
    const clients: [id: string, text: string][] = [
      [mark('client.id'), mark('client.id')],
      ['caller@acme.test', mark('client.displayName')],
      [ids.registered, mark('registered')],
      [DOCUMENT, mark('described')],
    ];
    const common = [mark('app.name'), mark('scope.description'), compact('pattern'), mark('tenant')];
    for (const [client_id, text] of clients) {
      const query = new URLSearchParams({
        ...{ client_id, response_type: 'code', redirect_uri: REDIRECT, scope: compact('scope.name') },
        ...{ code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' },
      });
      await expectTexts(page, `/oauth2/authorize/tool?${query}`, [...common, text]);
    }
    expect(faults).toEqual([]);
    await page.close();
  });

  test('on the sign-in page, in a security question', async () => {
    const { auth } = await signIn(portal.server, CORA);
    const asked = ['first', 'second', 'third'].map((word) => mark(`question.${word}`));
    const questions = asked.map((question) => ({ question, answer: 'an answer' }));
    await send('/api/v1/me/factors/questions', auth, { password: CORA.password, questions });
    const page = await portal.blank();
    await page.exposeFunction('ran', (field: string) => ran.push(field));
    await page.goto(`${portal.server.url}/login`);
    await page.getByLabel('User name').fill(CORA.loginName);
    await page.getByLabel('Password', { exact: true }).fill(CORA.password);
    await page.locator('#signin').click();
    await expectHeld(page, '/login', [...asked, mark('tenant')]);
    await page.close();
  });
});
