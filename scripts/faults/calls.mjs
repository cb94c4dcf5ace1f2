/** The requests that clients, people and administrators send, and who they are. */
import { createHash } from 'node:crypto';

const PASSWORD = 'lovelace engine 1843';
/** Several, because whose sign-in was cut off in the middle waits half a minute for the next. */
export const PEOPLE = ['ada', 'grace', 'edith', 'mary'].map((name) => ({
  loginName: `${name}@acme.test`,
  password: PASSWORD,
}));
export const SERVICE = { id: 'svc@acme.test', secret: 'a secret of the service 7' };
const REDIRECT = 'http://127.0.0.1/callback';
const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const definitions = [{ name: 'all', description: 'Everything', restRegex: ['.*'] }];
const userAccess = { roles: ['Clients'] };

export const DECLARATION = {
  tenant: { loginSuffixes: ['acme.test'] },
  users: [
    ...PEOPLE.map(({ loginName, password }) => ({
      loginName,
      email: loginName,
      displayName: loginName,
      password,
    })),
    {
      loginName: SERVICE.id,
      email: SERVICE.id,
      displayName: 'Service',
      password: SERVICE.secret,
      confidentialClient: true,
    },
  ],
  roles: [{ name: 'Clients', members: [...PEOPLE.map(({ loginName }) => loginName), SERVICE.id] }],
  apps: [
    {
      applicationId: 'opaque',
      name: 'opaque',
      tokens: { type: 'opaque', authMethods: ['clientCreds'] },
      scope: { definitions },
      userAccess,
    },
    {
      applicationId: 'web',
      name: 'web',
      generalUsage: { redirects: [REDIRECT] },
      tokens: { authMethods: ['authCode'], issueRefreshTokens: true, codeLifetime: '10m' },
      scope: { definitions },
      userAccess,
    },
  ],
};

/** Milliseconds a client waits for one answer. */
export const PATIENCE = 3_000;
const BASIC = `Basic ${Buffer.from(`${SERVICE.id}:${SERVICE.secret}`).toString('base64')}`;

/**
 * Every call answers null where no answer came, or one that says to come again.
 *
 * @param {() => string} base where the next request goes: another node each time, if there are several
 * @param {(line: string) => void} complain hears of answers that no fault excuses
 */
export function createCalls(base, complain) {
  async function ask(path, { method, form, json, headers = {} } = {}) {
    try {
      const response = await fetch(`${base()}${path}`, {
        method: method ?? (form || json ? 'POST' : 'GET'),
        redirect: 'manual',
        headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...headers },
        body: form ? new URLSearchParams(form) : json ? JSON.stringify(json) : undefined,
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await response.text();
      if (response.status === 502 || response.status === 503 || response.status === 504) return null;
      if (response.status >= 500) complain(`${path}: ${response.status} ${text.slice(0, 200)}`);
      return { status: response.status, headers: response.headers, body: parse(text) };
    } catch {
      return null;
    }
  }

  const token = (app, form, headers) => ask(`/oauth2/token/${app}`, { form, headers });
  const aboutToken = (endpoint) => (value) =>
    ask(`/oauth2/${endpoint}/opaque`, { form: { token: value }, headers: { authorization: BASIC } });
  const byHandle = (handle) => ({ authorization: `Bearer ${handle}` });

  return {
    issue: () =>
      token('opaque', { grant_type: 'client_credentials', scope: 'all' }, { authorization: BASIC }),
    introspect: aboutToken('introspect'),
    revoke: aboutToken('revoke'),
    rotate: (refresh_token) => token('web', { grant_type: 'refresh_token', client_id: 'cli', refresh_token }),
    redeem: (code) =>
      token('web', {
        grant_type: 'authorization_code',
        client_id: 'cli',
        code,
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
      }),
    /** Both handles of a new session; null as well when the sign-in is refused. */
    async signIn({ loginName, password }) {
      const native = { 'x-centrify-native-client': '1' };
      const started = await ask('/security/startauthentication', {
        json: { User: loginName, Version: '1.0' },
        headers: native,
      });
      const { SessionId, Challenges } = started?.body.Result ?? {};
      const MechanismId = Challenges?.[0]?.Mechanisms[0]?.MechanismId;
      const json = { SessionId, MechanismId, Action: 'Answer', Answer: password };
      const done = await ask('/security/advanceauthentication', { json, headers: native });
      const line = done?.headers.getSetCookie().find((each) => each.startsWith('.ASPXAUTH='));
      return line ? { cookie: line.split(';', 1)[0], handle: done.body.Result.Auth } : null;
    },
    /** A code by a session; `instead` says what came in its place, such as the page to sign in. */
    async authorize(cookie) {
      const query = new URLSearchParams({
        ...{ response_type: 'code', client_id: 'cli', redirect_uri: REDIRECT, scope: 'all', state: 's' },
        ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      });
      const answer = await ask(`/oauth2/authorize/web?${query}`, { headers: { cookie } });
      if (answer === null) return null;
      const location = answer.headers.get('location') ?? '';
      const code = location.startsWith(REDIRECT) ? new URL(location).searchParams.get('code') : null;
      return code === null ? { instead: `${answer.status} ${location.slice(0, 100)}` } : { code };
    },
    readTenant: (handle) => ask('/api/v1/tenant', { headers: byHandle(handle) }),
    /** Changes the name of `tenant` as it was read, unless somebody changed it since. */
    renameTenant(handle, { code: _, version, ...settings }, name) {
      const headers = { ...byHandle(handle), 'if-match': `"${version}"` };
      return ask('/api/v1/tenant', { method: 'PUT', json: { ...settings, name }, headers });
    },
    readChanges(handle, after) {
      const query = new URLSearchParams({ object: 'tenant', limit: '200', ...(after && { after }) });
      return ask(`/api/v1/changes?${query}`, { headers: byHandle(handle) });
    },
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
