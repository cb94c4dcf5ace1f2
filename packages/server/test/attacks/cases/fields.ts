/** Made from lists: every text field for stored script, every URL setting for inner addresses, every number for its bounds. */
import { type Attack, type AttackRequest, admin, authorize, rows } from '../table.js';

const SCRIPTS = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "'-alert(1)-'",
  '</title><svg onload=alert(1)>',
];
const declare = (declaration: object, query = '') => admin(`PUT /declaration${query}`, declaration);
const app = (changes: object) => declare({ apps: [{ applicationId: 'Stored', ...changes }] });

/** Each text an administrator writes that a page shows, by how it is written. */
const TEXTS: Record<string, (text: string) => AttackRequest> = {
  'app.name': (name) => app({ name }),
  'app.description': (description) => app({ description }),
  'app.category': (category) => app({ category }),
  'app.scope.description': (description) =>
    app({ scope: { userMustConfirm: true, definitions: [{ name: 'all', description, restRegex: ['.*'] }] } }),
  'tenant.name': (name) => declare({ tenant: { name } }),
  'user.displayName': (displayName) =>
    declare({ users: [{ loginName: 'stored@acme.test', email: 'stored@acme.test', displayName }] }),
  'user.description': (description) =>
    admin('PATCH /users/stored@acme.test', { description }, { 'if-match': '*' }),
  'role.description': (description) => declare({ roles: [{ name: 'Stored', description }] }),
  'role.name': (name) => declare({ roles: [{ name }] }),
};

/** A page on which an app, its scopes and the tenant are shown to a person. */
const PAGE = authorize({}, '', 'Stored');

function storedScript(): Attack[] {
  return Object.entries(TEXTS).flatMap(([field, write]) =>
    rows(
      `script ${field}`,
      'ASVS 1.2.1, D04',
      { lacks: /<img src=x|<script>alert|<svg onload/ },
      SCRIPTS.map((text) => ({ ...PAGE, before: [write(text)] })),
    ),
  );
}

/** Answers of the API that hold such a text are JSON and never sniffed. */
const ANSWERS = rows(
  'script api',
  'ASVS 1.2.1',
  { has: /content-type: application\/json[\s\S]*nosniff|nosniff[\s\S]*content-type: application\/json/i },
  [admin('GET /apps'), admin('GET /roles'), admin('GET /users'), admin('GET /changes'), admin('GET /tenant')],
);

const INNER = [
  '{sink}/inner',
  'http://localhost:{sinkPort}/inner',
  'http://[::1]:{sinkPort}/inner',
  'http://[::ffff:127.0.0.1]:{sinkPort}/inner',
  'http://0.0.0.0:{sinkPort}/inner',
  'http://2130706433:{sinkPort}/inner',
  'http://0x7f.1:{sinkPort}/inner',
  'http://127.1:{sinkPort}/inner',
  'http://169.254.169.254/latest/meta-data/',
  'http://10.0.0.1/',
  'http://192.168.1.1/',
  'http://[fd00::1]/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_x',
  'dict://127.0.0.1:11211/',
];

/** The settings that hold a URL; whether anything was fetched is asked of the sink after the last row. */
const URLS: Record<string, (url: string) => object> = {
  backchannelLogoutUri: (url) => ({ generalUsage: { backchannelLogoutUri: url } }),
  frontchannelLogoutUri: (url) => ({ generalUsage: { frontchannelLogoutUri: url } }),
  issuer: (url) => ({ generalUsage: { issuer: url } }),
};

function innerAddresses(): Attack[] {
  return Object.entries(URLS).flatMap(([setting, document]) =>
    rows(
      `ssrf ${setting}`,
      'ASVS 1.3.6, CVE-2026-4874, CVE-2021-26715, D05',
      [200, 400],
      INNER.map((url) => app(document(url))),
    ),
  );
}

const LIFETIMES = ['0s', '-1s', '1.5h', '1e3s', 'abc', '', '99999999999d', '5', 'Infinity', '1h ', '0x10s'];
const BOUNDED: Record<string, (value: string) => AttackRequest> = {
  'tokens.lifetime': (lifetime) => app({ tokens: { lifetime } }),
  'tokens.codeLifetime': (codeLifetime) => app({ tokens: { codeLifetime } }),
  'tokens.refreshTokenLifetime': (refreshTokenLifetime) => app({ tokens: { refreshTokenLifetime } }),
  'tenant.sessions.idle': (idle) => declare({ tenant: { sessions: { idle } } }),
  'tenant.sessions.absolute': (absolute) => declare({ tenant: { sessions: { absolute } } }),
};
const LIMITS = ['0', '-1', '201', '1e9', 'abc', '1.5', '', '99999999999999999999', 'NaN'];
const LISTS = ['/users', '/apps', '/roles', '/events', '/changes'];

function bounds(): Attack[] {
  const lives = Object.entries(BOUNDED).flatMap(([field, write]) =>
    rows(`bounds ${field}`, 'lesson 47', 400, LIFETIMES.map(write)),
  );
  const limits = LISTS.flatMap((list) =>
    rows(
      `bounds ${list}`,
      'CVE: page_size 0, rauthy#1168',
      400,
      LIMITS.map((limit) => admin(`GET ${list}?limit=${limit}`)),
    ),
  );
  return [...lives, ...limits];
}

export const fields: Attack[] = [...storedScript(), ...ANSWERS, ...innerAddresses(), ...bounds()];
