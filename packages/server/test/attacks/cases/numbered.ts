/** Cases of the list whose answer is told by what else comes with it: a header, a cookie, a parameter. */
import { type Attack, type AttackRequest, admin, authorize, rows, rpc, token } from '../table.js';

const signIn = (cookie: string): AttackRequest =>
  rpc(
    '/security/advanceauthentication',
    { SessionId: '{loginId}', MechanismId: '{mechanism}', Action: 'Answer', Answer: '{adaPassword}' },
    cookie ? { cookie } : {},
  );
const SCRIPT = '"><script>alert(1)</script>';

export const numbered: Attack[] = [
  ...rows(
    'R14',
    'CVE-2023-6134',
    {
      status: [200],
      has: /content-security-policy: default-src 'none';(?![^\n]*unsafe-inline)/i,
      lacks: /"><script>alert/,
    },
    [
      authorize({ response_mode: 'form_post', state: SCRIPT }),
      authorize({ response_mode: 'form_post', state: SCRIPT, scope: 'unknown' }),
    ],
  ),
  ...rows(
    'R16',
    'RFC 9207 2',
    {
      status: [302],
      has: /location: \S*[?&]iss=http%3A%2F%2Flocalhost%3A\d+%2FMyApp%2F/,
      lacks: /location: \S*[?&]state=/,
    },
    [authorize({ state: '' }), authorize({ state: '', scope: 'unknown' })],
  ),
  ...rows('C10', 'RFC 9700 4.2', { has: /referrer-policy: no-referrer/i, lacks: /a-code-that-leaked/ }, [
    { line: 'GET /login?code=a-code-that-leaked', headers: { accept: 'text/html' } },
    authorize({ redirect_uri: 'https://evil.test/cb', code: 'a-code-that-leaked' }),
    { line: 'GET /no/such/page?code=a-code-that-leaked', headers: { accept: 'text/html' } },
  ]),
  ...rows('K03', 'RFC 6749 2.3.1', 'TE invalid_request', [
    {
      ...token({ grant_type: 'client_credentials', scope: 'all' }),
      line: 'POST /oauth2/token/MyApp?client_id={svc}&client_secret=x',
    },
  ]),
  ...rows('K03a', 'contract rule 3', 'ER invalid_client', [
    authorize({ client_id: '{svc}' }, '&client_secret=wrong'),
  ]),
  ...rows('N04', 'RFC 7009 2.1', 'INACTIVE', [
    {
      line: 'POST /oauth2/introspect/MyApp',
      form: { token: '{orphaned}' },
      headers: { authorization: '{basic}' },
    },
  ]),
  ...rows(
    'L02',
    'ASVS 7.2.4: a planted cookie is no session',
    { status: [200], has: /set-cookie: \.ASPXAUTH=(?!planted)[\w-]{20}/i },
    [signIn('.ASPXAUTH=planted-by-somebody-else')],
  ),
  ...rows('L02u', 'ASVS 7.2.4: nor before', 401, [
    { line: 'POST /security/whoami', headers: { cookie: '.ASPXAUTH=planted-by-somebody-else' } },
  ]),
  ...rows(
    'L10',
    'ASVS 3.3.1-2',
    {
      status: [200],
      has: /set-cookie: \.ASPXAUTH=(?=[^\n]*HttpOnly)(?=[^\n]*SameSite=)(?=[^\n]*Path=\/(;|\n|$))(?![^\n]*Domain=)/i,
    },
    [signIn('')],
  ),
  ...rows('D02', 'ASVS 8.2.2', 403, [
    admin(
      'PUT /declaration',
      { roles: [{ name: 'System Administrator', members: ['manager@acme.test'] }] },
      { authorization: '{userAdmin}' },
    ),
    admin(
      'PUT /declaration',
      { roles: [{ name: 'Managers', rights: ['Application Management'] }] },
      { authorization: '{userAdmin}' },
    ),
    admin(
      'PUT /declaration',
      { roles: [{ name: 'Mine', members: ['{ada}'] }] },
      { authorization: 'Bearer {access}' },
    ),
  ]),
];
