/** Sign-in, sessions, pages. ASVS 3, 6, 7 */
import { type Attack, type AttackRequest, NATIVE, rows, rpc } from '../table.js';

const SA = '/security/startauthentication';
const AA = '/security/advanceauthentication';
const start = (json: unknown, headers = {}) => rpc(SA, json, headers);
const advance = (json: object) =>
  rpc(AA, { SessionId: '{loginId}', MechanismId: '{mechanism}', Action: 'Answer', ...json });
const page = (path: string, headers: Record<string, string> = {}): AttackRequest => ({
  line: `GET ${path}`,
  headers: { accept: 'text/html', ...headers },
});

export const login: Attack[] = [
  ...rows(
    'L01',
    '9700 §4.7, ASVS 3.5.1-2',
    [400, 403, 415],
    [
      { line: `POST ${SA}`, json: { User: '{ada}' }, headers: { origin: 'https://evil.test' } },
      { line: `POST ${AA}`, json: {}, headers: { origin: 'https://evil.test' } },
      { line: `POST ${SA}`, body: '{"User":"ada@acme.test"}', headers: { 'content-type': 'text/plain' } },
      {
        line: 'POST /login',
        form: { username: '{ada}', password: '{adaPassword}' },
        headers: { origin: 'https://evil.test' },
      },
      {
        line: 'POST /login',
        form: { username: '{ada}', password: '{adaPassword}' },
        headers: { origin: 'null' },
      },
      { line: 'POST /login', form: { username: '{ada}', password: '{adaPassword}' } },
      {
        line: 'POST /oauth2/confirm/MyApp',
        form: { bounce: 'x', decision: 'allow' },
        headers: { origin: 'https://evil.test', cookie: '{cookie}' },
      },
      {
        line: 'POST /security/logout',
        json: {},
        headers: { origin: 'https://evil.test', cookie: '{cookie}' },
      },
    ],
  ),
  ...rows('L04', 'ASVS 6.6.2, CVE-2026-49443', 'FAILED', [
    advance({ MechanismId: 'guessed', Answer: '{adaPassword}' }),
    advance({ SessionId: 'guessed', Answer: '{adaPassword}' }),
    advance({ SessionId: '{otherLoginId}', Answer: '{adaPassword}' }),
    advance({ Answer: '' }),
    advance({ Answer: 'wrong' }),
    advance({ Action: 'Nonsense', Answer: '{adaPassword}' }),
  ]),
  ...rows('L05', 'CWE-294, CVE-2025-46815', 'ONCE', [
    {
      ...advance({ SessionId: '{sameLoginId}', MechanismId: '{sameMechanism}', Answer: '{adaPassword}' }),
      times: 8,
    },
  ]),
  ...rows('L09', 'ASVS 2.2.1, 15.3.5', { status: [200, 400, 413], lacks: /"success":true/ }, [
    advance({ Answer: {} }),
    advance({ Answer: [] }),
    advance({ Answer: 1 }),
    advance({ Answer: null }),
    advance({ Answer: true }),
    advance({ Answer: 'x'.repeat(1_100_000) }),
    advance({ Action: undefined, Answer: undefined }),
    advance({ Action: {}, Answer: 'x' }),
    rpc(AA, []),
    rpc(AA, null),
    rpc(AA, 'text'),
    rpc(AA, { MultipleOperations: [{}, {}] }),
    rpc(AA, { MultipleOperations: 'x', SessionId: '{loginId}' }),
  ]),
  ...rows('L09s', 'ASVS 2.2.1', { status: [200, 400] }, [
    start({}),
    start({ User: {} }),
    start({ User: ['a'] }),
    start({ User: 1 }),
    start({ User: '' }),
    start({ User: 'x'.repeat(100_000) }),
    start({ User: 'a\u0000b' }),
    start({ User: '\ud800' }),
    start({ User: '{ada}', Version: {} }),
    start({ User: '{ada}', TenantId: "' or 1=1 --" }),
  ]),
  ...rows(
    'L07',
    'ASVS 6.3.8: unknown, disabled and confidential look alike',
    { status: [200], has: /"success":true.*"Challenges"/ },
    [
      start({ User: 'nobody@acme.test', Version: '1.0' }),
      start({ User: '{disabled}', Version: '1.0' }),
      start({ User: '{svc}', Version: '1.0' }),
      start({ User: 'ADA@ACME.TEST', Version: '1.0' }),
      start({ User: 'ａda@acme.test', Version: '1.0' }),
    ],
  ),
  ...rows(
    'L11',
    '9700 §4.16',
    { has: /frame-ancestors 'none'[\s\S]*nosniff|nosniff[\s\S]*frame-ancestors 'none'/ },
    [page('/login'), page('/no/such/page'), page('/oauth2/authorize/NoSuchApp'), page('/device')],
  ),
  ...rows('L11x', '9700 §4.2.4', { has: /referrer-policy: no-referrer/i }, [
    page('/login'),
    page('/oauth2/authorize/MyApp'),
  ]),
  ...rows(
    'L12',
    '9700 §4.11.2, CVE-2024-39694',
    {
      lacks:
        /location: (https?:)?[\\/]*(%09)?[\\/]*evil|href="(https?:)?[\\/]{2,}evil|(href="|location: )javascript:/i,
    },
    [
      page('/login?cloudRedirect=https://evil.test'),
      page('/login?cloudRedirect=//evil.test'),
      page('/login?cloudRedirect=/\\evil.test'),
      page('/login?cloudRedirect=%09//evil.test'),
      page('/login?cloudRedirect=/%09/evil.test'),
      page('/login?cloudRedirect=javascript:alert(1)'),
      page('/login?cloudRedirect=/%0d%0aLocation:https://evil.test'),
      page('/login?cloudRedirect=https://evil.test', { cookie: '{cookie}' }),
      page('/login?cloudRedirect=javascript:alert(1)', { cookie: '{cookie}' }),
      page('/login?cloudRedirect=//evil.test', { cookie: '{cookie}' }),
      page('/login?cloudRedirect=/%5cevil.test', { cookie: '{cookie}' }),
    ],
  ),
  ...rows('L13', 'OIDC RP-Logout §2, ASVS 10.6.2', { lacks: /location: https?:\/\/evil/i }, [
    page('/oauth2/endsession/MyApp?post_logout_redirect_uri=https://evil.test/', { cookie: '{cookie}' }),
    page('/oauth2/endsession/MyApp?id_token_hint={jwt_none}&post_logout_redirect_uri=https://evil.test/', {
      cookie: '{cookie}',
    }),
    page('/oauth2/endsession/MyApp?id_token_hint={idToken}&post_logout_redirect_uri=https://evil.test/', {
      cookie: '{cookie}',
    }),
    page('/security/logout?redirectUrl=https://evil.test/', { cookie: '{cookie}' }),
  ]),
  ...rows('L14', 'rule 2', 'FAILED', [
    advance({ SessionId: '{svcLoginId}', MechanismId: '{svcMechanism}', Answer: '{secret}' }),
  ]),
  ...rows('L15', 'ASVS 3.5.1-2', 403, [
    {
      line: 'POST /api/v1/roles',
      json: { name: 'evil' },
      headers: { cookie: '{adminCookie}', origin: 'https://evil.test' },
    },
    {
      line: 'POST /Roles/StoreRole',
      json: {},
      headers: { cookie: '{adminCookie}', origin: 'https://evil.test' },
    },
    {
      line: 'POST /api/v1/roles',
      json: { name: 'evil' },
      headers: { cookie: '{adminCookie}', origin: 'null' },
    },
  ]),
  ...rows('L16', 'rule 12: no redirect parameter becomes markup', { lacks: /<script>alert|<img src=x/ }, [
    page('/login?bounce="><script>alert(1)</script>'),
    page('/login?username="><img%20src=x%20onerror=alert(1)>'),
    page('/oauth2/authorize/MyApp?client_id=cli&redirect_uri="><script>alert(1)</script>'),
    page('/device?user_code="><script>alert(1)</script>'),
    page('/"><script>alert(1)</script>'),
  ]),
  ...rows('L17', 'rule 15: a token never begets a wider one', { lacks: /"success":true|[?&]code=/ }, [
    start({ User: '{ada}', Version: '1.0' }, { authorization: 'Bearer {access}' }),
    rpc(
      AA,
      { SessionId: '{loginId}', MechanismId: '{mechanism}', Action: 'Answer', Answer: '{adaPassword}' },
      { authorization: 'Bearer {access}' },
    ),
    rpc('/security/StartChallenge', {}, { authorization: 'Bearer {access}' }),
    rpc('/security/RefreshToken', {}, { authorization: 'Bearer {access}' }),
    {
      line: 'GET /oauth2/authorize/MyApp?response_type=code&client_id=cli&redirect_uri=https://rp.test/cb&scope=all&code_challenge={challenge}&code_challenge_method=S256',
      headers: { ...NATIVE, authorization: 'Bearer {access}' },
    },
  ]),
];
