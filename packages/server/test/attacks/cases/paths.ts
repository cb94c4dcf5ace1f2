/** The scope `whoami` opens /security/whoami and nothing else, however a path is spelt. */
import { type Attack, type AttackRequest, admin, rows } from '../table.js';

const TARGET = '/UserMgmt/RemoveUser';
const narrow = (target: string, headers: Record<string, string> = {}): AttackRequest => ({
  line: `POST ${target}`,
  json: { ID: 'nobody' },
  headers: { authorization: 'Bearer {narrow}', 'x-centrify-native-client': '1', ...headers },
});
const pattern = (restRegex: string[]) =>
  admin('PUT /declaration?dryRun=true', {
    apps: [{ applicationId: 'MyApp', scope: { definitions: [{ name: 'all', restRegex }] } }],
  });

export const paths: Attack[] = [
  ...rows(
    'S01',
    'ASVS 8.3.1, CWE-22',
    [400, 403, 404],
    [
      narrow(`/security/whoami/../..${TARGET}`),
      narrow(`/security/whoami/%2e%2e/%2e%2e${TARGET}`),
      narrow(`/security/whoami/..%2f..${TARGET}`),
      narrow(`/security/whoami/.%2e/.%2e${TARGET}`),
      narrow(`/security/./whoami/../..${TARGET}`),
      narrow(`/security/whoami%2f..%2f..${TARGET}`),
      narrow(`/security/whoami\\..\\..${TARGET}`),
      narrow(`/security/whoami/%252e%252e/%252e%252e${TARGET}`),
    ],
  ),
  ...rows(
    'S02',
    'CWE-41, CVE-2026-15573',
    [400, 403, 404],
    [
      narrow('//UserMgmt//RemoveUser'),
      narrow(`/security/whoami/..;/..;${TARGET}`),
      narrow(`/security/whoami;x=1/../..${TARGET}`),
      narrow(`${TARGET};/security/whoami`),
      narrow('/UserMgmt%2fRemoveUser'),
      narrow('/UserMgmt%5cRemoveUser'),
    ],
  ),
  ...rows('S03', 'CWE-178', 403, [
    narrow('/usermgmt/removeuser'),
    narrow('/USERMGMT/REMOVEUSER'),
    narrow(TARGET),
  ]),
  ...rows('S03x', 'Centrify clients', 200, [narrow('/security/whoami'), narrow('/Security/WhoAmI')]),
  ...rows(
    'S04',
    'CWE-777',
    [403, 404],
    [
      narrow('/UserMgmt/whoami-x'),
      narrow('/x/security/whoami'),
      narrow('/security/whoami/x'),
      narrow('/security/whoamix'),
    ],
  ),
  ...rows(
    'S05',
    'CWE-46, CWE-625',
    [400, 403, 404],
    [
      narrow(`${TARGET}%00`),
      narrow(`${TARGET}%0a`),
      narrow(`${TARGET}.`),
      narrow(`${TARGET}%20`),
      narrow(`/security/whoami%00${TARGET}`),
      narrow(`/security/whoami%0a${TARGET}`),
      narrow(`${TARGET}/`),
      narrow(`${TARGET}%c0%af`),
      narrow(`${TARGET}%ff`),
    ],
  ),
  ...rows(
    'S06',
    'ASVS 1.3.12, CWE-1333, fast-jwt#594',
    [400],
    [pattern(['(a)\\1']), pattern(['(?=x)y']), pattern(['(?<!x)y']), pattern(['a{100000}'])],
  ),
  ...rows(
    'S06x',
    'CWE-1333: linear time',
    [200, 400],
    [pattern(['(a+)+$']), pattern(['(.*)*x']), pattern(['([a-z]+)*!'])],
  ),
  ...rows('S07', 'CWE-444', { status: [200], has: /"User":"ada@acme.test"/ }, [
    narrow('/security/whoami', { 'x-original-url': TARGET }),
    narrow('/security/whoami', { 'x-rewrite-url': TARGET }),
    narrow('/security/whoami', { 'x-http-method-override': 'DELETE' }),
    narrow('/security/whoami', { 'x-forwarded-prefix': TARGET }),
  ]),
  ...rows(
    'S08',
    'CVE-2025-54576',
    [403, 404],
    [
      narrow(`${TARGET}?/security/whoami`),
      narrow(`${TARGET}?x=/security/whoami`),
      narrow(`${TARGET}#/security/whoami`),
    ],
  ),
  ...rows(
    'S09',
    '9112 §3.2.2',
    [403, 421],
    [narrow(`http://localhost{port}${TARGET}`), narrow(`http://evil.test${TARGET}`)],
  ),
  ...rows('S10', 'rule 7: a scope never adds', { lacks: /"success":true/ }, [
    { ...narrow(TARGET), headers: { authorization: 'Bearer {access}', 'x-centrify-native-client': '1' } },
  ]),
  ...rows('S11', 'rule 7', [200, 400], [pattern(['*']), pattern(['(']), pattern(['[']), pattern([''])]),
];
