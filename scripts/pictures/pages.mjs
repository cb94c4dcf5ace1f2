// What `pictures.mjs` shows: every page of the portals, and the tenant they are shown with.

import { EVERYTHING, SIGN_IN_PAGES } from './sign-in.mjs';

const DAY = 86_400_000;
const ago = (days) => new Date(Date.now() - days * DAY).toISOString();
const CODES = [...'abcdefghjk'].map((slot, i) => `${slot}k7m2-q9x4${i}`);
const WAITING = {
  id: 'waiting',
  source: '198.51.100.23',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  startedAt: ago(0),
  code: '482913',
};
const PORTALS = { applicationId: null, name: '', networks: [] };
const REPORTS = { applicationId: 'reports', name: 'Reports', networks: ['10.0.0.0/8'] };
const FACTORS = [
  { id: 'app', mechanism: 'OATH', createdAt: ago(300), label: null, count: null },
  { id: 'key', mechanism: 'U2F', createdAt: ago(20), label: 'Blue key', count: null },
  { id: 'phone', mechanism: 'SMS', createdAt: ago(9), label: '*****78', count: null },
  { id: 'questions', mechanism: 'SQ', createdAt: ago(3), label: null, count: 3 },
  { id: 'codes', mechanism: 'RECOVERY', createdAt: ago(1), label: null, count: 7 },
];
const OUTLOOK = {
  enrollable: ['U2F', 'OATH', 'SMS', 'PF', 'SQ', 'RECOVERY'],
  closed: [],
  factors: FACTORS.map(({ id }, i) => ({
    factorId: id,
    ifLost: i === 0 ? [REPORTS] : i === 1 ? [PORTALS] : [],
    ifRemoved: i === 0 ? [REPORTS] : [],
    instead: i === 1 ? [] : ['U2F', 'SMS'],
    leavesPasswordAlone: i === 0,
  })),
};

/** Second factors of every kind, which no script can enrol. */
function pretendFactors(factors, outlook) {
  return async (page) => {
    await page.route(factors, (route) => route.fulfill({ json: { items: FACTORS } }));
    await page.route(outlook, (route) => route.fulfill({ json: OUTLOOK }));
    await page.reload();
    await page.getByText('Blue key').first().waitFor();
    await page.getByText('Blue key').first().scrollIntoViewIfNeeded();
  };
}

/** Opens a dialog that is loaded when it is asked for, and waits for its first field. */
function openDialog(button) {
  return async (page) => {
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').getByRole('textbox').first().waitFor();
  };
}

/** In the page: has a token refused while its app is recorded. */
async function recordRefusal() {
  const headers = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };
  const body = JSON.stringify({ kind: 'app', subject: 'reports' });
  await fetch('/api/v1/traffic/recordings', { method: 'POST', headers, body });
  const form = { grant_type: 'client_credentials', client_id: 'reports@acme.test', client_secret: 'wrong' };
  // With credentials the browser would ask the person for the client's secret, and wait.
  const sent = { method: 'POST', body: new URLSearchParams(form), credentials: 'omit' };
  await fetch('/oauth2/token/reports', sent);
}

/**
 * `api`: the request whose answer makes the states of the page, `none` its answer where that is no empty list.
 * `act`: what to open before the picture is taken. `shows`: the route that this leads to. `answers`: the status of a
 * page that is a refusal. `guest`: as it is seen by who is not signed in.
 */
export const PAGES = [
  { name: 'quickstart', path: '/manage' },
  {
    name: 'dashboard',
    path: '/manage',
    act: (page) => page.getByRole('button', { name: 'Skip' }).click(),
  },
  { name: 'apps', path: '/manage/apps', api: '**/api/v1/apps?*' },
  {
    name: 'add-web-apps',
    path: '/manage/apps',
    act: (page) => page.getByRole('button', { name: 'Add Web Apps' }).first().click(),
  },
  { name: 'app-settings', path: '/manage/apps/reports/settings' },
  { name: 'app-general-usage', path: '/manage/apps/reports/general-usage' },
  { name: 'app-tokens', path: '/manage/apps/reports/tokens' },
  { name: 'app-clients', path: '/manage/apps/mcp/clients', api: '**/api/v1/apps/mcp/clients?*' },
  { name: 'app-scope', path: '/manage/apps/reports/scope' },
  { name: 'app-audience', path: '/manage/apps/ledger/general-usage' },
  { name: 'app-claims', path: '/manage/apps/ledger/tokens' },
  { name: 'device', path: '/device?user_code=WDJB-MJHT' },
  {
    name: 'app-scope-dialog',
    path: '/manage/apps/reports/scope',
    act: (page) => page.getByRole('button', { name: 'Edit reports' }).click(),
  },
  {
    name: 'app-faults',
    path: '/manage/apps/reports/settings',
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Application ID' }).fill('not an id');
      await page.getByRole('textbox', { name: 'Application Name' }).fill('');
      await page.getByRole('button', { name: 'Save' }).click();
    },
  },
  {
    name: 'app-delete',
    path: '/manage/apps/reports/settings',
    act: (page) => page.getByRole('button', { name: 'Delete this app' }).click(),
  },
  {
    name: 'app-snippets',
    path: '/manage/apps/reports/settings',
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Endpoint to use' }).selectOption('Introspection endpoint');
      await page.getByRole('tab', { name: 'TypeScript' }).click();
    },
  },
  {
    name: 'app-token-tester',
    path: '/manage/apps/reports/scope',
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Path' }).fill('/api/v1/users');
      await page.getByRole('button', { name: 'Test', exact: true }).click();
      await page.getByRole('textbox', { name: 'Access token' }).fill('not a token');
      await page.getByRole('button', { name: 'Ask' }).click();
      await page.getByText('This token is good for nothing').waitFor();
    },
  },
  {
    name: 'app-restore',
    path: '/manage/apps/reports/changelog',
    act: (page) => page.getByRole('button', { name: 'Restore this version' }).last().click(),
  },
  { name: 'app-user-access', path: '/manage/apps/reports/user-access' },
  { name: 'app-try-it', path: '/manage/apps/reports/try-it' },
  { name: 'app-changelog', path: '/manage/apps/reports/changelog', api: '**/api/v1/changes?*' },
  {
    name: 'app-conflict',
    path: '/manage/apps/wiki/settings',
    act: async (page) => {
      await page.route('**/api/v1/apps/wiki', (route) =>
        route.request().method() === 'PUT'
          ? route.fulfill({
              status: 412,
              json: { type: 'about:blank', title: 'Precondition Failed', status: 412 },
            })
          : route.continue(),
      );
      await page.getByRole('textbox', { name: 'Application Description' }).fill('Mine');
      await page.getByRole('button', { name: 'Save' }).click();
    },
  },
  {
    name: 'app-unsaved',
    path: '/manage/apps/wiki/settings',
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Application Description' }).fill('Mine');
      await page.getByRole('main').getByRole('link', { name: 'Apps', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'jump',
    path: '/manage/apps',
    act: async (page) => {
      await page.getByRole('heading', { name: 'Apps' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox', { name: 'Search or jump to…' }).last().fill('re');
      await page.getByRole('option', { name: 'Reports reports', exact: true }).waitFor();
    },
  },
  {
    name: 'user-menu',
    path: '/manage/apps',
    act: (page) => page.getByRole('button', { name: 'Administrator' }).click(),
  },
  { name: 'users', path: '/manage/users', api: '**/api/v1/users?*' },
  { name: 'new-user', path: '/manage/users/new' },
  { name: 'user', path: '/manage/users/person000@acme.test' },
  { name: 'user-roles', path: '/manage/users/reports@acme.test/roles' },
  {
    name: 'user-sessions',
    path: '/manage/users/admin@acme.test/sessions',
    api: '**/api/v1/users/*/sessions',
  },
  {
    name: 'user-permissions',
    path: '/manage/users/admin@acme.test/permissions',
    api: '**/api/v1/users/*/{grants,consents}',
  },
  {
    name: 'user-disable',
    path: '/manage/users/reports@acme.test',
    act: async (page) => {
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Disable user' }).click();
    },
  },
  {
    name: 'user-factors',
    path: '/manage/users/person000@acme.test',
    act: pretendFactors('**/api/v1/users/*/factors', '**/api/v1/users/*/sign-in'),
  },
  {
    name: 'user-factor-removal',
    path: '/manage/users/person000@acme.test',
    act: async (page) => {
      await pretendFactors('**/api/v1/users/*/factors', '**/api/v1/users/*/sign-in')(page);
      await page.getByRole('button', { name: 'Remove Authenticator app' }).click();
    },
  },
  {
    name: 'user-sign-out',
    path: '/manage/users/person000@acme.test',
    act: async (page) => {
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
    },
  },
  {
    name: 'user-secret',
    path: '/manage/users/person001@acme.test',
    act: async (page) => {
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Reset password' }).click();
      await page.getByRole('button', { name: 'Reset password' }).click();
      await page.getByText('This is shown once.').waitFor();
    },
  },
  {
    name: 'user-changelog',
    path: '/manage/users/reports@acme.test/changelog',
    api: '**/api/v1/changes?*',
  },
  { name: 'role-changelog', path: '/manage/roles/sysadmin/changelog', api: '**/api/v1/changes?*' },
  { name: 'roles', path: '/manage/roles', api: '**/api/v1/roles?*' },
  { name: 'role', path: '/manage/roles/sysadmin' },
  { name: 'role-members', path: '/manage/roles/sysadmin/members', api: '**/api/v1/roles/*/members?*' },
  { name: 'role-rights', path: '/manage/roles/sysadmin/rights' },
  { name: 'role-apps', path: '/manage/roles/sysadmin/apps', api: '**/api/v1/roles/*/apps' },
  { name: 'traffic', path: '/manage/traffic', api: '**/api/v1/traffic/{recordings,flows}?*' },
  {
    name: 'traffic-start',
    path: '/manage/traffic',
    act: (page) => page.getByRole('button', { name: 'Start recording' }).first().click(),
  },
  {
    name: 'traffic-flow',
    path: '/manage/traffic',
    shows: '/manage/traffic/flow',
    answers: 401,
    act: async (page) => {
      await page.evaluate(recordRefusal);
      await page.getByRole('row').getByRole('link', { name: 'token' }).first().click();
      await page.getByText('It failed here').waitFor();
    },
  },
  { name: 'changelog', path: '/manage/changelog', api: '**/api/v1/changes?*' },
  { name: 'audit', path: '/manage/audit', api: '**/api/v1/events?*' },
  {
    name: 'policies',
    path: '/manage/policies',
    api: '**/api/v1/authentication',
    none: { profiles: [], rules: [], version: 1 },
  },
  {
    name: 'policies-profile',
    path: '/manage/policies',
    act: (page) => page.getByRole('button', { name: 'Edit Two factors' }).click(),
  },
  {
    name: 'policies-rule',
    path: '/manage/policies',
    act: (page) => page.getByRole('button', { name: 'Edit rule 1' }).click(),
  },
  {
    name: 'policies-forecast',
    path: '/manage/policies',
    act: async (page) => {
      await page.getByRole('combobox', { name: 'User' }).fill('person002');
      await page.getByRole('option', { name: 'person002@acme.test' }).click();
      await page.getByRole('combobox', { name: 'App' }).fill('rep');
      // The list is narrowed a moment after the typing.
      await page.getByRole('option', { name: 'Billing · billing' }).waitFor({ state: 'hidden' });
      await page.getByRole('option', { name: 'Reports · reports' }).click();
      const answer = page.getByText(/Rule \d chooses the profile/);
      await answer.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    },
  },
  {
    name: 'policies-faults',
    path: '/manage/policies',
    act: async (page) => {
      await page.getByRole('button', { name: 'Add Profile' }).click();
      await page.getByRole('button', { name: 'OK' }).click();
    },
  },
  { name: 'settings', path: '/manage/settings' },
  { name: 'my-apps', path: '/my', api: '**/api/v1/me/apps' },
  { name: 'my-permissions', path: '/my/permissions', api: '**/api/v1/me/{grants,consents}' },
  { name: 'my-sessions', path: '/my/sessions', api: '**/api/v1/me/sessions' },
  { name: 'my-security', path: '/my/security' },
  {
    name: 'my-authenticator',
    path: '/my/security',
    act: openDialog('Add an authenticator app'),
  },
  {
    name: 'my-passkey',
    path: '/my/security',
    act: openDialog('Add a passkey or security key'),
  },
  {
    name: 'my-address',
    path: '/my/security',
    act: (page) => page.getByRole('button', { name: 'Verify the address' }).click(),
  },
  {
    name: 'my-questions',
    path: '/my/security',
    act: openDialog('Set security questions'),
  },
  {
    name: 'my-factors',
    path: '/my/security',
    act: pretendFactors('**/api/v1/me/factors', '**/api/v1/me/sign-in'),
  },
  {
    name: 'my-recovery-codes',
    path: '/my/security',
    act: async (page) => {
      await page.route('**/api/v1/me/factors/recovery-codes', (route) =>
        route.fulfill({ status: 201, json: { codes: CODES } }),
      );
      await pretendFactors('**/api/v1/me/factors', '**/api/v1/me/sign-in')(page);
      await page.getByRole('button', { name: 'Renew Recovery codes' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Your password' }).fill('any');
      await page.getByRole('button', { name: 'Make codes' }).click();
      await page.getByRole('list', { name: 'Recovery codes' }).waitFor();
    },
  },
  {
    name: 'my-approval',
    path: '/my',
    act: async (page) => {
      await page.route('**/api/v1/me', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ json: { ...(await answer.json()), mayApprove: true } });
      });
      await page.route('**/api/v1/me/approvals', (route) => route.fulfill({ json: { items: [WAITING] } }));
      await page.reload();
      await page.getByRole('dialog', { name: 'Are you signing in?' }).waitFor();
    },
  },
  { name: 'not-found', path: '/manage/nowhere' },
  ...SIGN_IN_PAGES,
  {
    name: 'consent',
    path: `/oauth2/authorize/payroll-cli?${new URLSearchParams({
      response_type: 'code',
      client_id: 'payroll-cli',
      redirect_uri: 'http://127.0.0.1/callback',
      scope: 'payslips openid',
      state: 'picture',
      code_challenge: 'E9Melhoa2OwvFrEMTJGuCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })}`,
    act: (page) => page.locator('summary').first().click(),
  },
  { name: 'sign-out-question', path: '/oauth2/endsession/reports' },
  { name: 'error', path: '/oauth2/authorize/reports?client_id=reports@acme.test', answers: 400 },
];

const NAMES = [
  'Ada Lovelace',
  'Grace Hopper',
  'Alan Turing',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Donald Knuth',
];

/** Has clients register themselves, as agents do. */
export async function registerClients(url) {
  for (const name of ['Notebook assistant', 'Release bot', 'Research agent']) {
    const client = { client_name: name, redirect_uris: ['http://127.0.0.1/callback'] };
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(client) };
    const { status } = await fetch(`${url}/oauth2/register/mcp`, init);
    if (status !== 201) throw new Error(`registration was answered ${status}`);
  }
}

/** A tenant with a few apps and more users than a page holds. */
export function sample(url) {
  const people = Array.from({ length: 120 }, (_, i) => ({
    loginName: `person${String(i).padStart(3, '0')}@acme.test`,
    email: `person${i}@acme.test`,
    displayName: NAMES[i % NAMES.length],
  }));
  const client = {
    loginName: 'reports@acme.test',
    email: 'reports@acme.test',
    displayName: 'Reports service',
    password: 'quarterly figures 1843',
    confidentialClient: true,
  };
  const names = ['Billing', 'Inventory', 'Payroll', 'Wiki'];
  const others = names.map((name, i) => ({
    applicationId: name.toLowerCase(),
    name,
    category: i % 2 === 0 ? 'Finance' : 'Other',
    enabled: i !== 3,
    userAccess: { roles: ['Developers'] },
  }));
  const mcp = { applicationId: 'mcp', name: 'Tools for agents', generalUsage: { registration: 'open' } };
  return {
    tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
    users: [...people, client],
    roles: [
      {
        name: 'Developers',
        description: 'May use the reports app',
        members: ['reports@acme.test', 'admin@acme.test'],
      },
      {
        name: 'Operators',
        description: 'Look after users',
        rights: ['Admin Portal Login', 'User Management'],
      },
      { name: 'Night shift', description: 'Looks after the servers at night' },
    ],
    authentication: {
      profiles: [
        { name: 'Two factors', challenges: [['UP'], ['U2F', 'OATH', 'EMAIL']] },
        { name: 'Password', challenges: [['UP']] },
        EVERYTHING,
      ],
      rules: [
        { roles: ['Operators'], profile: 'Two factors' },
        { apps: ['reports'], networks: ['10.0.0.0/8', '192.168.0.0/16'], profile: 'Password' },
        { apps: ['reports'], profile: 'Two factors' },
        { roles: ['Night shift'], profile: EVERYTHING.name },
      ],
    },
    apps: [
      {
        applicationId: 'ledger',
        template: 'OAuth2Server',
        name: 'Ledger API',
        category: 'Finance',
        generalUsage: { audience: 'https://ledger.acme.test' },
        tokens: {
          authMethods: ['clientCreds', 'deviceCode', 'tokenExchange'],
          claims: [
            { name: 'groups', from: 'roles' },
            { name: 'stage', from: 'constant', value: 'production' },
          ],
        },
        scope: { definitions: [{ name: 'read', description: 'Read the ledger' }] },
        userAccess: { roles: ['Developers'] },
      },
      {
        applicationId: 'reports',
        name: 'Reports',
        description: 'Quarterly figures for the finance team',
        category: 'Finance',
        generalUsage: {
          clientIdType: 'confidential',
          redirects: [`${url}/sysinfo/dummy`, 'http://127.0.0.1/callback'],
        },
        tokens: { authMethods: ['authCode', 'clientCreds'], issueRefreshTokens: true },
        scope: {
          userMustConfirm: true,
          definitions: [
            { name: 'all', description: 'Everything the user may do', restRegex: ['.*'] },
            {
              name: 'reports',
              description: 'Read users and know who you are',
              restRegex: ['security/whoami', 'api/v1/users/.*'],
              default: true,
            },
          ],
        },
        userAccess: { roles: ['Developers'] },
      },
      {
        applicationId: 'payroll-cli',
        name: 'Payroll CLI',
        category: 'Finance',
        generalUsage: { redirects: ['http://127.0.0.1/callback'] },
        scope: {
          userMustConfirm: true,
          allowScopeSelection: true,
          definitions: [
            {
              name: 'payslips',
              description: 'Read your payslips and know who you are',
              restRegex: ['security/whoami', 'api/v1/me'],
            },
          ],
        },
        userAccess: { roles: ['Developers'] },
      },
      ...others,
      mcp,
    ],
  };
}

/** What is changed afterwards, so that changelogs have something to take back. */
export const LATER = {
  apps: [
    { applicationId: 'reports', description: 'Quarterly and yearly figures', tokens: { lifetime: '1h' } },
  ],
};
