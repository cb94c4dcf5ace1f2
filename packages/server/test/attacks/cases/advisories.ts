/** The advisories of other servers that no case above stands for, by their number in the list of lessons. */
import {
  type Attack,
  type AttackRequest,
  admin,
  authorize,
  bearer,
  REFRESH,
  rows,
  rpc,
  SERVICE,
  token,
} from '../table.js';

/** What a template engine would work out. */
const TEMPLATE = `$${'{7*7}'}`;
const app = (changes: object) =>
  admin('PUT /declaration?dryRun=true', { apps: [{ applicationId: 'MyApp', ...changes }] });
const introspect = (value: string): AttackRequest => ({
  line: 'POST /oauth2/introspect/MyApp',
  form: { token: value },
  headers: SERVICE,
});

export const advisories: Attack[] = [
  ...rows('advisory 3', 'CVE-2026-18206: no wildcard domains at all', 400, [
    app({ generalUsage: { redirects: ['https://*.a.com/'] } }),
    app({ generalUsage: { redirects: ['https://a.*/'] } }),
  ]),
  ...rows('advisory 5', 'CVE-2024-52289: a dot is a dot', 'EP', [
    authorize({ redirect_uri: 'https://rpxtest/cb' }),
    authorize({ redirect_uri: '' }, '&redirect_uri='),
  ]),
  ...rows('advisory 6', 'CVE-2024-21637', 'EP', [
    authorize({ redirect_uri: 'javascript:alert(1)', response_mode: 'form_post' }),
  ]),
  ...rows('advisory 7', 'CVE-2026-42849, CVE-2023-6134', { lacks: /"><script>/ }, [
    authorize({ response_mode: 'form_post', state: '"><script>alert(1)</script>' }),
    authorize({ redirect_uri: 'https://evil.test', state: '"><script>alert(1)</script>' }),
  ]),
  ...rows('advisory 8', 'CVE-2019-8400', { lacks: /<img src=x/ }, [
    authorize({ response_type: '<img src=x onerror=alert(1)>', redirect_uri: 'https://evil.test' }),
    authorize({ client_id: '<img src=x onerror=alert(1)>' }, '', 'NoSuchApp'),
    { line: 'GET /<img%20src=x%20onerror=alert(1)>', headers: { accept: 'text/html' } },
  ]),
  ...rows('advisory 9', 'CVE-2016-4977', { lacks: /error-code">49|>49</ }, [
    authorize({ response_type: TEMPLATE, redirect_uri: 'https://evil.test' }),
    authorize({ scope: '{{7*7}}', redirect_uri: 'https://evil.test' }),
    { line: 'GET /login?username=%24%7B7*7%7D', headers: { accept: 'text/html' } },
  ]),
  ...rows('advisory 13', 'GHSA-392p-2q2v-4372, CVE-2026-90997: one successor', 'SAME refresh_token', [
    { ...token({ ...REFRESH, refresh_token: '{sameRefresh}' }), times: 12 },
  ]),
  ...rows('advisory 18', 'GHSA-9h47-pqcx-hjr4: what an app may do before anyone said so', 'EP', [
    authorize({}, '', 'Fresh'),
  ]),
  ...rows(
    'advisory 18t',
    'GHSA-86j7-9j95-vpqj',
    [400, 401],
    [
      token({ grant_type: 'client_credentials', scope: 'all' }, SERVICE, 'Fresh'),
      token(
        { grant_type: 'password', username: '{ada}', password: '{adaPassword}', client_id: 'cli' },
        {},
        'Fresh',
      ),
    ],
  ),
  ...rows(
    'advisory 19',
    'CVE-2026-41427',
    [401, 403, 404],
    [
      { line: 'POST /oauth2/register/MyApp', json: { redirect_uris: ['https://evil.test/cb'] } },
      {
        line: 'POST /api/v1/apps',
        json: { applicationId: 'mine', name: 'mine' },
        headers: { authorization: 'Bearer {handle}' },
      },
      {
        line: 'PUT /api/v1/apps/MyApp',
        json: { applicationId: 'MyApp', name: 'mine' },
        headers: { authorization: 'Bearer {handle}', 'if-match': '"1"' },
      },
    ],
  ),
  ...rows(
    'advisory 22',
    'CVE-2022-39222: consent belongs to one browser',
    [400, 401, 403],
    [
      {
        line: 'POST /oauth2/confirm/MyApp',
        form: { bounce: 'guessed', decision: 'allow' },
        headers: { cookie: '{cookie}' },
      },
    ],
  ),
  ...rows('advisory 28', 'CVE-2025-24806: one name, one account', { status: [200], has: /"success":true/ }, [
    rpc('/security/startauthentication', { User: ' ada@acme.test ', Version: '1.0' }),
    rpc('/security/startauthentication', { User: 'Ada@Acme.Test', Version: '1.0' }),
  ]),
  ...rows(
    'advisory 28n',
    'GHSA-7rqj-j65f-68wh: no second account by another spelling',
    [400, 409],
    [
      admin('POST /users', {
        loginName: 'ADA@acme.test',
        email: 'a@acme.test',
        displayName: 'a',
        description: '',
      }),
      admin('POST /users', {
        loginName: 'ａda@acme.test',
        email: 'a@acme.test',
        displayName: 'a',
        description: '',
      }),
      admin('POST /users', {
        loginName: 'ada @acme.test',
        email: 'a@acme.test',
        displayName: 'a',
        description: '',
      }),
      admin('POST /users', {
        loginName: 'ada:x@acme.test',
        email: 'a@acme.test',
        displayName: 'a',
        description: '',
      }),
    ],
  ),
  ...rows(
    'advisory 32',
    'CVE-2024-47070: an address that is none opens nothing',
    [401, 403],
    [
      { line: 'GET /api/v1/users', headers: { 'x-forwarded-for': 'unparsable' } },
      { line: 'GET /api/v1/users', headers: { 'x-forwarded-for': '127.0.0.1' } },
      { line: 'GET /api/v1/users', headers: { forwarded: 'for=127.0.0.1' } },
      { line: 'GET /metrics', headers: { 'x-forwarded-for': '127.0.0.1' } },
    ],
  ),
  ...rows('advisory 39', 'CVE-2026-18208', 'INACTIVE', [
    introspect('{revoked}'),
    introspect('{otherAccess}'),
  ]),
  ...rows(
    'advisory 40',
    'CVE-2026-4634',
    [400],
    [
      token({ grant_type: 'client_credentials', scope: 'a '.repeat(50_000) }, SERVICE),
      token({ grant_type: 'client_credentials', scope: `all ${'x'.repeat(500_000)}` }, SERVICE),
    ],
  ),
  ...rows('advisory 46', 'CVE-2026-9793', 401, [
    bearer('{jwt_none}'),
    bearer('{jwt_nested}'),
    bearer('{jwt_jwe}'),
  ]),
  ...rows(
    'advisory 51',
    'CVE-2026-94000: nobody grants what they lack',
    [403, 404, 405],
    [
      {
        line: 'POST /api/v1/roles',
        json: { name: 'x', rights: ['System Administrator'] },
        headers: { authorization: '{userAdmin}' },
      },
      {
        line: 'PUT /api/v1/users/admin@acme.test/password',
        json: { password: 'taken over 12' },
        headers: { authorization: '{userAdmin}' },
      },
      {
        line: 'POST /api/v1/users/admin@acme.test/password',
        json: { password: 'taken over 12' },
        headers: { authorization: '{userAdmin}' },
      },
      { line: 'DELETE /api/v1/users/admin@acme.test', headers: { authorization: '{userAdmin}' } },
    ],
  ),
  ...rows(
    'advisory 52',
    'CVE-2024-4540: no request parameter in a cookie',
    { lacks: /set-cookie: [^\n]*(rp\.test|code_challenge|nonsense-state)/i },
    [{ ...authorize({ state: 'nonsense-state' }), headers: {} }],
  ),
  ...rows(
    'advisory 54',
    'CVE-2026-25227: nothing in a setting is code',
    [200, 400],
    [
      app({ description: '{{constructor.constructor("return process")()}}' }),
      app({
        scope: { definitions: [{ name: 'x', description: `$${'{process.exit()}'}`, restRegex: ['x'] }] },
      }),
    ],
  ),
  ...rows('advisory 56', 'Casdoor reports', { status: [200], has: /"active":true/ }, [
    {
      line: 'POST /oauth2/introspect/MyApp',
      form: { token: '{access}', token_type_hint: 'refresh_token,access_token' },
      headers: SERVICE,
    },
  ]),
];
