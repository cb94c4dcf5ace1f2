/** Where a code may go. ASVS 10.4.1 */
import { type Attack, admin, authorize, rows } from '../table.js';

const to = (redirect_uri: string) => authorize({ redirect_uri });

export const redirects: Attack[] = [
  ...rows('R01', '9700 §2.1, §4.1', 'EP', [
    to('https://rp.test/cb/../evil'),
    to('https://rp.test/cb/%2e%2e/evil'),
    to('https://rp.test/cb/'),
    to('https://rp.test/cb%00'),
    to('https://rp.test//cb'),
  ]),
  ...rows('R02', 'CVE-2023-6291', 'EP', [
    to('https://rp.test@evil.test/cb'),
    to('https://evil.test\\@rp.test/cb'),
    to('https://evil.test#@rp.test/cb'),
    to('https://rp.test:x@evil.test/cb'),
  ]),
  ...rows('R03', '9700 §4.1.1', 'EP', [
    to('https://rp.test.evil.test/cb'),
    to('https://evilrp.test/cb'),
    to('https://rp.test./cb'),
    to('https://RP.TEST/cb'),
    to('https://rp.t\u0435st/cb'),
    to('https://xn--rp-test/cb'),
  ]),
  ...rows('R04', '9700 §2.1', 'EP', [
    to('https://rp.test:443/cb'),
    to('https://rp.test:8443/cb'),
    to('https://rp.test:0/cb'),
    to('https://rp.test:/cb'),
  ]),
  ...rows('R05', '9700 §4.1', 'EP', [
    to('http://rp.test/cb'),
    to('javascript:alert(1)'),
    to('data:text/html,<script>alert(1)</script>'),
    to('vbscript:msgbox(1)'),
    to('file:///etc/passwd'),
    to('blob:https://rp.test/x'),
  ]),
  ...rows('R06', '6749 §3.1.2', 'EP', [to('https://rp.test/cb#'), to('https://rp.test/cb#x')]),
  ...rows('R07', '9700 §2.1', 'EP', [
    to('https://rp.test/cb?a=1'),
    to('https://rp.test/cb?'),
    to('https://rp.test/%63b'),
    to('https://rp.test/CB'),
  ]),
  ...rows('R08', '6749 §3.1', 'EP', [
    authorize({}, '&redirect_uri=https://evil.test/cb'),
    authorize({ redirect_uri: 'https://evil.test/cb' }, '&redirect_uri=https://rp.test/cb'),
  ]),
  ...rows('R09', 'OIDC Core 3.1.2.1', 'EP', [authorize({ redirect_uri: '', scope: 'openid' })]),
  ...rows('R10', '8252 §7.3', { status: [302, 303] }, [to('http://127.0.0.1:51234/cb')]),
  ...rows('R10x', '8252 §8.3, CVE-2024-8883, CVE-2026-18211', 'EP', [
    to('http://localhost:51234/cb'),
    to('http://127.0.0.2:51234/cb'),
    to('http://[::1]:51234/cb'),
    to('http://0.0.0.0:51234/cb'),
    to('http://2130706433:51234/cb'),
    to('http://127.0.0.1.evil.test/cb'),
    to('http://localhost.evil.test/cb'),
    to('http://127.0.0.1:51234@evil.test/cb'),
    to('http://127.0.0.1:99999/cb'),
    to('https://127.0.0.1:51234/cb'),
    to('http://127.0.0.1:51234/cb/x'),
    to('http://127.1:51234/cb'),
    to('http://0x7f000001/cb'),
    to('http://[::ffff:127.0.0.1]/cb'),
  ]),
  ...rows('R11', '8252 §7.1', 'EP', [
    to('com.acme.app://cb'),
    to('COM.ACME.APP:/cb'),
    to('com.acme.app:/cb/x'),
    to('com.acme.app:cb'),
  ]),
  ...rows(
    'R12',
    '9700 §4.1.3',
    { status: [400], has: /redirect/i },
    [
      '*',
      'https://*.rp.test/*',
      'https://rp.test/cb#x',
      'javascript:alert(1)',
      'https://a:b@rp.test/',
      '/cb',
      'acme:/cb',
    ].map((uri) =>
      admin('PUT /declaration', { apps: [{ applicationId: 'MyApp', generalUsage: { redirects: [uri] } }] }),
    ),
  ),
  ...rows('R13', '9110 §15.5.15', [400, 414, 431], [to(`https://rp.test/${'a'.repeat(65_536)}`)]),
  ...rows('R15', '6749 §4.1.2.1', 'EP', [
    authorize({ redirect_uri: 'https://evil.test/cb' }, '', 'NoSuchApp'),
    authorize({ redirect_uri: 'https://evil.test/cb' }, '', 'Disabled'),
    authorize({ redirect_uri: 'https://evil.test/cb', client_id: 'nobody' }, '', 'Listed'),
    authorize({ client_id: '' }),
  ]),
];
