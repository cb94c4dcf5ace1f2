/** Traffic that is recorded: what becomes one flow, what is kept of it, and who may look. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Explanation, HttpArchive, Page, TrafficFlow, TrafficFlowDetail } from '@sallyport/contract';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  basic,
  describeWorld,
  redirectOf,
  SVC,
  VERIFIER,
  type World,
} from '../spec/support/world.js';
import { ADMIN } from '../support/server.js';

const MINUTE = 60_000;

interface Room {
  /** A call of the API by the first administrator. */
  api(method: string, path: string, body?: object): Promise<Response>;
  get<T>(path: string): Promise<T>;
  record(input: object): Promise<{ id: string }>;
  /** The flows of a recording once there are `count`. */
  flows(recording: string, count: number): Promise<TrafficFlow[]>;
  detail(id: string): Promise<TrafficFlowDetail>;
}

function roomOf(world: World, bearer: string): Room {
  const api: Room['api'] = (method, path, body) =>
    world.fetch(`/api/v1/traffic${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const get = async <T>(path: string) => (await api('GET', path)).json() as Promise<T>;
  return {
    api,
    get,
    record: async (input) => {
      // What came before is another instant, though the clock stands still.
      world.clock.advance(1000);
      return (await api('POST', '/recordings', input)).json() as Promise<{ id: string }>;
    },
    flows: async (recording, count) => {
      const read = async () => (await get<Page<TrafficFlow>>(`/flows?recording=${recording}`)).items;
      await expect.poll(async () => (await read()).length, { timeout: 4_000 }).toBe(count);
      return read();
    },
    detail: (id) => get(`/flows/${id}`),
  };
}

async function flowOf(room: Room, recording: string, steps: number): Promise<TrafficFlowDetail> {
  const only = async () => (await room.get<Page<TrafficFlow>>(`/flows?recording=${recording}`)).items;
  await expect
    .poll(async () => (await only()).map(({ stepCount }) => stepCount), { timeout: 5_000 })
    .toEqual([steps]);
  return room.detail((await only())[0]?.id ?? '');
}

/** Everything the database holds, as text. */
async function dumpOf({ config: { databaseUrl, dataDir } }: World): Promise<string> {
  if (databaseUrl === undefined)
    return readdirSync(dataDir)
      .filter((name) => /\.db(-wal)?$/.test(name))
      .map((name) => readFileSync(join(dataDir, name), 'latin1'))
      .join('\n');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public'");
    const tables = rows.map(({ tablename }: { tablename: string }) => tablename);
    const contents: unknown[] = [];
    for (const table of tables) contents.push((await client.query(`select * from "${table}"`)).rows);
    return JSON.stringify(contents);
  } finally {
    await client.end();
  }
}

/** The reference of the denial that `job` provokes. */
async function denialOf(world: World, job: () => Promise<unknown>): Promise<string> {
  await job();
  const { items } = await world.core.store.read.events.page(world.tenant.id, { limit: 1 });
  return items[0]?.correlationId ?? '';
}

const JSON_POST = { 'content-type': 'application/json', 'x-centrify-native-client': '1' };

/** A whole flow through the browser's steps: each secret of it. */
async function wholeFlow(world: World): Promise<string[]> {
  const post = async (path: string, body: object) => {
    const response = await world.fetch(path, {
      method: 'POST',
      headers: JSON_POST,
      body: JSON.stringify(body),
    });
    return { response, result: ((await response.json()) as { Result: Record<string, unknown> }).Result };
  };
  const confidential = { client_id: SVC.loginName, scope: 'whoami' };
  const asked = await world.authorize(confidential);
  const login = redirectOf(asked);
  const cloudRedirect = login.parameters.get('cloudRedirect') ?? '';
  const bounce = cloudRedirect.split('bounce=')[1] ?? '';
  const page = await world.fetch(asked.headers.get('location') ?? '', { headers: { accept: 'text/html' } });
  const browser = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const started = await post('/Security/StartAuthentication', {
    User: ADA.loginName,
    Version: '1.0',
    CloudRedirect: cloudRedirect,
  });
  const challenges = started.result.Challenges as { Mechanisms: { MechanismId: string }[] }[];
  const done = await post('/Security/AdvanceAuthentication', {
    SessionId: started.result.SessionId,
    MechanismId: challenges[0]?.Mechanisms[0]?.MechanismId,
    Action: 'Answer',
    Answer: ADA.password,
  });
  const cookie = done.response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const again = await world.fetch(`/${cloudRedirect}`, { headers: { cookie } });
  const code = redirectOf(again).parameters.get('code') ?? '';
  const sent = await world.redeem(code, { client_id: SVC.loginName, client_secret: SVC.password });
  const token = (await sent.json()) as Answer;
  const authorization = `Bearer ${token.access_token}`;
  await world.fetch('/security/whoami', { headers: { authorization } });
  await world.fetch('/UserMgmt/GetUserAttributes', { method: 'POST', headers: { authorization } });
  return [
    ...[bounce, String(started.result.SessionId), ADA.password, SVC.password, code, VERIFIER],
    ...[token.access_token, token.refresh_token, String(done.result.Auth)],
    ...[cookie.split('=')[1] ?? '', browser.split('=')[1] ?? ''],
  ];
}

describeWorld('recorded traffic', (theWorld) => {
  let room: Room;
  let world: World;
  beforeAll(async () => {
    world = theWorld();
    const { handle } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
    room = roomOf(world, handle);
  });

  test('a whole sign-in is one flow, each step with its checks, and no secret of it is in the database', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'myapp' });
    const secrets = await wholeFlow(world);
    const flow = await flowOf(room, id, 8);
    expect(flow.steps.map(({ kind, lane }) => `${lane} ${kind}`)).toEqual([
      'browser authorize',
      'browser login',
      'client start',
      'client advance',
      'browser authorize',
      'client token',
      'client call',
      'client call',
    ]);
    expect(flow).toMatchObject({ applicationId: 'MyApp', clientId: SVC.loginName, userName: ADA.loginName });
    const [asked, , started, advanced, again, token, opened, refused] = flow.steps;
    const checksOf = (step: typeof asked) =>
      step?.checks.map(({ check, outcome }) => (outcome === 'passed' ? check : `${check} ${outcome}`));
    expect(checksOf(asked)).toEqual([
      ...['app', 'client', 'redirect', 'responseType', 'pkceChallenge', 'scope', 'signIn needed'],
    ]);
    expect(checksOf(started)).toEqual(['challenge needed']);
    expect(checksOf(advanced)).toEqual(['challenge', 'session']);
    expect(checksOf(again)?.slice(-5)).toEqual(['signIn', 'access', 'profile', 'consent', 'issued']);
    expect(checksOf(token)).toEqual([
      ...['clientProof', 'grantType', 'app', 'code', 'pkceVerifier', 'access', 'scope', 'issued'],
    ]);
    expect(token?.checks.find(({ check }) => check === 'pkceVerifier')?.reference).toBe(
      'RFC 7636 section 4.6',
    );
    expect(checksOf(opened)).toEqual(['bearer', 'scopeOpens']);
    expect(opened?.checks[1]?.detail).toContain('opened by security/whoami of the scope whoami');
    expect(checksOf(refused)).toEqual(['bearer', 'scopeOpens refused']);
    expect(refused?.remedy).toMatchObject({ remedy: 'scopes', applicationId: 'MyApp' });
    expect(flow.failedStep).toBe(refused?.id);
    expect(again?.response.headers.find(({ name }) => name === 'location')?.value).toContain('code=***');
    expect(token?.request.body).toContain(`client_id=${encodeURIComponent(SVC.loginName)}`);

    const { read } = world.core.store;
    const kept = [
      JSON.stringify(flow),
      JSON.stringify((await read.events.page(world.tenant.id, { limit: 200 })).items),
      JSON.stringify((await read.changes.page(world.tenant.id, { limit: 200 })).items),
      await dumpOf(world),
    ].join('\n');
    expect(kept).toContain('StartAuthentication');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10);
      for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
        expect(kept.includes(spelling), `${secret} is kept`).toBe(false);
    }
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('what another app, client or user does meanwhile is not kept', async () => {
    const { id } = await room.record({ kind: 'client', subject: 'Only-This' });
    await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    await world.signIn(ADA);
    await world.authorize({ client_id: 'only-this', redirect_uri: 'https://elsewhere.test/' });
    const [flow] = await room.flows(id, 1);
    expect(flow).toMatchObject({ clientId: 'only-this', stepCount: 1, first: 'authorize' });
    await room.api('DELETE', `/recordings/${id}`);
    expect((await room.api('GET', `/flows/${flow?.id}`)).status).toBe(404);
  });

  test('a user is recorded through sign-in, session and calls, whatever the app', async () => {
    const { id } = await room.record({ kind: 'user', subject: ADA.loginName });
    const { handle } = await world.signIn(ADA);
    await world.whoami(handle);
    const flow = await flowOf(room, id, 3);
    expect(flow.steps.map(({ kind }) => kind)).toEqual(['start', 'advance', 'call']);
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('a recording is in the change log, ends by itself and by Stop, and is gone after its time', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'MyApp', duration: '1m', keepFor: '1m' });
    const changes = async () =>
      (await world.core.store.read.changes.page(world.tenant.id, { object: `recordings/${id}`, limit: 9 }))
        .items;
    expect((await changes()).map(({ action, actor, name }) => ({ action, actor, name }))).toEqual([
      { action: 'create', actor: ADMIN.user, name: 'app MyApp' },
    ]);
    await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    const [kept] = await room.flows(id, 1);
    expect(await (await room.api('POST', `/recordings/${id}/stop`)).json()).toMatchObject({ active: false });
    expect((await changes())[0]?.action).toBe('update');
    await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    await world.core.traffic.flush();
    expect((await room.flows(id, 1))[0]?.id).toBe(kept?.id);

    const timed = await room.record({ kind: 'app', subject: 'MyApp', duration: '1m', keepFor: '1m' });
    world.clock.advance(MINUTE);
    await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    await world.core.traffic.flush();
    await room.flows(timed.id, 0);
    world.clock.advance(MINUTE);
    expect((await room.api('GET', `/flows/${kept?.id}`)).status).toBe(404);
    expect((await room.get<Page<{ id: string }>>('/recordings')).items).toEqual([]);
  });

  test('a call that a scope opens and no right does names the right that is lacking', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    const token = (await (
      await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic())
    ).json()) as Answer;
    const authorization = `Bearer ${token.access_token}`;
    await world.fetch('/api/v1/users', { headers: { authorization } });
    await world.fetch('/CDirectoryService/GetUsers', { method: 'POST', headers: { authorization } });
    const flow = await flowOf(room, id, 3);
    for (const step of flow.steps.slice(1)) {
      expect(step.checks.at(-1)).toMatchObject({ check: 'rights', outcome: 'refused' });
      expect(step.remedy?.remedy).toBe('roleRights');
    }
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('a flow is exported as HTTP Archive 1.2, masked', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    const [flow] = await room.flows(id, 1);
    const answer = await room.api('GET', `/flows/${flow?.id}/har`);
    expect(answer.headers.get('content-disposition')).toContain('.har');
    const { log } = (await answer.json()) as HttpArchive;
    expect(log.version).toBe('1.2');
    const [entry] = log.entries;
    expect(entry?.request.url).toBe(`${world.url}/oauth2/token/MyApp`);
    expect(entry?.request.headers).toContainEqual({ name: 'authorization', value: 'Basic ***' });
    expect(JSON.parse(entry?.response.content.text ?? '')).toMatchObject({
      access_token: '***',
      scope: 'all',
    });
    expect(Date.parse(entry?.startedDateTime ?? '')).toBe(world.clock.now());
    // What HTTP Archive 1.2 demands of every entry, in the types that viewers count on.
    const text = expect.any(String);
    const number = expect.any(Number);
    const message = {
      httpVersion: text,
      ...{ cookies: expect.any(Array), headers: expect.any(Array), headersSize: number, bodySize: number },
    };
    expect(log).toMatchObject({ creator: { name: text, version: text } });
    for (const each of log.entries)
      expect(each).toMatchObject({
        ...{ startedDateTime: text, time: number, cache: {} },
        request: { ...message, method: text, url: text, queryString: expect.any(Array) },
        response: {
          ...{ ...message, status: number, statusText: text, redirectURL: text },
          content: { size: number, mimeType: text },
        },
        timings: { send: number, wait: number, receive: number },
      });
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('a flow keeps its first 200 steps, and says that more came', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    const sent = await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    const authorization = `Bearer ${((await sent.json()) as Answer).access_token}`;
    for (let call = 1; call <= 205; call++) {
      await world.fetch('/security/whoami', { headers: { authorization } });
      if (call % 50 === 0) await world.core.traffic.flush();
    }
    await world.core.traffic.flush();
    const [flow] = await room.flows(id, 1);
    expect(flow).toMatchObject({ stepCount: 200, truncated: true });
    expect((await room.detail(flow?.id ?? '')).steps).toHaveLength(200);
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('a device that waits for its user has not failed', async () => {
    const authMethods = ['authCode', 'clientCreds', 'resourceOwner'];
    await world.configure({ tokens: { authMethods: [...authMethods, 'deviceCode'] } });
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    const started = await world.form('/oauth2/device/MyApp', { client_id: 'tv', scope: 'whoami' });
    const { device_code } = (await started.json()) as { device_code: string };
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    expect((await world.token({ grant_type, client_id: 'tv', device_code })).status).toBe(400);
    const steps = async () => {
      const { items } = await room.get<Page<TrafficFlow>>(`/flows?recording=${id}`);
      return items.map(({ failedStep, stepCount }) => ({ failedStep, stepCount }));
    };
    await expect
      .poll(async () => (await steps()).reduce((sum, { stepCount }) => sum + stepCount, 0), {
        timeout: 4_000,
      })
      .toBe(2);
    for (const { failedStep } of await steps()) expect(failedStep).toBeNull();
    await room.api('DELETE', `/recordings/${id}`);
    await world.configure({ tokens: { authMethods } });
  });

  test('a refusal is explained by the reference on its error page, recorded or not', async () => {
    const response = await world.authorize(
      { redirect_uri: 'https://elsewhere.test/' },
      { accept: 'text/html' },
    );
    const [, reference = ''] = /Reference <code>([a-z0-9]+)<\/code>/.exec(await response.text()) ?? [];
    const explanation = await room.get<Explanation>(`/explanations/${reference}`);
    expect(explanation).toMatchObject({
      flow: null,
      events: [
        {
          type: 'authorize.denied',
          check: { check: 'redirect', outcome: 'refused', reference: 'RFC 9700 section 2.1' },
          remedy: { remedy: 'redirects', applicationId: 'MyApp' },
        },
      ],
    });
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    const recorded = await world.authorize(
      { redirect_uri: 'https://elsewhere.test/' },
      { accept: 'text/html' },
    );
    const [, second = ''] = /Reference <code>([a-z0-9]+)<\/code>/.exec(await recorded.text()) ?? [];
    const [flow] = await room.flows(id, 1);
    expect((await room.get<Explanation>(`/explanations/${second}`)).flow).toEqual({
      id: flow?.id,
      stepId: flow?.failedStep,
    });
    expect(await room.get<Explanation>('/explanations/nothing')).toMatchObject({ flow: null, events: [] });
    await room.api('DELETE', `/recordings/${id}`);
  });

  test.each([
    ['an unknown grant', { grant_type: 'urn:x', client_id: 'cli' }, {}, 'grantType', 'program'],
    [
      'a wrong secret',
      { grant_type: 'client_credentials' },
      basic({ ...SVC, password: 'x' }),
      'clientProof',
      'clientSecret',
    ],
    [
      'no confidential client',
      { grant_type: 'client_credentials', client_id: 'cli' },
      {},
      'clientProof',
      'confidentialClient',
    ],
    ['no such scope', { grant_type: 'client_credentials', scope: 'none' }, basic(), 'scope', 'scopes'],
    [
      'no such code',
      { grant_type: 'authorization_code', client_id: 'cli', code: 'x' },
      {},
      'code',
      'program',
    ],
    [
      'no such refresh token',
      { grant_type: 'refresh_token', client_id: 'cli', refresh_token: 'x' },
      {},
      'refreshToken',
      'program',
    ],
    [
      'a wrong password',
      { grant_type: 'password', client_id: 'cli', username: ADA.loginName, password: 'x', scope: 'all' },
      {},
      'password',
      'userPassword',
    ],
    [
      'implicit without the switch',
      { grant_type: 'implicit', client_id: 'cli' },
      {},
      'grantType',
      'admitOldClients',
    ],
  ])(
    'a token denied for %s names the check and what to change',
    async (_, fields, headers, check, remedy) => {
      const seen = await denialOf(world, () => world.token(fields as Record<string, string>, headers));
      const { events } = await room.get<Explanation>(`/explanations/${seen}`);
      expect(events.at(-1)).toMatchObject({ check: { check }, remedy: { remedy, applicationId: 'MyApp' } });
    },
  );

  test('a token denied for want of a bound key names the setting', async () => {
    await world.configure({ tokens: { requireDpop: true } });
    const fields = { grant_type: 'client_credentials', scope: 'all' };
    const seen = await denialOf(world, () => world.token(fields, basic()));
    const [event] = (await room.get<Explanation>(`/explanations/${seen}`)).events;
    expect(event).toMatchObject({ check: { check: 'clientProof' }, remedy: { remedy: 'requireDpop' } });
    const badly = await denialOf(world, () => world.token(fields, { ...basic(), dpop: 'no.proof.at.all' }));
    const [bad] = (await room.get<Explanation>(`/explanations/${badly}`)).events;
    expect(bad).toMatchObject({ check: { check: 'clientProof' }, remedy: { remedy: 'program' } });
    await world.configure({ tokens: { requireDpop: false } });
  });

  test.each([
    [
      'no PKCE',
      { code_challenge: undefined, code_challenge_method: undefined },
      'pkceChallenge',
      'admitOldClients',
    ],
    ['an unknown scope', { scope: 'none' }, 'scope', 'scopes'],
    ['a response type', { response_type: 'token' }, 'responseType', 'authMethods'],
    ['prompt=none', { prompt: 'none' }, 'signIn', 'program'],
    ['a stale request', { bounce: 'x' }, 'waiting', 'program'],
  ])(
    'an authorization denied for %s names the check and what to change',
    async (_, parameters, check, remedy) => {
      const seen = await denialOf(world, () => world.authorize(parameters));
      const { events } = await room.get<Explanation>(`/explanations/${seen}`);
      expect(events.at(-1)).toMatchObject({ check: { check }, remedy: { remedy } });
    },
  );

  test('a body that nests without end is not kept, and its request is', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    await world.fetch('/oauth2/token/MyApp', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '['.repeat(50_000) + ']'.repeat(50_000),
    });
    const { steps } = await flowOf(room, id, 1);
    expect(steps[0]?.request.body).toBe('[not kept: 100000 characters of application/json]');
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('garbage in a body is neither kept nor a fault', async () => {
    const { id } = await room.record({ kind: 'app', subject: 'MyApp' });
    const secret = randomBytes(24).toString('base64url');
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      await world.fetch('/oauth2/token/MyApp', {
        method: 'POST',
        headers: { 'content-type': type },
        body: `{"client_secret": "${secret}`,
      });
    await room.flows(id, 3);
    expect(await dumpOf(world)).not.toContain(secret);
    await room.api('DELETE', `/recordings/${id}`);
  });

  test('recording and reading need their rights, and nobody records a user above themselves', async () => {
    const people = {
      apps: { loginName: 'apps@acme.test', password: 'apps and nothing else 1' },
      users: { loginName: 'people@acme.test', password: 'people and nothing else 2' },
    };
    await world.apply({
      users: Object.values(people).map((person) => ({
        ...person,
        email: person.loginName,
        displayName: 'X y',
      })),
      roles: [
        { name: 'App people', rights: ['Application Management'], members: [people.apps.loginName] },
        { name: 'User people', rights: ['User Management'], members: [people.users.loginName] },
      ],
    });
    const apps = roomOf(world, (await world.signIn(people.apps)).handle);
    const users = roomOf(world, (await world.signIn(people.users)).handle);
    const nobody = roomOf(world, (await world.signIn(ADA)).handle);
    const status = async (who: Room, input: object) => (await who.api('POST', '/recordings', input)).status;
    expect(await status(apps, { kind: 'app', subject: 'MyApp' })).toBe(201);
    expect(await status(users, { kind: 'app', subject: 'MyApp' })).toBe(403);
    expect(await status(apps, { kind: 'user', subject: ADA.loginName })).toBe(403);
    expect(await status(users, { kind: 'user', subject: ADMIN.user })).toBe(403);
    expect(await status(users, { kind: 'user', subject: ADA.loginName })).toBe(201);
    expect(await status(apps, { kind: 'app', subject: 'no-such-app' })).toBe(404);
    expect(await status(apps, { kind: 'app', subject: 'MyApp', duration: '2d' })).toBe(400);
    for (const path of ['/recordings', '/flows', '/flows/x', '/flows/x/har', '/explanations/x'])
      expect((await nobody.api('GET', path)).status).toBe(403);
    const kinds = async (who: Room) =>
      (await who.get<Page<{ kind: string }>>('/recordings')).items.map(({ kind }) => kind);
    expect([await kinds(apps), await kinds(users)]).toEqual([['app'], ['user']]);

    const token = (await (
      await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic())
    ).json()) as Answer;
    await world.whoami(token.access_token);
    const mine = async (who: Room) => {
      const { items } = await who.get<Page<TrafficFlow>>('/flows?applicationId=myapp');
      return items[0];
    };
    await expect.poll(async () => (await mine(apps))?.stepCount).toBe(2);
    expect(await mine(users)).toBeUndefined();
    const flow = await apps.detail((await mine(apps))?.id ?? '');
    expect(flow.steps[0]?.response.body).toContain('"scope":"all"');
    expect(flow.steps[1]?.response.body).toContain('Read Only System Administrator');
    expect((await room.detail(flow.id)).steps[1]?.response.body).toContain(SVC.loginName);
    expect((await users.api('GET', `/flows/${flow.id}`)).status).toBe(404);
  });
});
