/** Administration, data and bare HTTP. */
import { type Attack, type AttackRequest, admin, rows, rpc, SERVICE, token } from '../table.js';

const ada = (line: string, json?: unknown): AttackRequest => {
  const request = admin(line, json);
  return { ...request, headers: { authorization: 'Bearer {handle}' } };
};
const bare = (line: string, headers: Record<string, string> = {}): AttackRequest => ({ line, headers });
const raw = (body: string | Buffer): AttackRequest => ({
  line: 'POST /api/v1/roles',
  body,
  headers: { authorization: '{admin}', 'content-type': 'application/json' },
});

export const administration: Attack[] = [
  ...rows('D01', 'ASVS 8.2.1', 403, [
    ada('GET /users'),
    ada('GET /roles'),
    ada('GET /apps'),
    ada('GET /keys'),
    ada('GET /events'),
    ada('GET /changes'),
    ada('GET /declaration'),
    ada('POST /keys/rotate'),
    ada('POST /roles', { name: 'mine' }),
    ada('PUT /declaration', { tenant: { name: 'mine' } }),
    ada('POST /users', { loginName: 'x@acme.test', email: 'x@acme.test', displayName: 'x', description: '' }),
  ]),
  ...rows('D01v', 'ASVS 8.2.1', 'FAILED', [
    rpc('/CDirectoryService/CreateUser', { Name: 'x@acme.test' }, { authorization: 'Bearer {handle}' }),
    rpc('/UserMgmt/RemoveUsers', { Users: ['{ada}'] }, { authorization: 'Bearer {handle}' }),
    rpc('/SaasManage/DeleteApplication', { _RowKey: ['x'] }, { authorization: 'Bearer {handle}' }),
    rpc('/Roles/StoreRole', { Name: 'mine' }, { authorization: 'Bearer {handle}' }),
  ]),
  ...rows('D03', 'ASVS 15.3.3, CVE-2021-27582, CVE-2026-27946', 400, [
    admin('POST /users', {
      loginName: 'm@acme.test',
      email: 'm@acme.test',
      displayName: 'm',
      rights: ['System Administrator'],
    }),
    admin('POST /users', {
      loginName: 'm@acme.test',
      email: 'm@acme.test',
      displayName: 'm',
      emailVerified: true,
    }),
    admin('POST /users', { loginName: 'm@acme.test', email: 'm@acme.test', displayName: 'm', id: 'chosen' }),
    admin('POST /users', {
      loginName: 'm@acme.test',
      email: 'm@acme.test',
      displayName: 'm',
      passwordHash: 'x',
    }),
    admin('POST /roles', { name: 'm', builtIn: true }),
  ]),
  ...rows(
    'D03m',
    "ASVS 15.3.3: what is one's own",
    [400, 403, 404, 405],
    [
      ada('PATCH /me', { emailVerified: true }),
      ada('PATCH /me', { roles: ['System Administrator'] }),
      ada('PATCH /me', { enabled: true }),
      ada('PATCH /me', { confidentialClient: true }),
    ],
  ),
  ...rows(
    'D06',
    'ASVS 15.3.6',
    [200, 201, 400],
    [
      raw('{"__proto__":{"admin":true},"name":"proto"}'),
      raw('{"constructor":{"prototype":{"admin":true}},"name":"ctor"}'),
      {
        ...rpc('/security/startauthentication', 0),
        json: undefined,
        body: '{"__proto__":{"User":"x"},"User":"ada@acme.test"}',
        headers: { 'content-type': 'application/json', 'x-centrify-native-client': '1' },
      },
    ],
  ),
  ...rows('D07', '8259 §4, §8', 400, [
    raw('{"name":"a","name":"b"'),
    raw('['.repeat(10_000) + ']'.repeat(10_000)),
    raw(`${'{"name":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
    raw(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
    raw(''),
    raw('null'),
    raw('1'),
    raw('"text"'),
    raw('{"name":NaN}'),
    raw("{'name':'a'}"),
    raw('{"name":"a\u0000"}'),
    raw('{"name":"a\\u0000"}'),
    raw('{"name":1e400}'),
  ]),
  ...rows('D07t', '9110 §15.5.16', 415, [
    { ...raw('<x/>'), headers: { authorization: '{admin}', 'content-type': 'application/xml' } },
    {
      ...raw('name=x'),
      headers: { authorization: '{admin}', 'content-type': 'application/x-www-form-urlencoded' },
    },
  ]),
  ...rows(
    'D08',
    'ASVS 16.2.5, CVE-2024-4540',
    { status: [200], lacks: /argon2|password"?:\s*"[^"$]|"sealed|PRIVATE KEY|"passwordHash/ },
    [
      admin('GET /declaration'),
      admin('GET /users'),
      admin('GET /keys'),
      admin('GET /changes'),
      admin('GET /events'),
      admin('GET /apps'),
    ],
  ),
  ...rows('D10', 'ASVS 4.1.3', { status: [200], lacks: /evil/ }, [
    bare('GET /MyApp/.well-known/openid-configuration', { 'x-forwarded-host': 'evil.test' }),
    bare('GET /MyApp/.well-known/openid-configuration', { 'x-forwarded-proto': 'gopher' }),
    bare('GET /MyApp/.well-known/openid-configuration', { forwarded: 'host=evil.test;proto=http' }),
    bare('GET /.well-known/oauth-protected-resource', { 'x-original-host': 'evil.test' }),
  ]),
  ...rows('D10h', 'contract section 7: Host', 421, [
    bare('GET /MyApp/.well-known/openid-configuration', { host: 'evil.test' }),
    bare('GET /login', { host: 'evil.test:8420' }),
    bare('GET /login', { host: 'localhost.evil.test' }),
  ]),
  ...rows('D11', '9700 §2.6', { lacks: /access-control-allow-(origin|credentials)/i }, [
    bare('GET /login', { origin: 'https://evil.test' }),
    bare('GET /api/v1/me', { origin: 'https://evil.test', authorization: '{admin}' }),
    bare('OPTIONS /api/v1/users', { origin: 'https://evil.test', 'access-control-request-method': 'POST' }),
    bare('OPTIONS /security/whoami', {
      origin: 'https://evil.test',
      'access-control-request-method': 'POST',
    }),
    bare('OPTIONS /oauth2/authorize/MyApp', {
      origin: 'https://evil.test',
      'access-control-request-method': 'GET',
    }),
  ]),
  ...rows(
    'D11c',
    '9700 §2.6: open, but never with credentials',
    { has: /access-control-allow-origin: \*/i, lacks: /allow-credentials/i },
    [
      bare('GET /oauth2/keys/MyApp', { origin: 'https://evil.test' }),
      bare('GET /MyApp/.well-known/openid-configuration', { origin: 'null' }),
      { ...token({ grant_type: 'x' }), headers: { origin: 'https://evil.test' } },
    ],
  ),
  ...rows('D12', '6749 §5.1', { has: /cache-control: [^\n]*no-store/i }, [
    token({ grant_type: 'client_credentials', scope: 'all' }, SERVICE),
    token({ grant_type: 'nonsense', client_id: 'cli' }),
    { line: 'POST /oauth2/introspect/MyApp', form: { token: 'x' }, headers: SERVICE },
    { line: 'GET /oauth2/userinfo/MyApp', headers: { authorization: 'Bearer {openid}' } },
    admin('GET /users'),
    bare('GET /login', { accept: 'text/html' }),
  ]),
  ...rows(
    'D13',
    'CWE-22',
    [400, 404],
    [
      bare('GET /assets/..%2f..%2fpackage.json'),
      bare('GET /assets/../../package.json'),
      bare('GET /assets/%2e%2e/%2e%2e/package.json'),
      bare('GET /assets/....//....//package.json'),
      bare('GET /assets/.env'),
      bare('GET /.git/config'),
      bare('GET /assets/..%5c..%5cpackage.json'),
      bare('GET /assets/%00'),
    ],
  ),
  ...rows('D14', '9112: smuggling', 400, [
    bare('GET /health/live', { 'transfer-encoding': 'chunked, identity' }),
    {
      line: 'POST /oauth2/token/MyApp',
      body: 'x',
      headers: { 'content-length': '1', 'transfer-encoding': 'chunked' },
    },
  ]),
  ...rows(
    'D15',
    '9110: methods',
    [400, 401, 404, 405],
    [bare('TRACE /login'), bare('DELETE /login'), bare('PUT /oauth2/authorize/MyApp'), bare('PROPFIND /')],
  ),
  ...rows(
    'D16',
    'SQL in every place a text goes',
    [200, 400, 404],
    [
      admin('GET /users?search=%27%20or%201=1--'),
      admin('GET /users?after=%27;drop%20table%20users--'),
      admin('GET /users/%27%20or%201=1--'),
      admin('GET /apps/%27%22%00'),
      admin('GET /events?search=%25_%25'),
      rpc('/Redrock/query', { Script: 'select * from User; drop table users' }, { authorization: '{admin}' }),
      rpc('/Redrock/query', { Script: 'select * from sqlite_schema' }, { authorization: '{admin}' }),
      rpc('/Redrock/query', { Script: 'select pg_sleep(10)' }, { authorization: '{admin}' }),
    ],
  ),
];
