/** What was built on top of the core: DPoP, device authorization, registration, clients described by a document. */
import {
  type Attack,
  type AttackRequest,
  authorize,
  bearer,
  REDEEM,
  REDIRECTS,
  register,
  rows,
  rpc,
  SERVICE,
  token,
} from '../table.js';

const CREDENTIALS = { grant_type: 'client_credentials', scope: 'all' };
const proved = (dpop: string): AttackRequest => token(CREDENTIALS, { ...SERVICE, dpop });
const call = (value: string, dpop: string): AttackRequest =>
  rpc('/security/whoami', {}, { authorization: `DPoP ${value}`, ...(dpop && { dpop }) });

const DPOP: Attack[] = [
  ...rows('Q02', 'RFC 9449 4.3', 'TE invalid_dpop_proof', [
    proved('{dpopWrongUrl}'),
    proved('{dpopWrongMethod}'),
    proved('{dpopOld}'),
    proved('{dpopEarly}'),
    proved('{dpopPrivate}'),
    proved('{dpopOtherType}'),
    proved('{jwt_none}'),
    proved('{jwt_hs256_jwk}'),
    proved('{access}'),
    proved('x'.repeat(9_000)),
  ]),
  ...rows('Q02n', 'RFC 9449 8', 'TE use_dpop_nonce', [proved('{dpopNoNonce}'), proved('{dpopForeignNonce}')]),
  ...rows('Q02r', 'RFC 9449 11.1', 'ONCE', [{ ...proved('{dpop}'), times: 12 }]),
  ...rows('Q02b', 'RFC 9449 7.1, GHSA-v9xq-2mvm-x8xc', 401, [
    bearer('{bound}'),
    call('{bound}', ''),
    call('{bound}', '{dpopOtherAth}'),
    call('{bound}', '{dpopNoAth}'),
    call('{access}', '{dpopOtherAth}'),
  ]),
  ...rows('Q02c', 'RFC 9449 10: the code is bound', 'TE invalid_grant', [
    token({ ...REDEEM, code: '{boundCode}' }),
    token({ ...REDEEM, code: '{boundCode}' }, { dpop: '{dpopOfAnother}' }),
  ]),
];

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const poll = (form: Record<string, string>, headers = {}): AttackRequest =>
  token({ grant_type: GRANT, client_id: 'tv', ...form }, headers, 'Devices');
const start = (form: Record<string, string>, app = 'Devices'): AttackRequest => ({
  line: `POST /oauth2/device/${app}`,
  form: { client_id: 'tv', scope: 'all', ...form },
});

const DEVICE: Attack[] = [
  ...rows('Q03', 'RFC 8628 3.5', 'TE slow_down', [
    { ...poll({ device_code: '{sameDevice}' }), before: [poll({ device_code: '{sameDevice}' })] },
  ]),
  ...rows('Q03g', 'RFC 8628 3.4, RFC 6749 5.2', 'TE invalid_grant', [
    poll({ device_code: '{device}', client_id: 'another' }),
    poll({ device_code: 'guess' }),
    poll({ device_code: '{userCode}' }),
    poll({ device_code: '{code}' }),
    poll({ device_code: "' or '1'='1" }),
  ]),
  ...rows('Q03p', 'RFC 8628 3.5: nobody has allowed it', 'TE authorization_pending', [
    poll({ device_code: '{device}' }),
  ]),
  ...rows('Q03a', 'ASVS 10.4.4: the app does not allow the grant', 'TE unauthorized_client', [
    start({}, 'MyApp'),
    token({ grant_type: GRANT, client_id: 'tv', device_code: '{device}' }),
  ]),
  ...rows('Q03r', 'RFC 8628 3.1', 400, [
    start({ scope: 'no-such-scope' }),
    poll({}),
    { ...start({}), form: [...Object.entries({ client_id: 'tv', scope: 'all' }), ['client_id', 'other']] },
  ]),
  ...rows('Q03c', 'RFC 8628 3.1', 'IC', [
    start({ client_id: '' }),
    poll({ device_code: '{device}', client_id: '' }),
  ]),
  ...rows('Q03s', 'RFC 8628 5.4: a link allows nothing', { lacks: /id="approved"/ }, [
    {
      line: 'GET /device?user_code={userCode}&result=1',
      headers: { cookie: '{cookie}', accept: 'text/html' },
    },
    { line: 'POST /device', form: { user_code: '{userCode}', result: '1' }, headers: { cookie: '{cookie}' } },
  ]),
];

const REGISTRATION: Attack[] = [
  ...rows('registration closed', 'RFC 7591 3', 401, [
    register(REDIRECTS, '', 'Invited'),
    register(REDIRECTS, 'Bearer guess', 'Invited'),
    register(REDIRECTS, 'Bearer {access}', 'Invited'),
    register(REDIRECTS, '{admin}', 'Invited'),
    register(REDIRECTS, '{basic}', 'Invited'),
  ]),
  ...rows('registration off', 'CVE-2026-41427', 403, [register(REDIRECTS, '', 'MyApp')]),
  ...rows('registration redirect', 'RFC 7591 5', 'TE invalid_redirect_uri', [
    register({ redirect_uris: ['javascript:alert(1)'] }),
    register({ redirect_uris: ['https://*.rp.test/cb'] }),
    register({ redirect_uris: ['https://rp.test/cb#x'] }),
    register({ redirect_uris: ['https://rp.test@evil.test/cb'] }),
    register({ redirect_uris: ['http://localhost.evil.test/cb'] }),
  ]),
  ...rows('registration metadata', 'RFC 7591 2, ASVS 15.3.3', 'TE invalid_client_metadata', [
    register({ ...REDIRECTS, grant_types: ['client_credentials'] }),
    register({ ...REDIRECTS, grant_types: ['password'] }),
    register({ ...REDIRECTS, logo_uri: 'http://[::1]:{sinkPort}/inner' }),
    register({ ...REDIRECTS, client_name: { toString: 'x' } }),
    register([]),
    register('text'),
    register(null),
  ]),
  ...rows('registration foreign', 'RFC 7592 2', 401, [
    { line: 'GET /oauth2/register/Open/cli', headers: { authorization: 'Bearer guess' } },
    { line: 'DELETE /oauth2/register/Open/cli', headers: { authorization: '{admin}' } },
    { line: 'DELETE /oauth2/register/Open/{registered}' },
    {
      line: 'DELETE /oauth2/register/Open/{registered}',
      headers: { authorization: 'Bearer {otherRegistration}' },
    },
  ]),
];

const described = (url: string): AttackRequest =>
  authorize({ client_id: '' }, `&client_id=${url}`, 'Described');

const DOCUMENTS: Attack[] = rows('client document', 'CVE-2026-4874, CVE-2021-26715: no inner address', 'EP', [
  described('http://[::1]:{sinkPort}/client'),
  described('https://[::1]:{sinkPort}/client'),
  described('https://127.0.0.1:{sinkPort}/client'),
  described('https://10.0.0.1/client'),
  described('https://localhost:{sinkPort}/client'),
  described('https://2130706433:{sinkPort}/client'),
  described('https://169.254.169.254/client'),
  described('https://user:secret@rp.test/client'),
  described('https://rp.test/client%23x'),
  described('https://rp.test/a/../client'),
  described('file:///etc/passwd'),
  authorize({ client_id: 'https://rp.test/client' }, '', 'Listed'),
]);

export const extensions: Attack[] = [...DPOP, ...DEVICE, ...REGISTRATION, ...DOCUMENTS];
