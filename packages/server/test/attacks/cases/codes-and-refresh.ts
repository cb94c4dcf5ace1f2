/** What may be redeemed: codes and refresh tokens. ASVS 10.4.2 to 10.4.8 */
import { type Attack, REDEEM, REFRESH, rows, SERVICE, token } from '../table.js';

const redeem = (changes: Record<string, string>, headers = {}, app = 'MyApp') =>
  token(without({ ...REDEEM, ...changes }), headers, app);
const refresh = (changes: Record<string, string>, headers = {}, app = 'MyApp') =>
  token(without({ ...REFRESH, ...changes }), headers, app);

/** An empty text leaves a field out. */
function without(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

export const codesAndRefresh: Attack[] = [
  ...rows('P03', '7636 §4.6, CVE-2023-48228', 'TE invalid_grant', [redeem({ code_verifier: '' })]),
  ...rows('P04', '9700 §2.1.1, CVE-2024-23647', 'TE invalid_grant', [
    token({ ...REDEEM, client_id: '{svc}', code: '{codeWithoutPkce}' }, SERVICE),
  ]),
  ...rows('P05', '7636 §4.6', 'TE invalid_grant', [
    redeem({ code_verifier: 'x'.repeat(43) }),
    redeem({ code_verifier: '{flippedVerifier}' }),
    redeem({ code_verifier: '{verifier}=' }),
    redeem({ code_verifier: '{challenge}' }),
  ]),
  ...rows('C01', '6749 §4.1.2', 'TE invalid_grant', [redeem({ code: '{usedCode}' })]),
  ...rows('C02', '6749 §10.5, GHSA-7w99-5wm4-3g79', 'ONCE', [
    { ...redeem({ code: '{sameCode}' }), times: 20 },
  ]),
  ...rows('C04', '6749 §4.1.3', 'TE invalid_grant', [
    redeem({ client_id: 'other' }),
    token({ ...REDEEM, client_id: '{svc}' }, SERVICE),
  ]),
  ...rows('C05', '9700 §4.5', 'TE invalid_grant', [redeem({}, {}, 'Other')]),
  ...rows('C06', 'x/oauth2 probing', 'TE invalid_grant', [
    redeem({ redirect_uri: '' }),
    redeem({ redirect_uri: 'https://rp.test/cb?x' }),
    redeem({ redirect_uri: 'http://127.0.0.1/cb' }),
    redeem({ code: 'x' }),
    redeem({ code: '{code}x' }),
    redeem({ code: "' or 1=1 --" }),
    redeem({ code: '{refresh}' }),
  ]),
  ...rows(
    'C08',
    '6749 §3.2',
    [404, 405],
    [
      { line: 'GET /oauth2/token/MyApp?grant_type=authorization_code&code={code}' },
      { line: 'PUT /oauth2/token/MyApp', form: REDEEM },
    ],
  ),
  ...rows(
    'C08x',
    '6749 §2.3.1',
    [400, 401],
    [
      { line: 'POST /oauth2/token/MyApp?code={code}', form: { ...without({ ...REDEEM, code: '' }) } },
      {
        line: 'POST /oauth2/token/MyApp?client_id={svc}&client_secret=x',
        form: { grant_type: 'client_credentials' },
      },
    ],
  ),
  ...rows('C11', '6749 §4.1.3', 'TE invalid_request', [redeem({ code: '' })]),
  ...rows('X01', '9700 §4.14.2', 'TE invalid_grant', [refresh({ refresh_token: '{replacedRefresh}' })]),
  ...rows('X03', '6749 §6, §10.4', 'TE invalid_grant', [
    refresh({ client_id: 'other' }),
    refresh({}, {}, 'Other'),
    token({ ...REFRESH, client_id: '{svc}' }, SERVICE),
  ]),
  ...rows(
    'X03x',
    '6749 §10.4, GHSA-pw9m-5jxm-xr6h',
    [400, 401],
    [refresh({ client_id: '' }), refresh({ client_id: '{svc}' })],
  ),
  ...rows('X04', '6749 §6', 'TE invalid_scope', [
    refresh({ refresh_token: '{narrowRefresh}', scope: 'all whoami' }),
  ]),
  ...rows('X06', '6749 §1.5', 'TE invalid_grant', [
    refresh({ refresh_token: '{access}' }),
    refresh({ refresh_token: '{code}' }),
  ]),
  ...rows('X06l', '6749 §5.2', 'TE invalid_request', [refresh({ refresh_token: 'a'.repeat(100_000) })]),
  ...rows('X06x', '6749 §1.5', 401, [
    { line: 'POST /security/whoami', json: {}, headers: { authorization: 'Bearer {refresh}' } },
    { line: 'POST /security/whoami', json: {}, headers: { authorization: 'Bearer {code}' } },
  ]),
  ...rows('X07', '6749 §4.4.3', { status: [200], lacks: /refresh_token/ }, [
    token({ grant_type: 'client_credentials', scope: 'all' }, SERVICE),
  ]),
];
