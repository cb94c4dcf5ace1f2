/** Every bypass that other servers had, tried on each mechanism. Lessons section 2, rows 27, 28 and 33 to 37 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { createTestServer, type TestServer } from '../support/server.js';
import { ADA, answer, CLIENT, call, mechanism, serverWithPeople, signIn, start } from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const EVERYTHING = ['OATH', 'EMAIL', 'SQ', 'SMS', 'PF', 'OTP', 'RECOVERY'];
const PROFILE = {
  profiles: [
    { name: 'Password', challenges: [['UP']] },
    { name: 'Any', challenges: [['UP'], EVERYTHING] },
  ],
  rules: [{ profile: 'Any' }],
};
const NONE = { profiles: [], rules: [] };
const APP = {
  applicationId: 'app',
  name: 'App',
  generalUsage: { redirects: ['http://127.0.0.1/cb'] },
  tokens: { authMethods: ['resourceOwner', 'clientCreds'], issueRefreshTokens: true },
  scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
  userAccess: { roles: ['Everybody', 'Machines'] },
};
const QUESTIONS = ['street', 'teacher', 'pet'].map((what) => ({
  question: `Your first ${what}?`,
  answer: `the ${what}`,
}));

type Door = (at: TestServer, secret: string) => Promise<unknown>;

/** Ada, however she is spelled: case, width, other scripts, what cannot be seen. */
const SPELLINGS = [
  'ada@acme.test',
  'ADA@ACME.TEST',
  ' Ada@acme.test ',
  'ａｄａ＠ａｃｍｅ．ｔｅｓｔ',
  '𝐚𝐝𝐚@acme.test',
  'аda@acme.test',
  'аdа@асmе.tеst',
  'adα@acme.test',
  'a\u00add\u200ba@acme.test',
  'ⓐⓓⓐ@acme.test',
];

describeOnEveryDatabase('no way round', (database) => {
  const clock = createTestClock();
  const settings = { behindProxy: '127.0.0.1,::1', rateLimit: 'off' };
  let outbox: Outbox;
  let server: TestServer;
  let other: TestServer;

  beforeAll(async () => {
    outbox = await openOutbox();
    const both = { clock, settings: { ...settings, outboxDir: outbox.folder } };
    server = await serverWithPeople(database, both);
    const { databaseUrl, dataDir } = server.config;
    other = await createTestServer({ ...both, dataDir, ...(databaseUrl ? { databaseUrl } : {}) });
    await server.apply({ roles: [{ name: 'Machines', members: [CLIENT.loginName] }], apps: [APP] });
    const { auth } = await signIn(server, ADA);
    await enrolAll(auth);
    await server.apply({ authentication: PROFILE });
  });
  afterAll(async () => {
    await other.close();
    await server.close();
    await outbox.remove();
  });

  /** Gives Ada one of everything that needs no browser. */
  async function enrolAll(auth: string) {
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify({ password: ADA.password, ...body }) };
      return (await server.fetch(`/api/v1/me/factors${path}`, init)).json();
    };
    await post('/questions', { questions: QUESTIONS });
    await post('/recovery-codes', {});
    for (const kind of ['SMS', 'PF']) {
      const offer = { mechanism: kind, number: '+4915112345678' };
      const { ticket } = (await post('/phone/offer', offer)) as { ticket: string };
      let sent = await outbox.next();
      while (sent.to !== offer.number) sent = await outbox.next();
      const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ ticket, code: sent.code });
      await server.fetch('/api/v1/me/factors/phone', { method: 'POST', headers, body });
    }
    await server.apply({ users: [{ loginName: ADA.loginName, totpSecret: 'JBSWY3DPEHPK3PXP' }] });
    const { user } = (await server.core.directory.subjectByLogin(server.tenant.id, ADA.loginName)) ?? {};
    const now = clock.now();
    await server.core.store.write(async (tx) => {
      const [session] = await tx.sessions.ofUser(server.tenant.id, user?.id ?? '');
      if (!session) throw new Error('no session');
      // A session that proved more than a password, so that approval there is offered.
      await tx.sessions.raise({ ...session, amr: 'UP OATH', authTime: now });
    });
  }

  const unlock = (name = ADA.loginName) => server.core.credentials.unlock(server.tenant.id, name);
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const act = (SessionId: string, MechanismId: string, Action: string) =>
    call(server, '/Security/AdvanceAuthentication', { SessionId, MechanismId, Action });

  /** Ada with the password met, and the mechanism named. */
  async function passwordMet(name: string) {
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const { envelope } = await answer(server, SessionId, mechanism(Challenges, 'UP'), ADA.password);
    expect(envelope.Result.Summary).toBe('StartNextChallenge');
    return { SessionId, id: mechanism(envelope.Result.Challenges, name) };
  }

  test.each(EVERYTHING)('%s: an empty, absent or odd answer meets nothing (advisory 33)', async (name) => {
    for (const empty of [undefined, ' ', { '': '' }]) {
      const { SessionId, id } = await passwordMet(name);
      const { response, envelope } = await answer(server, SessionId, id, empty);
      expect([response.status, envelope.success, envelope.Result.Summary]).toEqual([200, false, 'Failure']);
      expect(response.headers.getSetCookie()).toEqual([]);
      await unlock();
    }
  });

  test.each(EVERYTHING)(
    '%s: is not met by polling for what nobody did elsewhere (advisory 34)',
    async (name) => {
      const { SessionId, id } = await passwordMet(name);
      expect((await act(SessionId, id, 'Poll')).envelope.Result.Summary).toBe('OobPending');
      await act(SessionId, id, 'StartOOB');
      for (const Action of ['Poll', 'POLL'])
        expect((await act(SessionId, id, Action)).envelope.Result.Summary).toBe('OobPending');
    },
  );

  test.each(EVERYTHING)(
    '%s: comes after the password, never before or instead (L03, advisory 33)',
    async (name) => {
      const { SessionId, Challenges } = await start(server, ADA.loginName);
      const id = mechanism(Challenges, name, 1);
      const MultipleOperations = [
        { MechanismId: id, Action: 'StartOOB' },
        { MechanismId: mechanism(Challenges, 'UP'), Action: 'Answer', Answer: ADA.password },
      ];
      const body = { SessionId, MultipleOperations };
      const { envelope } = await call(server, '/Security/AdvanceAuthentication', body);
      expect(envelope.Result.Summary).toBe('Failure');
      const after = await answer(server, SessionId, mechanism(Challenges, 'UP'), ADA.password);
      expect(after.envelope.Result.Summary).toBe('Failure');
      await unlock();
    },
  );

  test('starting again, going back and a second tab drop no step (advisory 35)', async () => {
    const first = await passwordMet('OATH');
    const again = await start(server, ADA.loginName);
    expect(again.Challenges).toHaveLength(2);
    // The mechanism of the first tab does nothing in the second, nor the other way round.
    const mixed = await answer(server, again.SessionId, first.id, '000000');
    expect(mixed.envelope.Result.Summary).toBe('Failure');
    const up = mechanism(again.Challenges, 'UP');
    expect((await answer(server, first.SessionId, up, ADA.password)).envelope.success).toBe(false);
    // Half a login is no session anywhere.
    const half = await passwordMet('OATH');
    const { response } = await call(
      server,
      '/security/whoami',
      {},
      { cookie: `.ASPXAUTH=${half.SessionId}` },
    );
    expect(response.status).toBe(401);
    const bearer = { authorization: `Bearer ${half.SessionId}` };
    expect((await call(server, '/security/whoami', {}, bearer)).response.status).toBe(401);
    await unlock();
  });

  /** Every way to try a secret for a name; the last one asks who the client is. */
  function doorsFor(name: string, headers: Record<string, string>): Door[] {
    return [
      async (at, secret) => {
        const { SessionId, Challenges } = await start(at, name, headers);
        return answer(at, SessionId, mechanism(Challenges, 'UP'), secret, { headers });
      },
      (at, password) => {
        const typed = { username: name, password };
        return at.form('/login', typed, { ...headers, 'x-idap-native-client': '1' });
      },
      (at, password) => {
        const owner = { username: name, password, client_id: 'cli', scope: 'all' };
        return at.form('/oauth2/token/app', { grant_type: 'password', ...owner }, headers);
      },
      (at, client_secret) => {
        const client = { client_id: name, client_secret, scope: 'all' };
        return at.form('/oauth2/token/app', { grant_type: 'client_credentials', ...client }, headers);
      },
      (at, client_secret) => {
        const client = { client_id: name, client_secret };
        return at.form('/oauth2/introspect/app', { token: 'x', ...client }, headers);
      },
    ];
  }

  test('one gate counts page, programs, password grant and client authentication alike (advisory 27)', async () => {
    await server.apply({ authentication: NONE });
    const headers = from('192.0.2.77');
    const doors = doorsFor(CLIENT.loginName, headers);
    const hashes = countHashes([server, other]);
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => doors[i % doors.length]?.(i % 2 ? server : other, `guess ${i}`)),
    );
    expect(hashes()).toBe(5);
    // The right secret, at the right door, is refused as well while the account is slowed.
    const client = { client_id: CLIENT.loginName, client_secret: CLIENT.password, scope: 'all' };
    const right = { grant_type: 'client_credentials', ...client };
    expect((await server.form('/oauth2/token/app', right, headers)).status).toBe(401);
    await unlock(CLIENT.loginName);
    expect((await server.form('/oauth2/token/app', right, headers)).status).toBe(200);
    await server.apply({ authentication: PROFILE });
  }, 60_000);

  test('every door spends exactly one hash on an attempt, whoever is named (L07)', async () => {
    await server.apply({ authentication: NONE });
    const off = { loginName: 'off@acme.test', email: 'off@acme.test', displayName: 'Off', enabled: false };
    await server.apply({ users: [{ ...off, password: ADA.password }] });
    const names = [ADA.loginName, CLIENT.loginName, off.loginName, 'nobody@acme.test', 'nobody'];
    for (const [i, name] of names.entries()) {
      const doors = doorsFor(name, from(`192.0.2.${100 + i}`)).slice(0, 4);
      for (const [d, tryDoor] of doors.entries()) {
        const hashes = countHashes([server]);
        await tryDoor(server, 'not the secret');
        expect(hashes(), `door ${d} for ${name}`).toBe(1);
      }
      await unlock(name);
    }
    await server.apply({ authentication: PROFILE });
  });

  test('60 parallel codes over two servers are at most five evaluated ones (advisories 25, 26, 27)', async () => {
    const headers = from('192.0.2.78');
    const begun = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const at = i % 2 ? server : other;
        const { SessionId, Challenges } = await start(at, ADA.loginName, headers);
        const up = mechanism(Challenges, 'UP');
        await answer(at, SessionId, up, ADA.password, { headers });
        return { at, SessionId, id: mechanism(Challenges, i % 4 < 2 ? 'OATH' : 'RECOVERY', 1) };
      }),
    );
    await Promise.all(
      begun.map(({ at, SessionId, id }, i) => answer(at, SessionId, id, `00000${i % 10}`, { headers })),
    );
    const key = { tenantId: server.tenant.id, loginKey: ADA.loginName, source: '192.0.2.78' };
    const row = await server.core.store.read.attempts.find(key);
    expect([row?.failures, row?.pending]).toEqual([5, 0]);
    await unlock();
  }, 60_000);

  test('a name is one account with all its spellings (advisories 28, 50)', async () => {
    await server.apply({ authentication: NONE });
    const before = await server.core.store.read.users.page(server.tenant.id, { limit: 100 });
    for (const spelling of SPELLINGS) {
      expect((await start(server, spelling)).Challenges, spelling).toHaveLength(2);
      const twin = { loginName: spelling.trim(), email: 'x@acme.test', displayName: 'Twin' };
      await server.apply({ users: [twin] }).catch(() => undefined);
    }
    const after = await server.core.store.read.users.page(server.tenant.id, { limit: 100 });
    expect(after.items.length).toBe(before.items.length);
    await server.apply({ authentication: PROFILE });
  });

  test('a disabled user, and one whose password has expired, gets nothing by any grant (advisory 37)', async () => {
    await server.apply({ authentication: NONE });
    const eve = { loginName: 'eve@acme.test', password: 'ten owls on one branch' };
    await server.apply({ users: [{ ...eve, email: 'eve@acme.test', displayName: 'Eve' }] });
    const owner = { username: eve.loginName, password: eve.password, client_id: 'cli', scope: 'all' };
    const byPassword = () => server.form('/oauth2/token/app', { grant_type: 'password', ...owner });
    const first = await byPassword();
    expect(first.status).toBe(200);
    const { refresh_token } = (await first.json()) as { refresh_token: string };
    const refresh = (token: string) =>
      server.form('/oauth2/token/app', {
        ...{ grant_type: 'refresh_token', client_id: 'cli', refresh_token: token },
      });
    await server.apply({ users: [{ loginName: eve.loginName, enabled: false }] });
    expect((await byPassword()).status).toBe(400);
    expect((await refresh(refresh_token)).status).toBe(400);
    await server.apply({ users: [{ loginName: eve.loginName, enabled: true }] });
    await server.apply({ tenant: { passwords: { expireAfter: '1d', remembered: 0 } } });
    clock.advance(86_400_001);
    expect((await byPassword()).status).toBe(400);
    await server.apply({ tenant: { passwords: { expireAfter: 'never', remembered: 0 } } });
    expect((await byPassword()).status).toBe(200);
    await server.apply({ authentication: PROFILE });
  });
});

/** Counts the hashes that servers spend from here on. */
function countHashes(servers: TestServer[]): () => number {
  let count = 0;
  for (const { core } of servers) {
    const { verify, waste } = core.passwords;
    core.passwords.verify = (...args) => {
      count++;
      return verify(...args);
    };
    core.passwords.waste = () => {
      count++;
      return waste();
    };
  }
  return () => count;
}
