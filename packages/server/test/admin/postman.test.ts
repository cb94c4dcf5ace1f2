/** Every grant of an app as a Postman collection: newman runs what the server makes, as it is, to green. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostmanCollection, PostmanEnvironment } from '@sallyport/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signIn } from '../login/dance.js';
import { run } from '../support/process.js';
import { ADMIN, createTestServer, type TestServer } from '../support/server.js';

const require = createRequire(import.meta.url);
const NEWMAN = require.resolve('newman/bin/newman.js');
const ADA = { loginName: 'ada@acme.test', password: 'a difference engine' };
const SVC = { loginName: 'reports@acme.test', password: 'quarterly figures 1843' };
const SECRETS = { username: ADA.loginName, password: ADA.password, clientSecret: SVC.password };

const whoami = { name: 'whoami', restRegex: ['security/whoami'] };
const userAccess = { roles: ['Developers'] };
const APPS = [
  {
    applicationId: 'everything',
    name: 'Everything',
    generalUsage: {
      clientIdType: 'confidential',
      admitOldClients: true,
      redirects: ['http://127.0.0.1/callback', 'https://client.acme.test/back'],
    },
    tokens: {
      authMethods: ['authCode', 'implicit', 'clientCreds', 'resourceOwner', 'deviceCode', 'tokenExchange'],
      issueRefreshTokens: true,
    },
    scope: { userMustConfirm: true, allowScopeSelection: true, definitions: [whoami] },
    userAccess,
  },
  {
    applicationId: 'pushed',
    name: 'Pushed',
    generalUsage: { redirects: ['https://client.acme.test/back'], requirePar: true },
    tokens: { type: 'opaque' },
    scope: { definitions: [{ name: 'roles', restRegex: ['Roles/.*'] }] },
    userAccess,
  },
];

describe('a Postman collection', { timeout: 120_000 }, () => {
  let server: TestServer;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
    server = await createTestServer();
    await server.apply({
      users: [
        { ...ADA, email: ADA.loginName, displayName: 'Ada Lovelace' },
        { ...SVC, email: SVC.loginName, displayName: 'Reports', confidentialClient: true },
      ],
      roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }],
      apps: APPS,
    });
    token = (await signIn(server, { loginName: ADMIN.user, password: ADMIN.password })).auth;
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function read(path: string): Promise<Response> {
    return server.fetch(`/api/v1/apps/${path}`, { headers: { authorization: `Bearer ${token}` } });
  }

  /** The names of the checks that newman made, each with its error or null. */
  async function newman(app: string, values: Record<string, string>): Promise<Map<string, string | null>> {
    const files = { collection: join(folder, `${app}.json`), environment: join(folder, `${app}.env.json`) };
    await writeFile(files.collection, await (await read(`${app}/postman`)).text());
    await writeFile(files.environment, await (await read(`${app}/postman/environment`)).text());
    const report = join(folder, `${app}.report.json`);
    const set = Object.entries(values).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]);
    const args = ['run', files.collection, '-e', files.environment, ...set];
    const reporting = ['--reporters', 'json', '--reporter-json-export', report, '--suppress-exit-code'];
    await new Promise((resolve) => execFile(process.execPath, [NEWMAN, ...args, ...reporting], resolve));
    const { run: ran } = Report.parse(JSON.parse(await readFile(report, 'utf8')));
    return new Map(
      ran.executions.flatMap(({ item, assertions, requestError, prerequestScript, testScript }) => [
        ...(requestError ? [[item.name, requestError.message] as const] : []),
        ...[...prerequestScript, ...testScript].flatMap(({ error }) =>
          error ? [[item.name, error.message] as const] : [],
        ),
        ...assertions.map(
          ({ assertion, error }) => [`${item.name}: ${assertion}`, error?.message ?? null] as const,
        ),
      ]),
    );
  }

  /** All green, and the one named among them. */
  function expectGreen(checks: Map<string, string | null>, ...named: string[]): void {
    expect([...checks].filter(([, error]) => error !== null)).toEqual([]);
    expect([...checks.keys()]).toEqual(expect.arrayContaining(named));
  }

  test('of an app with every grant, consent and refresh runs unmodified to green', async () => {
    const checks = await newman('everything', { ...SECRETS, clientId: SVC.loginName });
    expectGreen(
      checks,
      'Authorization code: authorize again: the user is asked to allow access',
      'Authorization code: token: an access token comes back',
      'Authorization code: userinfo: userinfo tells who the user is',
      'Authorization code: refresh: an access token comes back',
      'Implicit: confirm: the token comes in the fragment',
      'Client credentials: whoami: the API knows who calls',
      'Resource owner: introspect: the token is active',
      'Device code: allow: the device is connected',
      'Device code: whoami: the API knows who calls',
      'Resource owner: revoke: the token is revoked',
      'Token exchange: exchange: it says what was issued',
      'Token exchange: whoami: the API knows who calls',
      'Resource owner: whoami after revocation: the API refuses the token',
    );
  });

  test('of an app for public clients by pushed requests needs a user and nothing else', async () => {
    const checks = await newman('pushed', { username: ADA.loginName, password: ADA.password });
    expectGreen(
      checks,
      'Authorization code: push the request: the request is kept under a request_uri',
      'Authorization code: whoami: the call is outside the scopes of the token',
    );
    expect([...checks.keys()].filter((name) => /refresh|confirm/.test(name))).toEqual([]);
  });

  test('goes red when a rule of the server does not hold', async () => {
    const checks = await newman('pushed', { username: ADA.loginName, password: 'not her password' });
    expect(checks.get('Authorization code: AdvanceAuthentication: the sign-in is complete')).toMatch(
      /failed/,
    );
  });

  test('downloads under a name of its own and holds no secret', async () => {
    const response = await read('everything/postman');
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="everything.postman_collection.json"',
    );
    const collection = PostmanCollection.parse(await response.json());
    expect(collection.info.schema).toContain('/v2.1.0/');
    const { values } = PostmanEnvironment.parse(await (await read('everything/postman/environment')).json());
    const secret = values.filter(({ type }) => type === 'secret').map(({ key, value }) => [key, value]);
    expect(secret).toEqual([
      ['clientSecret', ''],
      ['password', ''],
    ]);
    expect(values.map(({ key }) => key)).toEqual(collection.variable.map(({ key }) => key));
  });

  test('of an app that is not there, or for somebody without the right, is refused', async () => {
    expect((await read('nothing/postman')).status).toBe(404);
    const { auth } = await signIn(server, ADA);
    const headers = { authorization: `Bearer ${auth}` };
    const refused = await server.fetch('/api/v1/apps/everything/postman', { headers });
    expect(refused.status).toBe(403);
  });

  test('comes from the command line too, printed or as two files', async () => {
    const options = ['--endpoint', server.url, '--token', token];
    const env = { XDG_STATE_HOME: folder };
    const printed = await run(['app', 'postman', 'everything', ...options], { env });
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(printed.stdout)).toEqual(await (await read('everything/postman')).json());
    const written = await run(['app', 'postman', 'everything', ...options, '--out', folder], { env });
    expect(written.code).toBe(0);
    const [collection, environment] = written.stdout.trim().split('\n');
    expect(JSON.parse(await readFile(collection ?? '', 'utf8'))).toEqual(JSON.parse(printed.stdout));
    PostmanEnvironment.parse(JSON.parse(await readFile(environment ?? '', 'utf8')));
  });
});

const Failure = z.looseObject({ message: z.string() });
const Report = z.object({
  run: z.object({
    executions: z.array(
      z.object({
        item: z.looseObject({ name: z.string() }),
        assertions: z.array(z.looseObject({ assertion: z.string(), error: Failure.optional() })).default([]),
        requestError: Failure.optional(),
        prerequestScript: z.array(z.looseObject({ error: Failure.optional() })).default([]),
        testScript: z.array(z.looseObject({ error: Failure.optional() })).default([]),
      }),
    ),
  }),
});
