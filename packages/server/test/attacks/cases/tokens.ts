/** Forged, altered and foreign tokens at our own API, introspection and revocation. ASVS 9 */
import { type Attack, type AttackRequest, bearer, rows, rpc, SERVICE } from '../table.js';

const introspect = (value: string, headers: Record<string, string> = SERVICE, more = {}): AttackRequest => ({
  line: 'POST /oauth2/introspect/MyApp',
  form: { token: value, ...more },
  headers,
});
const revoke = (value: string, more: Record<string, string>, headers = {}): AttackRequest => ({
  line: 'POST /oauth2/revoke/MyApp',
  form: { token: value, ...more },
  headers,
});
const authorization = (value: string) => rpc('/security/whoami', {}, { authorization: value });

export const tokens: Attack[] = [
  ...rows(
    'J01',
    '8725 §3.1, §3.2',
    401,
    ['{jwt_none}', '{jwt_None}', '{jwt_nOnE}', '{jwt_unsigned}'].map(bearer),
  ),
  ...rows('J02', '8725 §2.1', 401, [bearer('{jwt_hs256}'), bearer('{jwt_hs256_jwk}')]),
  ...rows('J03', '8725 §3.10', 401, [
    bearer('{jwt_kid_path}'),
    bearer('{jwt_kid_sql}'),
    bearer('{jwt_kid_array}'),
    bearer('{jwt_kid_long}'),
    bearer('{jwt_kid_proto}'),
  ]),
  ...rows('J04', '8725 §3.10, ASVS 9.1.3', 401, [
    bearer('{jwt_jku}'),
    bearer('{jwt_x5u}'),
    bearer('{jwt_jwk}'),
    bearer('{jwt_crit}'),
  ]),
  ...rows('J05', '7515 §5.2', 401, [
    bearer('{access}x'),
    bearer('{access}.x'),
    bearer('{access}='),
    bearer('{jwt_cut}'),
    bearer('{jwt_swapped}'),
    bearer('..'),
    bearer('a'.repeat(14_000)),
  ]),
  ...rows('J06', '9068 §4, ASVS 9.2.3', 403, [
    rpc('/UserMgmt/RemoveUser', {}, { authorization: 'Bearer {narrow}' }),
  ]),
  ...rows('J06x', '9068 §4: an ID token is no access token', 401, [bearer('{idToken}')]),
  ...rows('J07', '7009 §2', 401, [bearer('{revoked}')]),
  ...rows('J08', 'OIDC Core 10.1.1', { status: [200], lacks: /"(d|p|q|dp|dq|qi|k)":/ }, [
    { line: 'GET /oauth2/keys/MyApp' },
  ]),
  ...rows('J09', 'GHSA-gv94-wp4h-vv8p', 401, [
    authorization('Bearer'),
    authorization('Bearer {access} {access}'),
    authorization('Bearer:{access}'),
    authorization('Bearer={access}'),
    authorization('Token {access}'),
    authorization('{access}'),
    authorization('Basic {access}'),
    authorization('Bearer {access},x'),
  ]),
  ...rows('J10', '6750 §2.3: a token in a query is none', 401, [
    { line: 'GET /api/v1/me?access_token={access}' },
    {
      line: 'POST /security/whoami?access_token={access}',
      json: {},
      headers: { 'x-centrify-native-client': '1' },
    },
  ]),
  ...rows('N01', '7662 §2.1', 401, [
    introspect('{access}', {}),
    introspect('{access}', {}, { client_id: 'cli' }),
  ]),
  ...rows('N02', '7662 §2.2, §4, CVE-2026-18208', 'INACTIVE', [
    introspect('{otherAccess}'),
    introspect('{revoked}'),
    introspect('nonsense'),
    introspect('{code}'),
    introspect('{jwt_none}'),
    introspect('{access}x', SERVICE, { token_type_hint: 'refresh_token' }),
    introspect('x'.repeat(900_000)),
    introspect("' or 1=1 --"),
  ]),
  ...rows('N06', '7662 §2.1: a hint is only a hint', { status: [200], has: /"active":true/ }, [
    introspect('{access}', SERVICE, { token_type_hint: 'nonsense' }),
    introspect('{access}', SERVICE, { token_type_hint: 'refresh_token' }),
  ]),
  ...rows(
    'N03',
    '7009 §2.1',
    [200, 400, 401],
    [
      revoke('{access}', { client_id: 'other' }),
      revoke('{refresh}', { client_id: 'other' }),
      revoke('nonsense', { client_id: 'cli' }),
      revoke('{refresh}', {}, SERVICE),
    ],
  ),
  ...rows('N07', '7009 §2.1', 'TE invalid_request', [revoke('', { client_id: 'cli' })]),
];
