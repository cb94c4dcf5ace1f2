/** A served tenant with people, a confidential client and one app, and the steps that tests of OAuth take. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { createTestClock, type TestClock } from '../../support/clock.js';
import { DATABASES, type TestDatabase } from '../../support/databases.js';
import { createTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';

export const ADA = { loginName: 'ada@acme.test', password: 'lovelace engine 1843' };
export const EVE = { loginName: 'eve@acme.test', password: 'outside every role 9' };
/** A confidential client whose secret differs raw, form-decoded and form-encoded. */
export const SVC = { loginName: 'svc@acme.test', password: 'p%40 s+w:x and more' };
export const REDIRECT = 'https://rp.test/cb';
export const LOOPBACK = 'http://127.0.0.1/cb';
export const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0';
export const CHALLENGE = challengeOf(VERIFIER);

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** The app every test starts from: each grant allowed, no consent. */
export const APP = {
  applicationId: 'MyApp',
  name: 'My app',
  generalUsage: { redirects: [REDIRECT, LOOPBACK, 'com.acme.app:/cb'] },
  tokens: {
    authMethods: ['authCode', 'clientCreds', 'resourceOwner'],
    issueRefreshTokens: true,
  },
  scope: {
    definitions: [
      { name: 'all', description: 'Everything you may do', restRegex: ['.*'] },
      { name: 'whoami', description: 'Know who you are', restRegex: ['security/whoami'] },
    ],
  },
  userAccess: { roles: ['Developers'] },
};

export type Fields = Record<string, string>;
export type Answer = Record<string, unknown> & {
  access_token: string;
  refresh_token: string;
  id_token: string;
};

export interface World extends TestServer {
  clock: TestClock;
  /** Signs in by the vendor's endpoints: the session cookie and its second handle. */
  signIn(person: { loginName: string; password: string }): Promise<{ cookie: string; handle: string }>;
  /** GET of authorize; the parameters of a public client are filled in, `undefined` leaves one out. */
  authorize(
    parameters?: Record<string, string | undefined>,
    headers?: Fields,
    applicationId?: string,
  ): Promise<Response>;
  /** A code for the public client `cli`, or as `parameters` say. */
  code(cookie: string, parameters?: Record<string, string | undefined>): Promise<string>;
  token(fields: Fields, headers?: Fields, applicationId?: string): Promise<Response>;
  /** The tokens for a code of the public client `cli`. */
  redeem(code: string, fields?: Fields): Promise<Response>;
  /** Signs in, authorizes and redeems. */
  tokens(cookie: string, parameters?: Record<string, string | undefined>): Promise<Answer>;
  introspect(token: string): Promise<Record<string, unknown>>;
  /** Status of whoami with the token as bearer. */
  whoami(token: string): Promise<number>;
  /** Changes settings of the app `MyApp`. */
  configure(app: object): Promise<void>;
}

export const basic = ({ loginName, password } = SVC): Fields => ({
  authorization: `Basic ${Buffer.from(`${loginName}:${password}`).toString('base64')}`,
});

/** Where an answer redirects to, with the parameters of its query or fragment. */
export function redirectOf(response: Response): { target: string; parameters: URLSearchParams } {
  const location = response.headers.get('location') ?? '';
  const mark = location.search(/[?#]/);
  return {
    target: mark < 0 ? location : location.slice(0, mark),
    parameters: new URLSearchParams(mark < 0 ? '' : location.slice(mark + 1)),
  };
}

export async function errorOf(response: Response): Promise<{ status: number; error: unknown }> {
  const body: unknown = await response.json();
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  return { status: response.status, error };
}

/** Describes rules over the databases, each with a world of its own; `start` is settings of the app, or what to do. */
export function describeWorld(
  title: string,
  rules: (world: () => World) => void,
  start: object | ((world: World) => Promise<void>) = {},
  databases: readonly TestDatabase[] = DATABASES,
): void {
  describe.each(databases.map((database) => ({ database, name: database.name })))(
    `${title} ($name)`,
    ({ database }) => {
      let world: World | undefined;
      let drop = async () => {};
      beforeAll(async () => {
        const opened = await database.open();
        drop = opened.drop;
        const databaseUrl = opened.url.startsWith('postgres') ? { databaseUrl: opened.url } : {};
        world = await createWorld(databaseUrl);
        if (start instanceof Function) await start(world);
        else if (Object.keys(start).length > 0) await world.configure(start);
      });
      afterAll(async () => {
        await world?.close();
        await drop();
      });
      rules(() => {
        if (!world) throw new Error('the world is not there yet');
        return world;
      });
    },
  );
}

export async function createWorld(options: TestServerOptions = {}): Promise<World> {
  const clock = createTestClock();
  // What clients keep for the server to fetch stands on this machine.
  const settings = { allowPrivateUrls: ['127.0.0.1'], ...options.settings };
  const server = await createTestServer({ ...options, clock, settings });
  await server.apply({
    users: [
      { ...person(ADA), displayName: 'Ada Lovelace' },
      { ...person(EVE), displayName: 'Eve' },
      { ...person(SVC), displayName: 'Reports service', confidentialClient: true },
    ],
    roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }],
    apps: [APP],
  });

  const world: World = {
    ...server,
    clock,
    signIn: (who) => signIn(server, who),
    authorize: (parameters, headers, applicationId = 'MyApp') => {
      const query = new URLSearchParams();
      const filled = { ...PUBLIC_REQUEST, ...parameters };
      for (const [name, value] of Object.entries(filled)) if (value !== undefined) query.set(name, value);
      return server.fetch(`/oauth2/authorize/${applicationId}?${query}`, headers ? { headers } : {});
    },
    code: async (cookie, parameters) => {
      const response = await world.authorize(parameters, { cookie });
      const code = redirectOf(response).parameters.get('code');
      if (code === null) throw new Error(`no code: ${response.status} ${response.headers.get('location')}`);
      return code;
    },
    token: (fields, headers, applicationId = 'MyApp') =>
      server.form(`/oauth2/token/${applicationId}`, fields, headers),
    redeem: (code, fields = {}) =>
      world.token({
        grant_type: 'authorization_code',
        client_id: 'cli',
        code,
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
        ...fields,
      }),
    tokens: async (cookie, parameters) => {
      const response = await world.redeem(await world.code(cookie, parameters));
      if (response.status !== 200) throw new Error(`no tokens: ${await response.text()}`);
      return (await response.json()) as Answer;
    },
    introspect: async (token) => {
      const response = await server.form('/oauth2/introspect/MyApp', { token }, basic());
      return (await response.json()) as Record<string, unknown>;
    },
    whoami: async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await server.fetch('/security/whoami', { method: 'POST', headers })).status;
    },
    configure: (app) => server.apply({ apps: [{ applicationId: 'MyApp', ...app }] }),
  };
  return world;
}

const PUBLIC_REQUEST = {
  response_type: 'code',
  client_id: 'cli',
  redirect_uri: REDIRECT,
  scope: 'all',
  state: 'a state',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

function person({ loginName, password }: typeof ADA) {
  return { loginName, password, email: loginName, displayName: loginName };
}

async function signIn(server: TestServer, who: typeof ADA): Promise<{ cookie: string; handle: string }> {
  const post = async (path: string, body: object) =>
    server.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-centrify-native-client': '1' },
      body: JSON.stringify(body),
    });
  const started = await post('/security/startauthentication', { User: who.loginName, Version: '1.0' });
  const { Result: offered } = (await started.json()) as {
    Result: { SessionId: string; Challenges: { Mechanisms: { MechanismId: string }[] }[] };
  };
  const done = await post('/security/advanceauthentication', {
    SessionId: offered.SessionId,
    MechanismId: offered.Challenges[0]?.Mechanisms[0]?.MechanismId,
    Action: 'Answer',
    Answer: who.password,
  });
  const { Result: result } = (await done.json()) as { Result: { Auth: string } };
  const cookie = done.headers.getSetCookie().find((line) => line.startsWith('.ASPXAUTH='));
  if (!cookie) throw new Error('the sign-in failed');
  return { cookie: cookie.split(';', 1)[0] ?? '', handle: result.Auth };
}
