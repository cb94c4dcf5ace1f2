/** A served tenant and people with each right, called over HTTP as programs and browsers call it. */

import type { Change, Page } from '@sallyport/contract';
import { afterAll, beforeAll } from 'vitest';
import { answer, mechanism, start } from '../../login/dance.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { ADMIN, createTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';

export const PASSWORD = 'quiet rivers run deep';

/** One person for each right, one without any, and a confidential client. */
export const PEOPLE = {
  plain: 'plain@acme.test',
  portal: 'portal@acme.test',
  users: 'users@acme.test',
  readUsers: 'readusers@acme.test',
  roles: 'roles@acme.test',
  apps: 'apps@acme.test',
  readAll: 'readall@acme.test',
  second: 'second@acme.test',
  service: 'service@acme.test',
} as const;
export type Person = keyof typeof PEOPLE;

const RIGHT_OF: Partial<Record<Person, string>> = {
  portal: 'Admin Portal Login',
  users: 'User Management',
  readUsers: 'Read Only User Management',
  roles: 'Role Management',
  apps: 'Application Management',
  readAll: 'Read Only System Administrator',
};

/** What every world begins with. */
export const DECLARATION = {
  users: Object.entries(PEOPLE).map(([name, loginName]) => ({
    loginName,
    email: loginName,
    displayName: `Person ${name}`,
    password: PASSWORD,
    confidentialClient: name === 'service',
  })),
  roles: [
    ...Object.entries(RIGHT_OF).map(([name, right]) => ({
      name: `Holders of ${right}`,
      rights: [right],
      members: [PEOPLE[name as Person]],
    })),
    { name: 'System Administrator', members: [ADMIN.user, PEOPLE.second] },
    { name: 'Developers', members: [PEOPLE.plain, PEOPLE.service, ADMIN.user] },
  ],
  apps: [
    {
      applicationId: 'tool',
      name: 'Tool',
      tokens: { authMethods: ['clientCreds', 'resourceOwner'], type: 'opaque' },
      scope: {
        definitions: [
          { name: 'all', restRegex: ['.*'] },
          { name: 'whoami', restRegex: ['security/whoami'] },
          { name: 'self', restRegex: ['/api/v1/me', '/api/v1/me/*'] },
        ],
      },
      userAccess: { roles: ['Developers'] },
    },
  ],
};

export interface Answered<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** The faults of a problem answer. */
export interface Faults {
  errors: { field: string; message: string }[];
}

/** Calls `/api/v1`: `call('GET', '/users')`. A string body is sent as it is. */
export type Caller = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answered<T>>;

export interface World extends TestServer {
  /** Calls by `headers` alone. */
  calling(headers: Record<string, string>): Caller;
  /** Signs in, and calls by the session's handle. */
  as(loginName: string, password?: string): Promise<Caller>;
  /** The `.ASPXAUTH` cookie of a new session, as a `Cookie` header. */
  cookieOf(loginName: string, password?: string): Promise<string>;
  /** An access token of the app `tool` for a person, by the password grant. */
  tokenOf(loginName: string, scope: string): Promise<string>;
  admin: Caller;
  /** Another server over the same database, to be closed before this one. */
  twin(): Promise<Omit<World, 'admin' | 'twin'>>;
  /** The newest entries of the change log, of one object or of all. */
  changes(object?: string): Promise<Change[]>;
  /** The id of a user by login name, of a role by name. */
  idOf(kind: 'users' | 'roles', name: string): Promise<string>;
}

/** Describes rules that share one world, once per database. */
export function describeAdministration(
  title: string,
  rules: (world: World) => void,
  options: TestServerOptions = {},
): void {
  describeOnEveryDatabase(title, (database) => {
    const world = {} as World;
    beforeAll(async () => {
      const { url, drop } = await database.open();
      const databaseUrl = url.startsWith('postgres') ? { databaseUrl: url } : {};
      const server = await createTestServer({ ...databaseUrl, ...options });
      await server.apply(DECLARATION);
      const close = async () => {
        await server.close();
        await drop();
      };
      const twin = async () =>
        worldOf(await createTestServer({ ...databaseUrl, dataDir: server.config.dataDir }));
      Object.assign(world, worldOf(server), { close, twin });
      world.admin = await world.as(ADMIN.user, ADMIN.password);
    });
    afterAll(() => world.close());
    rules(world);
  });
}

function worldOf(server: TestServer): Omit<World, 'admin' | 'twin'> {
  const calling = callerOf(server);
  const local = async <T>(path: string) => {
    const { handle } = await signIn(server, ADMIN.user, ADMIN.password);
    return (await calling({ authorization: `Bearer ${handle}` })<T>('GET', path)).body;
  };
  return {
    ...server,
    calling,
    as: async (loginName, password = PASSWORD) => {
      const { handle } = await signIn(server, loginName, password);
      return calling({ authorization: `Bearer ${handle}` });
    },
    cookieOf: async (loginName, password = PASSWORD) => (await signIn(server, loginName, password)).cookie,
    tokenOf: async (username, scope) => {
      const fields = { grant_type: 'password', client_id: 'cli', username, password: PASSWORD, scope };
      const answered = await server.form('/oauth2/token/tool', fields);
      const { access_token } = (await answered.json()) as { access_token?: string };
      if (!access_token) throw new Error(`no token for ${username}: ${answered.status}`);
      return access_token;
    },
    changes: async (object) => {
      const query = object === undefined ? '' : `?object=${encodeURIComponent(object)}`;
      return (await local<Page<Change>>(`/changes${query}`)).items;
    },
    idOf: async (kind, name) => {
      const { items } = await local<Page<{ id: string; name?: string; loginName?: string }>>(
        `/${kind}?limit=200`,
      );
      const found = items.find((item) => (item.loginName ?? item.name) === name);
      if (!found) throw new Error(`there is no ${name} among ${kind}`);
      return found.id;
    },
  };
}

async function signIn(server: TestServer, loginName: string, password: string) {
  const { SessionId, Challenges } = await start(server, loginName);
  const { response, envelope } = await answer(server, SessionId, mechanism(Challenges, 'UP'), password);
  if (envelope.Result.Summary !== 'LoginSuccess') throw new Error(`${loginName} cannot sign in`);
  const [cookie = ''] = response.headers.getSetCookie().filter((line) => line.startsWith('.ASPXAUTH='));
  return { handle: envelope.Result.Auth, cookie: cookie.split(';', 1)[0] ?? '' };
}

function callerOf(server: TestServer): World['calling'] {
  return (credentials) =>
    async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const isJson = body !== undefined;
      const response = await server.fetch(path.startsWith('/api/') ? path : `/api/v1${path}`, {
        method,
        headers: { ...credentials, ...(isJson && { 'content-type': 'application/json' }), ...headers },
        ...(isJson && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJsonAnswer = /json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        body: (isJsonAnswer ? JSON.parse(text) : text) as T,
      };
    };
}
