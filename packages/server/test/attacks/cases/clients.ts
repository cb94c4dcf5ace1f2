/** Who asks at the token endpoint, and how. */
import { type Attack, type AttackRequest, REDEEM, rows, SERVICE, token } from '../table.js';

const CC = { grant_type: 'client_credentials', scope: 'all' };
const body = (text: string, type: string): AttackRequest => {
  const request = { line: 'POST /oauth2/token/MyApp', body: text };
  return type === '' ? request : { ...request, headers: { 'content-type': type } };
};
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const assertion = (value: string, type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') =>
  token({ ...CC, client_assertion_type: type, client_assertion: value });

export const clients: Attack[] = [
  ...rows('K01', '6749 §2.3', 'TE invalid_request', [
    token({ ...CC, client_id: '{svc}', client_secret: '{secret}' }, SERVICE),
    token({ ...CC, client_id: 'someone-else' }, SERVICE),
  ]),
  ...rows('K02', '6749 §2.3.1, App. B', 200, [
    token(CC, SERVICE),
    token({ ...CC, client_id: '{svc}', client_secret: '{secret}' }),
  ]),
  ...rows('K04', '6749 §3.2.1', 'IC', [
    token({ ...CC, client_id: '{svc}' }),
    token({ ...CC, client_id: '{svc}', client_secret: '' }),
    token({ ...CC, client_id: 'cli' }),
    token({ ...CC, client_id: 'cli', client_secret: 'x' }),
    token({ ...REDEEM, client_id: '{svc}' }),
  ]),
  ...rows('K05', 'rule 2', 'IC', [
    token(CC, { authorization: '{adaBasic}' }),
    token(CC, basic('svc@acme.test:wrong')),
    token(CC, basic('SVC@ACME.TEST:wrong')),
    token(CC, basic('svc@acme.test:')),
    token(CC, basic('nobody@acme.test:x')),
    token(CC, basic('nocolon')),
    token(CC, basic(':secret')),
    token(CC, { authorization: 'Basic %%%' }),
    token(CC, { authorization: `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x41]).toString('base64')}` }),
  ]),
  ...rows(
    'K05x',
    'rule 2: a confidential client is no person',
    [400],
    [
      token({
        grant_type: 'password',
        username: '{svc}',
        password: '{secret}',
        client_id: 'cli',
        scope: 'all',
      }),
    ],
  ),
  ...rows('K06', 'rule 1', 'TE invalid_grant', [
    token({
      grant_type: 'password',
      username: '{eve}',
      password: '{evePassword}',
      client_id: 'cli',
      scope: 'all',
    }),
  ]),
  ...rows('K07', '7523 §3, CVE-2020-15222', 'IC', [
    assertion('{jwt_none}'),
    assertion('{jwt_hs256}'),
    assertion('{access}'),
    assertion('a.b.c'),
    assertion('{jwt_jku}'),
  ]),
  ...rows(
    'K07x',
    '7521 §4.2',
    [400, 401],
    [assertion('x', 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'), assertion('')],
  ),
  ...rows(
    'K08',
    '6749 §4.1.3',
    [400, 401, 415],
    [
      body(JSON.stringify(CC), 'application/json'),
      body('--x\r\n\r\n--x--', 'multipart/form-data; boundary=x'),
      body('grant_type=client_credentials', 'text/plain'),
      body('grant_type=client_credentials', ''),
      body('', 'application/x-www-form-urlencoded'),
      body('%', 'application/x-www-form-urlencoded'),
      body('grant_type=%ff%fe', 'application/x-www-form-urlencoded'),
      body(`a=1&${'b=1&'.repeat(20_000)}`, 'application/x-www-form-urlencoded'),
    ],
  ),
  ...rows('K09', '6749 §3.2, CVE-2026-9689', 'TE invalid_request', [
    token(
      [
        ['grant_type', 'client_credentials'],
        ['grant_type', 'password'],
      ],
      SERVICE,
    ),
    token([...Object.entries(CC), ['scope', 'whoami']], SERVICE),
    token([...Object.entries(REDEEM), ['code', 'x']]),
    token([...Object.entries(REDEEM), ['client_id', 'cli']]),
    token([...Object.entries(REDEEM), ['code_verifier', 'x']]),
  ]),
  ...rows('K10', '6749 §5.2', 'TE unsupported_grant_type', [
    token({ grant_type: 'nonsense', client_id: 'cli' }),
    token({ grant_type: '__proto__', client_id: 'cli' }),
    token({ grant_type: 'constructor', client_id: 'cli' }),
    token({ grant_type: 'toString', client_id: 'cli' }),
    token({ grant_type: 'AUTHORIZATION_CODE', client_id: 'cli' }),
    token({ grant_type: 'implicit', client_id: 'cli' }),
  ]),
  ...rows('K10x', '6749 §5.2', 'TE invalid_request', [token({ client_id: 'cli' })]),
  ...rows('K10y', '6749 §5.2, CVE-2026-7571', 'TE unauthorized_client', [
    token({ grant_type: 'password', username: 'a', password: 'b', client_id: 'cli' }, {}, 'Listed'),
  ]),
  ...rows('K12', '6749 §5.2', { status: [401], has: /www-authenticate: Basic/i }, [
    token(CC, basic('svc@acme.test:wrong')),
  ]),
  ...rows('K13', 'contract section 7', 'TE invalid_request', [token(CC, SERVICE, 'NoSuchApp')]),
  ...rows('K14', 'Casdoor reports, CVE-2026-1609', { status: [400], has: /invalid_(grant|request)/ }, [
    token({ grant_type: 'password', username: '{ada}', password: '', client_id: 'cli', scope: 'all' }),
    token({
      grant_type: 'password',
      username: '{disabled}',
      password: '{adaPassword}',
      client_id: 'cli',
      scope: 'all',
    }),
    token({ grant_type: 'password', username: "' or 1=1 --", password: 'x', client_id: 'cli', scope: 'all' }),
    token({
      grant_type: 'password',
      username: 'a\u0000b@acme.test',
      password: 'x',
      client_id: 'cli',
      scope: 'all',
    }),
    token({
      grant_type: 'password',
      username: '{ada}',
      password: 'p'.repeat(100_000),
      client_id: 'cli',
      scope: 'all',
    }),
  ]),
];
