// What `pictures.mjs` shows: every page of the portals, and the tenant they are shown with.

/** `api`: the request whose answer makes the states of the page. `act`: what to open before the picture is taken. */
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
  { name: 'app-scope', path: '/manage/apps/reports/scope' },
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
  { name: 'app-user-access', path: '/manage/apps/reports/user-access' },
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
      await page.goBack();
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
    name: 'user-secret',
    path: '/manage/users/person001@acme.test',
    act: async (page) => {
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Reset password' }).click();
      await page.getByRole('button', { name: 'Reset password' }).click();
      await page.getByText('This is shown once.').waitFor();
    },
  },
  { name: 'roles', path: '/manage/roles', api: '**/api/v1/roles?*' },
  { name: 'role', path: '/manage/roles/sysadmin' },
  { name: 'role-members', path: '/manage/roles/sysadmin/members', api: '**/api/v1/roles/*/members?*' },
  { name: 'role-rights', path: '/manage/roles/sysadmin/rights' },
  { name: 'role-apps', path: '/manage/roles/sysadmin/apps', api: '**/api/v1/roles/*/apps' },
  { name: 'changelog', path: '/manage/changelog', api: '**/api/v1/changes?*' },
  { name: 'audit', path: '/manage/audit', api: '**/api/v1/events?*' },
  { name: 'settings', path: '/manage/settings' },
  { name: 'my-apps', path: '/my', api: '**/api/v1/me/apps' },
  { name: 'my-permissions', path: '/my/permissions', api: '**/api/v1/me/{grants,consents}' },
  { name: 'my-sessions', path: '/my/sessions', api: '**/api/v1/me/sessions' },
  { name: 'my-security', path: '/my/security' },
  {
    name: 'my-authenticator',
    path: '/my/security',
    act: (page) => page.getByRole('button', { name: 'Add an authenticator app' }).click(),
  },
  { name: 'not-found', path: '/manage/nowhere' },
];

const NAMES = [
  'Ada Lovelace',
  'Grace Hopper',
  'Alan Turing',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Donald Knuth',
];

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
  return {
    tenant: { name: 'Acme', loginSuffixes: ['acme.test'] },
    users: [...people, client],
    roles: [
      { name: 'Developers', description: 'May use the reports app', members: ['reports@acme.test'] },
      {
        name: 'Operators',
        description: 'Look after users',
        rights: ['Admin Portal Login', 'User Management'],
      },
    ],
    apps: [
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
      ...others,
    ],
  };
}
