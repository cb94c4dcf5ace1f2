/**
 * Every setting that holds a URL, with addresses that only insiders reach. What a row makes the server do with its
 * setting is done, and after each row the sink must be as untouched as before.
 */
import {
  type Attack,
  type AttackRequest,
  admin,
  authorize,
  type Expected,
  FAR,
  REDIRECTS,
  register,
  rows,
  rpc,
} from '../table.js';

const SOURCE = 'ASVS 1.3.6, CVE-2026-4874, CVE-2021-26715, D05';

/** This machine, by names that it goes by. */
const HERE = [
  ...['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]'],
  ...['0.0.0.0', '2130706433', '0x7f.1', '127.1'],
];
const INNER = [
  ...HERE.map((host) => `https://${host}:{sinkPort}/inner`),
  ...FAR.map((host) => `https://${host}/latest/meta-data/`),
  '{sink}/inner',
  'http://localhost:{sinkPort}/inner',
  'http://[::1]:{sinkPort}/inner',
];
/** What no setting takes. */
const NO_WEB = ['file:///etc/passwd', 'gopher://127.0.0.1:6379/_x', 'dict://127.0.0.1:11211/'];
/** What is refused beside it where plain http is for this machine alone. */
const PLAIN = ['http://10.0.0.1/', 'http://169.254.169.254/latest/meta-data/'];

const configure = (generalUsage: object): AttackRequest =>
  admin('PUT /declaration', { apps: [{ applicationId: 'Told', generalUsage }] });
const join = (metadata: object): AttackRequest => ({
  ...register({ ...REDIRECTS, ...metadata }, '{invitation}', 'Told'),
  keep: 'client_id',
});
const enter = (changes: Record<string, string> = {}, more = ''): AttackRequest =>
  authorize(changes, more, 'Told');

/** Ends a session in which a client took part: `client` of those that registered, or any other. */
function leave(first: AttackRequest, client: Record<string, string> = {}): AttackRequest {
  const taken = { ...enter(client), headers: { cookie: '{leaving}' } };
  return { ...rpc('/security/logout', {}, { cookie: '{left}' }), given: [first, taken] };
}

/** What a setting of an app or of a registered client is for, how it is written, and what then comes of it. */
interface Setting {
  write(url: string): AttackRequest;
  use(write: AttackRequest): AttackRequest;
  expected: Expected;
  /** What `write` is answered where it takes no such URL. */
  refused: Expected;
  alsoRefused?: readonly string[];
}

const BAD_METADATA = 'TE invalid_client_metadata';
const OWN = { client_id: '{client_id}' };

const FETCHED: Record<string, Setting> = {
  backchannelLogoutUri: {
    write: (backchannelLogoutUri) => configure({ backchannelLogoutUri }),
    use: (write) => leave(write),
    expected: 200,
    refused: 400,
  },
  backchannel_logout_uri: {
    write: (backchannel_logout_uri) => join({ backchannel_logout_uri }),
    use: (write) => leave(write, OWN),
    expected: 200,
    refused: BAD_METADATA,
  },
  jwks_uri: {
    write: (jwks_uri) => join({ jwks_uri, token_endpoint_auth_method: 'private_key_jwt' }),
    use: (write) => ({ ...enter({ ...OWN, request: '{access}' }), given: [write] }),
    expected: 'ER request_not_supported',
    refused: BAD_METADATA,
    alsoRefused: PLAIN,
  },
  sector_identifier_uri: {
    write: (sector_identifier_uri) => join({ sector_identifier_uri, subject_type: 'pairwise' }),
    use: (write) => write,
    expected: BAD_METADATA,
    refused: BAD_METADATA,
    alsoRefused: PLAIN,
  },
};

/** Named at registration, and again in the request. */
const REQUEST_URIS = rows(
  'ssrf request_uris',
  SOURCE,
  'EP',
  INNER.map((url) => ({ ...enter(OWN, `&request_uri=${url}`), given: [join({ request_uris: [url] })] })),
);

const fetched = Object.entries(FETCHED).flatMap(([name, setting]) => [
  ...rows(
    `ssrf ${name}`,
    SOURCE,
    setting.expected,
    INNER.map((url) => setting.use(setting.write(url))),
  ),
  ...rows(
    `ssrf ${name} refused`,
    SOURCE,
    setting.refused,
    [...NO_WEB, ...(setting.alsoRefused ?? [])].map(setting.write),
  ),
]);

/** What a browser may load, and the server never does. */
const SHOWN = ['https://[::1]:{sinkPort}/inner', 'https://10.0.0.1/'];
const TOLD_OF_A_CLIENT = ['logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'];
const TOLD_OF_A_USER = ['profile', 'picture', 'website'];

const shown = [
  ...TOLD_OF_A_CLIENT.flatMap((name) =>
    rows(
      `ssrf ${name}`,
      SOURCE,
      200,
      SHOWN.map((url) => ({ ...enter({ ...OWN, prompt: 'consent' }), given: [join({ [name]: url })] })),
    ),
  ),
  ...TOLD_OF_A_USER.flatMap((name) =>
    rows(
      `ssrf profile.${name}`,
      SOURCE,
      200,
      SHOWN.map((url) => admin('PATCH /users/manager@acme.test', { profile: { [name]: url } })),
    ),
  ),
  ...rows(
    'ssrf frontchannelLogoutUri',
    SOURCE,
    200,
    SHOWN.map((frontchannelLogoutUri) => leave(configure({ frontchannelLogoutUri }))),
  ),
  ...rows(
    'ssrf issuer',
    SOURCE,
    302,
    [...SHOWN, 'default'].map((issuer) => ({ ...enter(), given: [configure({ issuer })] })),
  ),
];

export const innerAddresses: Attack[] = [...fetched, ...REQUEST_URIS, ...shown];
