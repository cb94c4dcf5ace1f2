/** The authorization request, PKCE, and the wildcard cases of lessons about it. ASVS 10.4.6 */
import { type Attack, authorize, rows } from '../table.js';

export const authorization: Attack[] = [
  ...rows('P01', '9700 §2.1.1', 'ER invalid_request', [
    authorize({ code_challenge: '', code_challenge_method: '' }),
  ]),
  ...rows('P02', '9700 §2.1.1, 7636 §4.4.1', 'ER invalid_request', [
    authorize({ code_challenge_method: 'plain' }),
    authorize({ code_challenge_method: '' }),
    authorize({ code_challenge_method: 's256' }),
    authorize({ code_challenge_method: 'SHA256' }),
    authorize({ code_challenge: 'short' }),
    authorize({ code_challenge: 'a'.repeat(129) }),
    authorize({ code_challenge: '', code_challenge_method: 'S256' }),
  ]),
  ...rows('P06', '6749 §3.1, CVE-2026-9689', { status: [302, 303, 400], has: /invalid_request/ }, [
    authorize({}, '&state=b'),
    authorize({}, '&scope=all'),
    authorize({}, '&nonce=a&nonce=b'),
    authorize({}, '&code_challenge=x'),
    authorize({}, '&client_id=cli'),
    authorize({}, '&response_type=code'),
  ]),
  ...rows('P07', '6749 §3.1.1', 'ER invalid_request', [authorize({ response_type: '' })]),
  ...rows('P07x', '6749 §4.1.2.1', 'ER unsupported_response_type', [
    authorize({ response_type: 'token' }),
    authorize({ response_type: 'code code' }),
    authorize({ response_type: 'code token' }),
    authorize({ response_type: 'CODE' }),
    authorize({ response_type: 'none' }),
  ]),
  ...rows(
    'P08',
    'OAuth multiple response types §2.1',
    { status: [302, 303, 400], has: /invalid_request|unsupported/ },
    [
      authorize({ response_type: 'id_token', response_mode: 'query', scope: 'openid', nonce: 'n' }),
      authorize({ response_mode: 'web_message' }),
      authorize({ response_mode: 'QUERY' }),
    ],
  ),
  ...rows(
    'P09',
    'OIDC Core 3.1.2.6',
    { status: [302, 303, 400], has: /request(_uri)?_not_supported|invalid_request/ },
    [
      authorize({ request: 'eyJhbGciOiJub25lIn0.e30.' }),
      authorize({ request_uri: '{sink}/request.jwt' }),
      authorize({ request_uri: 'urn:ietf:params:oauth:request_uri:guessed' }),
    ],
  ),
  ...rows('P10', 'OIDC Core 3.1.2.1', 'ER invalid_request', [
    authorize({ max_age: '-1' }),
    authorize({ max_age: 'abc' }),
    authorize({ max_age: '1e9' }),
    authorize({ prompt: 'none login' }),
    authorize({ claims: '{not json' }),
  ]),
  ...rows('P10x', '6749 §3.3, CVE-2026-4634', 'ER invalid_scope', [
    authorize({ scope: 'nonsense' }),
    authorize({ scope: 'all nonsense' }),
    authorize({ scope: `all ${'x'.repeat(5_000)}` }),
  ]),
  ...rows('P10n', '6749 §3.3: what is no character of a scope', 'EP', [authorize({ scope: 'all\u0000' })]),
  ...rows('P11', '6749 §3.1, OIDC Core 3.1.2.1', { status: [302, 303], lacks: /error=/ }, [
    authorize({ unknown_parameter: 'ignored', utm_source: '<script>' }),
  ]),
  ...rows('P12', '9207 §2', { status: [302, 303], has: /[?&]iss=http/ }, [
    authorize(),
    authorize({ scope: 'nonsense' }),
  ]),
  ...rows('P13', 'contract rule 3', { status: [302, 303, 400], has: /admitOldClients|implicit/ }, [
    authorize({ response_type: 'id_token', scope: 'openid' }),
  ]),
  ...rows('P14', 'contract rule 3: AUTH is not served', { lacks: /code=/ }, [
    { ...authorize({ AUTH: '{handle}' }), headers: {} },
  ]),
];
