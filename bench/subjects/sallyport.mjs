/** Sallyport as built and shipped: the one executable, set up by `apply`, on SQLite or PostgreSQL. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expire, grow } from '../size/grow.mjs';
import { run } from './child.mjs';
import { CLIENT, cookiesOf, PERSON, REDIRECT_URI, signInAll } from './credentials.mjs';
import { createDatabase } from './postgres.mjs';

const EXECUTABLE = fileURLToPath(new URL('../../packages/server/bin/sallyport.js', import.meta.url));
const GENERATED = 'generated@bench.test';
const SECRETS = 'generated-secret';

const definitions = [{ name: 'all', description: 'Everything', restRegex: ['.*'] }];
const userAccess = { roles: ['Bench'] };
const clientCredentials = (applicationId, type) => ({
  applicationId,
  name: applicationId,
  tokens: { type, authMethods: ['clientCreds'] },
  scope: { definitions },
  userAccess,
});

const DECLARATION = {
  users: [
    { loginName: PERSON.loginName, email: PERSON.loginName, displayName: 'Ada', password: PERSON.password },
    {
      loginName: CLIENT.id,
      email: CLIENT.id,
      displayName: 'Service',
      password: CLIENT.secret,
      confidentialClient: true,
    },
  ],
  roles: [
    {
      name: 'Bench',
      rights: ['Read Only System Administrator', 'Read Only User Management'],
      members: [PERSON.loginName, CLIENT.id, GENERATED],
    },
  ],
  apps: [
    clientCredentials('jwt', 'JwtRS256'),
    clientCredentials('es256', 'JwtES256'),
    clientCredentials('opaque', 'opaque'),
    {
      applicationId: 'web',
      name: 'web',
      generalUsage: { redirects: [REDIRECT_URI] },
      tokens: { authMethods: ['authCode', 'resourceOwner'], codeLifetime: '10m', issueRefreshTokens: true },
      scope: { definitions },
      userAccess,
    },
  ],
};

/** The list pages of the portal: first pages, and searches as typed. */
const listsOf = (role) =>
  ['users', 'apps', 'roles', `roles/${role}/members`, 'events', 'changes'].flatMap((name) => [
    `/api/v1/${name}?limit=50`,
    `/api/v1/${name}?limit=50&search=ada`,
  ]);

/**
 * @param {{databaseUrl?: string, workers?: number, scale?: number, expired?: number}} [options] PostgreSQL, how many
 *   processes serve from it, how large the tenant is, and how many expired tokens it has
 */
export function sallyport({ databaseUrl, workers, scale = 0, expired = 0 } = {}) {
  const env = {
    SALLYPORT_ADMIN_USER: 'admin@bench.test',
    SALLYPORT_LOG_FORMAT: 'json',
    ...(databaseUrl ? { SALLYPORT_DATABASE_URL: databaseUrl, SALLYPORT_MASTER_KEY: '5a'.repeat(32) } : {}),
    ...(workers ? { SALLYPORT_WORKERS: String(workers) } : {}),
  };
  const place = (folder) => (databaseUrl ? ['--database-url', databaseUrl] : ['--data-dir', folder]);
  const database = (folder) => databaseUrl ?? join(folder, 'sallyport.db');
  return {
    database,
    processes: workers,
    async prepare(folder) {
      if (databaseUrl) await createDatabase(databaseUrl);
      const file = join(folder, 'declaration.json');
      await writeFile(file, JSON.stringify(DECLARATION));
      const { apply, addUser } = operator(env, place(folder));
      await writeFile(join(folder, SECRETS), await addUser(GENERATED));
      await apply(file);
      const templates = { user: PERSON.loginName, app: 'jwt' };
      if (scale > 0) await grow(database(folder), scale, templates);
      if (expired > 0) await expire(database(folder), expired, templates);
    },
    command: (folder) => ({ args: [EXECUTABLE, 'serve', '--port', '0', ...place(folder)], env }),
    ready: '/oauth2/keys/jwt',
    target: async (url, folder) => describe(url, await readFile(join(folder, SECRETS), 'utf8')),
  };
}

function operator(env, place) {
  const command = (...args) => run([EXECUTABLE, ...args, ...place], env);
  return {
    apply: (file) => command('apply', '-f', file),
    /** Adds a client whose secret Sallyport makes, and answers the secret. */
    async addUser(loginName) {
      const printed = await command(
        'user',
        'add',
        loginName,
        '--confidential-client',
        '--generate',
        '--json',
      );
      return JSON.parse(printed).generatedPassword;
    },
  };
}

async function describe(url, generatedSecret) {
  const jwt = { token: '/oauth2/token/jwt', client: CLIENT, fields: { scope: 'all' } };
  const web = { client: CLIENT, redirectUri: REDIRECT_URI, scope: 'openid all' };
  const { loginName: username, password } = PERSON;
  const cookies = await signInAll(() => signIn(url));
  return {
    url,
    keys: '/oauth2/keys/jwt',
    discovery: '/jwt/.well-known/openid-configuration',
    api: '/security/whoami',
    lists: listsOf(await roleId(url, cookies[0])),
    jwt,
    opaque: {
      token: '/oauth2/token/opaque',
      introspect: '/oauth2/introspect/opaque',
      client: CLIENT,
      fields: { scope: 'all' },
    },
    code: { authorize: '/oauth2/authorize/web', token: '/oauth2/token/web', ...web },
    password: {
      path: '/oauth2/token/web',
      client: CLIENT,
      fields: { grant_type: 'password', username, password, scope: 'all' },
    },
    dance: { user: username, password },
    cookies,
    variants: {
      generated: { jwt: { ...jwt, client: { id: GENERATED, secret: generatedSecret } } },
      es256: { jwt: { ...jwt, token: '/oauth2/token/es256' } },
    },
  };
}

/** @returns {Promise<string>} the id of the role that everybody is in */
async function roleId(url, cookie) {
  const response = await fetch(new URL('/api/v1/roles?search=bench', url), { headers: { cookie } });
  const { items } = await response.json();
  return items[0].id;
}

/** @returns {Promise<string>} the session's cookie */
async function signIn(url) {
  const ask = async (path, body) => {
    const headers = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };
    const response = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) });
    const { Result, Message } = await response.json();
    if (!Result) throw new Error(`${path}: ${response.status} ${Message}`);
    return { response, Result };
  };
  const started = await ask('/Security/StartAuthentication', { User: PERSON.loginName, Version: '1.0' });
  const { SessionId, Challenges } = started.Result;
  const [{ MechanismId }] = Challenges[0].Mechanisms;
  const answer = { SessionId, MechanismId, Action: 'Answer', Answer: PERSON.password };
  const { response } = await ask('/Security/AdvanceAuthentication', answer);
  return cookiesOf(response).join('; ');
}
