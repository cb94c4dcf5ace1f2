/** Every number that a request can set: at its bounds it is taken, beyond them and as anything else it is refused. */
import {
  type Attack,
  type AttackRequest,
  admin,
  authorize,
  REDIRECTS,
  register,
  rows,
  rpc,
} from '../table.js';

const LESSON = 'lesson 47';
const PAGES = 'CVE: page_size 0, rauthy#1168';

/** What would be taken is only tried: a lifetime this short would end the sessions of other rows. */
const declare = (declaration: object): AttackRequest => admin('PUT /declaration?dryRun=true', declaration);
const tokens = (settings: object): AttackRequest =>
  declare({ apps: [{ applicationId: 'Stored', tokens: settings }] });
const tenant = (settings: object): AttackRequest => declare({ tenant: settings });
const record = (settings: object): AttackRequest =>
  admin('POST /traffic/recordings', { kind: 'client', subject: 'bounds', ...settings });

interface Lifetime {
  write(lifetime: string): AttackRequest;
  /** The shortest and the longest. */
  taken: readonly [string, string];
  /** Just beyond. */
  beyond: readonly string[];
}

const LIFETIMES: Record<string, Lifetime> = {
  'tokens.lifetime': {
    write: (lifetime) => tokens({ lifetime }),
    taken: ['1s', '3650d'],
    beyond: ['3651d', '87601h'],
  },
  'tokens.codeLifetime': {
    write: (codeLifetime) => tokens({ codeLifetime }),
    taken: ['1s', '10m'],
    beyond: ['11m', '601s'],
  },
  'tokens.refreshTokenLifetime': {
    write: (refreshTokenLifetime) => tokens({ refreshTokenLifetime }),
    taken: ['1s', '3650d'],
    beyond: ['3651d', '87601h'],
  },
  'tenant.sessions.idle': {
    write: (idle) => tenant({ sessions: { idle } }),
    taken: ['1m', '365d'],
    beyond: ['59s', '366d'],
  },
  'tenant.sessions.absolute': {
    write: (absolute) => tenant({ sessions: { absolute } }),
    taken: ['1m', '365d'],
    beyond: ['59s', '366d'],
  },
  'tenant.passwords.expireAfter': {
    write: (expireAfter) => tenant({ passwords: { expireAfter } }),
    taken: ['1d', '3650d'],
    beyond: ['23h', '3651d'],
  },
  'recording.duration': {
    write: (duration) => record({ duration, keepFor: '1m' }),
    taken: ['1m', '1d'],
    beyond: ['59s', '25h'],
  },
  'recording.keepFor': {
    write: (keepFor) => record({ duration: '1m', keepFor }),
    taken: ['1m', '30d'],
    beyond: ['59s', '31d'],
  },
  'registrationToken.lifetime': {
    write: (lifetime) => admin('POST /apps/Told/registration-tokens', { name: 'bounds', lifetime }),
    taken: ['1m', '365d'],
    beyond: ['59s', '366d'],
  },
};
const NO_LIFETIMES = [
  '0s',
  '-1s',
  '1.5h',
  '1e3s',
  'abc',
  '',
  '99999999999d',
  '5',
  'Infinity',
  '1h ',
  '0x10s',
];

const lifetimes = Object.entries(LIFETIMES).flatMap(([name, { write, taken, beyond }]) => [
  ...rows(`bounds ${name}`, LESSON, 400, [...NO_LIFETIMES, ...beyond].map(write)),
  ...rows(`bounds ${name} taken`, LESSON, [200, 201], taken.map(write)),
]);

/** Numbers of JSON, which a text is not, nor a fraction. */
const remember = (remembered: unknown): AttackRequest => tenant({ passwords: { remembered } });
const maxAge = (default_max_age: unknown): AttackRequest => register({ ...REDIRECTS, default_max_age });
/** JSON has no word for infinity, but numbers that no machine holds. */
const huge = (body: string): AttackRequest => ({
  line: 'PUT /api/v1/declaration?dryRun=true',
  headers: { authorization: '{admin}', 'content-type': 'application/json' },
  body,
});
const CLAIM = '{"name":"told","from":"constant","value":1e400}';

const numbers = [
  ...rows('bounds tenant.passwords.remembered', LESSON, 400, [
    ...[-1, 25, 1.5, '5', 1e21, true, null, []].map(remember),
    huge('{"tenant":{"passwords":{"remembered":1e400}}}'),
  ]),
  ...rows('bounds tenant.passwords.remembered taken', LESSON, 200, [0, 24].map(remember)),
  ...rows('bounds claim.value', LESSON, 400, [
    huge(`{"apps":[{"applicationId":"StoredApi","tokens":{"claims":[${CLAIM}]}}]}`),
  ]),
  ...rows(
    'bounds default_max_age',
    LESSON,
    'TE invalid_client_metadata',
    [-1, 1.5, '10', 10_000_000_000, 1e21, true, []].map(maxAge),
  ),
  ...rows('bounds default_max_age taken', LESSON, 201, [0, 9_999_999_999].map(maxAge)),
  ...rows(
    'bounds max_age',
    LESSON,
    'ER invalid_request',
    ['1.5', '1e9', '+1', ' 1', '0x10', '99999999999', 'NaN'].map((max_age) => authorize({ max_age })),
  ),
  ...rows(
    'bounds if-match',
    'RFC 9110 13.1.1',
    412,
    ['"-1"', '"1.5"', '"1e3"', '"9999999999999999"', '""', '1', '"1", "2"'].map((tag) =>
      admin('PATCH /users/manager@acme.test', { description: 'bounds' }, { 'if-match': tag }),
    ),
  ),
  ...rows(
    'bounds approval.number',
    'ASVS 6.6.3',
    400,
    ['1', '123', '-1', '1.', 'ab', 17, null].map((number) =>
      admin('POST /me/approvals/none', { decision: 'approve', number }),
    ),
  ),
];

const NO_LIMITS = ['0', '-1', '201', '1e9', 'abc', '1.5', '', '99999999999999999999', 'NaN'];
const LISTS = [
  ...['/users', '/apps', '/roles', '/events', '/changes', '/traffic/recordings', '/traffic/flows'],
  ...['/apps/Told/clients', '/roles/sysadmin/members'],
];
const limits = LISTS.flatMap((list) => [
  ...rows(
    `bounds ${list}`,
    PAGES,
    400,
    NO_LIMITS.map((limit) => admin(`GET ${list}?limit=${limit}`)),
  ),
  ...rows(
    `bounds ${list} taken`,
    PAGES,
    200,
    ['1', '200'].map((limit) => admin(`GET ${list}?limit=${limit}`)),
  ),
]);

/** The vendor's clients send anything here: what is no number of rows is as good as absent, and nothing breaks. */
const NO_SIZES = [0, -1, 1.5, 1e15, 1e300, 'abc', '', null, [], {}, true, '-0', '999999999999999'];
const page = (args: object): AttackRequest =>
  rpc('/SaasManage/GetPaginatedTemplates', { Args: args }, { authorization: '{admin}' });
const query = (script: string, args: object = {}): AttackRequest =>
  rpc('/Redrock/query', { Script: script, Args: args }, { authorization: '{admin}' });
const span = (span: string): AttackRequest =>
  rpc(
    '/SaasManage/UpdateApplicationDE',
    { _RowKey: 'Stored', OAuthProfile: { TokenLifetimeString: span } },
    { authorization: '{admin}' },
  );

const vendors = [
  ...['PageSize', 'PageNumber', 'Limit'].flatMap((name) =>
    rows(
      `bounds ${name}`,
      PAGES,
      { status: [200], has: /"success":true/ },
      NO_SIZES.map((size) => page({ PageNumber: 1, PageSize: 10, [name]: size })),
    ),
  ),
  ...rows(
    'bounds Redrock PageSize',
    PAGES,
    { status: [200], has: /"success":true/ },
    NO_SIZES.map((size) => query('select Name from Role', { PageNumber: size, PageSize: size })),
  ),
  ...rows('bounds Redrock limit', LESSON, 'FAILED', [
    query('select Name from Role limit abc'),
    query('select Name from Role limit 1.5'),
    query('select Name from Role limit 1e999'),
  ]),
  ...rows(
    'bounds TokenLifetimeString',
    LESSON,
    'FAILED',
    ['0.00:00:00', '-1.00:00:00', '3651.00:00:00', '99999.23:59:59', '1:2:3', 'abc', '1e3', '5h'].map(span),
  ),
  ...rows(
    'bounds ClientIDType',
    LESSON,
    'FAILED',
    [2, -1, 99, 999_999_999_999].map((type) =>
      rpc(
        '/SaasManage/UpdateApplicationDE',
        { _RowKey: 'Stored', OAuthProfile: { ClientIDType: type } },
        { authorization: '{admin}' },
      ),
    ),
  ),
];

export const bounds: Attack[] = [...lifetimes, ...numbers, ...limits, ...vendors];
