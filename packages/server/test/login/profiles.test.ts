/** Authentication profiles: which rule chooses, and that no way leads around the profile. Lessons 33 to 36 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { ADMIN, type TestServer } from '../support/server.js';
import {
  ADA,
  answer,
  BOB,
  CLIENT,
  call,
  codeAt,
  mechanism,
  serverWithPeople,
  sessionCookie,
  signIn,
  start,
  tryPassword,
  whoami,
} from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const REDIRECT = 'http://127.0.0.1/cb';
const APPS = {
  apps: ['plain', 'guarded'].map((applicationId) => ({
    applicationId,
    name: applicationId,
    generalUsage: { redirects: [REDIRECT] },
    tokens: { authMethods: ['authCode', 'resourceOwner'], issueRefreshTokens: true, type: 'opaque' },
    scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
    userAccess: { roles: ['Everybody'] },
  })),
};
const profiles = [
  { name: 'Password', challenges: [['UP']] },
  { name: 'Two', challenges: [['UP'], ['OATH', 'EMAIL']] },
];
const NONE = { authentication: { profiles: [], rules: [] } };
const GUARDED = { authentication: { profiles, rules: [{ apps: ['guarded'], profile: 'Two' }] } };

describeOnEveryDatabase('authentication profiles', (database) => {
  const clock = createTestClock();
  let server: TestServer;
  let outbox: Outbox;

  beforeAll(async () => {
    outbox = await openOutbox();
    server = await serverWithPeople(database, { clock, settings: { outboxDir: outbox.folder } });
    await server.apply(APPS);
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  async function offered(user: string, headers: Record<string, string> = {}, body: object = {}) {
    const { envelope } = await call(
      server,
      '/Security/StartAuthentication',
      { User: user, Version: '1.0', ...body },
      headers,
    );
    return envelope.Result.Challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name));
  }

  function authorize(app: string, cookie: string, more: Record<string, string> = {}) {
    const query = new URLSearchParams({
      ...{ client_id: 'cli', redirect_uri: REDIRECT, response_type: 'code', scope: 'all' },
      ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256', ...more },
    });
    return server.fetch(`/oauth2/authorize/${app}?${query}`, { headers: { cookie } });
  }
  const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '', server.url);

  function redeem(app: string, code: string) {
    const fields = { grant_type: 'authorization_code', client_id: 'cli', redirect_uri: REDIRECT, code };
    return server.form(`/oauth2/token/${app}`, { ...fields, code_verifier: VERIFIER });
  }
  function refresh(app: string, token: string) {
    const fields = { grant_type: 'refresh_token', client_id: 'cli', refresh_token: token };
    return server.form(`/oauth2/token/${app}`, fields);
  }
  function password(app: string, user: { loginName: string; password: string }) {
    const fields = { grant_type: 'password', client_id: 'cli', scope: 'all' };
    const owner = { username: user.loginName, password: user.password };
    return server.form(`/oauth2/token/${app}`, { ...fields, ...owner });
  }

  test('the first rule that fits chooses: role, app and network', async () => {
    await server.apply({
      roles: [{ name: 'Careful', members: [ADA.loginName] }],
      authentication: {
        profiles,
        rules: [
          { roles: ['Careful'], networks: ['192.0.2.0/24'], profile: 'Password' },
          { roles: ['Careful'], networks: ['127.0.0.0/8', '::1'], profile: 'Two' },
          { apps: ['guarded'], profile: 'Two' },
          { profile: 'Password' },
        ],
      },
    });
    expect(await offered(ADA.loginName)).toEqual([['UP'], ['EMAIL']]);
    expect(await offered('nobody@acme.test')).toEqual([['UP']]);
    expect(await offered('nobody@acme.test', {}, { ApplicationId: 'GUARDED' })).toEqual([['UP'], ['EMAIL']]);
    expect(await offered(BOB.loginName)).toEqual([['UP']]);
    await server.apply(NONE);
    expect(await offered(BOB.loginName)).toEqual([['UP'], ['OATH']]);
  });

  test('a rule follows a role and an app that are renamed, and goes with them', async () => {
    await server.apply({
      roles: [{ name: 'Old name', members: [ADA.loginName] }],
      authentication: { profiles, rules: [{ roles: ['Old name'], profile: 'Two' }] },
    });
    const read = server.core.store.read.roles;
    const role = await read.findByNameKey(server.tenant.id, 'old name');
    if (!role) throw new Error('no role');
    await server.core.changeLog.record(server.tenant.id, server.operator, (recorder) =>
      recorder.updateRole(role, { ...role, name: 'New name', version: role.version + 1 }),
    );
    expect(await offered(ADA.loginName)).toEqual([['UP'], ['EMAIL']]);
    const { authentication } = await server.core.admin.declarations.export(server.tenant, server.operator);
    expect(authentication?.rules).toEqual([
      { roles: ['New name'], apps: [], networks: [], device: 'any', profile: 'Two' },
    ]);
    await server.core.changeLog.record(server.tenant.id, server.operator, (recorder) =>
      recorder.deleteRole({ ...role, name: 'New name' }),
    );
    const after = await server.core.admin.declarations.export(server.tenant, server.operator);
    expect(after.authentication?.rules).toEqual([]);
    expect(await offered('nobody@acme.test')).toEqual([['UP']]);
    await server.apply(NONE);
  });

  test('a profile or rule that means nothing is refused with its path, and changes are logged', async () => {
    const bad = {
      authentication: {
        profiles: [{ name: 'Twice', challenges: [['UP'], ['UP']] }],
        rules: [{ roles: ['Nobody'], apps: ['none'], profile: 'Missing' }],
      },
    };
    await expect(server.apply(bad)).rejects.toMatchObject({
      faults: [
        { field: 'authentication.profiles.0.challenges' },
        { field: 'authentication.rules.0.profile' },
        { field: 'authentication.rules.0.roles.0' },
        { field: 'authentication.rules.0.apps.0' },
      ],
    });
    await expect(
      server.apply({ authentication: { rules: [{ networks: ['10.0.0.0/99'], profile: 'x' }] } }),
    ).rejects.toMatchObject({ faults: [{ field: 'authentication.rules.0.networks.0' }] });
    await server.apply(GUARDED);
    const { items } = await server.core.store.read.changes.page(server.tenant.id, { limit: 1 });
    expect(items[0]?.fields.map(({ field }) => field)).toEqual([
      'authentication.profiles',
      'authentication.rules',
    ]);
    const again = await server.core.admin.declarations.apply(server.tenant, server.operator, GUARDED, {
      dryRun: false,
      prune: false,
    });
    expect(again.changes).toEqual([]);
  });

  test('a session that met less is asked for the rest, raised under a new cookie, and then served', async () => {
    await server.apply(GUARDED);
    const { cookie } = await signIn(server, ADA);
    expect(locationOf(await authorize('plain', cookie)).searchParams.has('code')).toBe(true);
    const silent = locationOf(await authorize('guarded', cookie, { prompt: 'none' }));
    expect(silent.searchParams.get('error')).toBe('login_required');
    const toLogin = locationOf(await authorize('guarded', cookie));
    expect(toLogin.pathname).toBe('/login');
    expect(toLogin.searchParams.get('prompt')).toBe('step-up');
    const page = await server.fetch(toLogin.pathname + toLogin.search, { headers: { cookie } });
    const html = await page.text();
    expect(html).toContain('s*****@acme.test');
    expect(html).not.toContain('name="password"');
    const message = await outbox.next();
    const hidden = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const fields = Object.fromEntries(
      hidden.map(([, name, value]) => [name ?? '', (value ?? '').replaceAll('&amp;', '&')]),
    );
    const browser = page.headers.getSetCookie().map((line) => line.split(';')[0]);
    const headers = { cookie: [cookie, ...browser].join('; ') };
    const done = await server.form('/login', { ...fields, answer: message.code ?? '' }, headers);
    expect(done.status).toBe(303);
    const raised = sessionCookie(done);
    expect(raised).not.toBe(cookie);
    expect(await whoami(server, { cookie })).toBeNull();
    const back = locationOf(done);
    const served = await server.fetch(back.pathname + back.search, { headers: { cookie: raised } });
    const code = locationOf(served).searchParams.get('code') ?? '';
    expect((await redeem('guarded', code)).status).toBe(200);
  });

  test('a rule made between code and token, or between two refreshes, counts (advisory 36)', async () => {
    await server.apply(NONE);
    const { cookie } = await signIn(server, ADA);
    const codeFor = async () => locationOf(await authorize('guarded', cookie)).searchParams.get('code') ?? '';
    const [first, second] = [await codeFor(), await codeFor()];
    const issued = (await (await redeem('guarded', first)).json()) as { refresh_token: string };
    await server.apply(GUARDED);
    const late = await redeem('guarded', second);
    expect([late.status, await late.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
    expect((await refresh('guarded', issued.refresh_token)).status).toBe(400);
    await server.apply(NONE);
    expect((await refresh('guarded', issued.refresh_token)).status).toBe(200);
  });

  test('the password grant obeys the profile of its app', async () => {
    await server.apply(GUARDED);
    expect((await password('plain', ADA)).status).toBe(200);
    expect((await password('guarded', ADA)).status).toBe(400);
    await server.apply({ authentication: { profiles, rules: [{ apps: ['plain'], profile: 'Password' }] } });
    expect((await password('plain', BOB)).status).toBe(200);
    expect((await password('guarded', BOB)).status).toBe(400);
    await server.apply(NONE);
  });

  test('a factor enrolled after the sign-in is asked for before the next code', async () => {
    await server.apply(NONE);
    const { cookie } = await signIn(server, ADA);
    await server.apply({ users: [{ loginName: ADA.loginName, totpSecret: 'JBSWY3DPEHPK3PXP' }] });
    expect(locationOf(await authorize('plain', cookie)).searchParams.get('prompt')).toBe('step-up');
    const { user } = (await server.core.directory.subjectByLogin(server.tenant.id, ADA.loginName)) ?? {};
    if (!user) throw new Error('no user');
    const [factor] = await server.core.store.read.users.factors(user.tenantId, user.id);
    if (!factor) throw new Error('no factor');
    await server.core.changeLog.record(user.tenantId, server.operator, (recorder) =>
      recorder.removeFactor(user, factor),
    );
    expect(locationOf(await authorize('plain', cookie)).searchParams.has('code')).toBe(true);
  });

  test('a rule made during a login is asked for at its end', async () => {
    await server.apply(NONE);
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    await server.apply({ authentication: { profiles, rules: [{ profile: 'Two' }] } });
    const { envelope, response } = await answer(server, SessionId, mechanism(Challenges, 'UP'), ADA.password);
    expect(envelope.Result.Summary).toBe('NewPackage');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(envelope.Result.Challenges[0]?.Mechanisms.map(({ Name }) => Name)).toEqual(['EMAIL']);
    await server.apply(NONE);
  });

  test('acr_values asks for a profile by name; one that nobody made asks for nothing', async () => {
    await server.apply({ authentication: { profiles, rules: [] } });
    const { cookie } = await signIn(server, ADA);
    const asked = locationOf(await authorize('plain', cookie, { acr_values: 'Two' }));
    expect(asked.searchParams.get('prompt')).toBe('step-up');
    const unknown = locationOf(await authorize('plain', cookie, { acr_values: 'Three' }));
    expect(unknown.searchParams.has('code')).toBe(true);
  });

  test('ChallengeUser and StartChallenge raise the session by the same dance, and only that session', async () => {
    await server.apply({ authentication: { profiles, rules: [{ profile: 'Password' }] } });
    const bob = await signIn(server, BOB);
    const ada = await signIn(server, ADA);
    const as = ({ auth }: { auth: string }) => ({ authorization: `Bearer ${auth}` });
    const profileName = { profileName: 'Two' };
    const due = await call(server, '/Security/ChallengeUser', profileName, as(bob));
    expect(due.envelope.success).toBe(false);
    const ChallengeStateId = String(due.envelope.Result.ChallengeId);
    const stolen = await call(server, '/Security/StartChallenge', { ChallengeStateId }, as(ada));
    expect(stolen.envelope.success).toBe(false);
    const begun = await call(server, '/Security/StartChallenge', { ChallengeStateId }, as(bob));
    const { SessionId, Challenges } = begun.envelope.Result;
    expect(Challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name))).toEqual([
      ['OATH', 'EMAIL'],
    ]);
    clock.advance(30_000);
    const done = await answer(server, SessionId, mechanism(Challenges, 'OATH'), codeAt(clock.now()));
    expect(done.envelope.Result).toMatchObject({ Summary: 'LoginSuccess', AuthLevel: 'High' });
    expect(await whoami(server, as(bob))).toBeNull();
    const raised = as({ auth: done.envelope.Result.Auth });
    expect((await call(server, '/Security/ChallengeUser', profileName, raised)).envelope.success).toBe(true);
    expect(
      (await call(server, '/Security/ChallengeUser', { profileName: 'None' }, raised)).envelope.success,
    ).toBe(false);
    const token = (await (await password('plain', ADA)).json()) as { access_token: string };
    const byToken = await call(
      server,
      '/Security/ChallengeUser',
      profileName,
      as({ auth: token.access_token }),
    );
    expect(byToken.response.status).toBe(403);
  });

  test('OnDemandChallenge proves a user to an administrator or a program, and signs nobody in', async () => {
    const [plain] = APPS.apps;
    await server.apply({
      authentication: { profiles, rules: [{ profile: 'Password' }] },
      roles: [{ name: 'Programs', members: [CLIENT.loginName] }],
      apps: [
        {
          ...{ ...plain, applicationId: 'machine', name: 'machine' },
          ...{ tokens: { authMethods: ['clientCreds'] }, userAccess: { roles: ['Programs'] } },
        },
      ],
    });
    const as = (token: string) => ({ authorization: `Bearer ${token}` });
    const challenge = { User: BOB.loginName, profileName: 'Two' };
    const demand = (token: string, body: object = challenge) =>
      call(server, '/Security/OnDemandChallenge', body, as(token));
    const issued = async (response: Response) =>
      ((await response.json()) as { access_token: string }).access_token;
    const program = await issued(
      await server.form('/oauth2/token/machine', {
        grant_type: 'client_credentials',
        client_id: CLIENT.loginName,
        client_secret: CLIENT.password,
        scope: 'all',
      }),
    );
    expect((await call(server, '/Security/OnDemandChallenge', challenge)).response.status).toBe(401);
    expect((await demand(program)).envelope).toMatchObject({
      success: false,
      Message: expect.stringContaining('You are not authorized'),
    });
    await server.apply({
      roles: [{ name: 'Desk', members: [CLIENT.loginName, ADA.loginName], rights: ['User Management'] }],
    });
    expect((await demand(await issued(await password('plain', ADA)))).response.status).toBe(403);
    for (const wrong of [{ User: 'nobody@acme.test' }, { ...challenge, profileName: 'None' }, {}])
      expect((await demand(program, wrong)).envelope.success).toBe(false);

    const { SessionId, Challenges } = (await demand(program)).envelope.Result;
    const advance = (id: string, Answer: string, headers: Record<string, string>) =>
      call(
        server,
        '/Security/AdvanceAuthentication',
        { SessionId, MechanismId: id, Action: 'Answer', Answer },
        headers,
      );
    const next = await advance(mechanism(Challenges, 'UP'), BOB.password, as(program));
    expect(next.envelope.Result.Summary).toBe('StartNextChallenge');
    clock.advance(30_000);
    const code = codeAt(clock.now());
    const done = await advance(mechanism(Challenges, 'OATH', 1), code, as(program));
    expect(done.envelope.Result).toMatchObject({
      ...{ Summary: 'LoginSuccess', User: BOB.loginName, AuthLevel: 'High', Auth: null },
    });
    expect(done.response.headers.getSetCookie().join()).not.toContain('.ASPXAUTH');
    expect((await advance(mechanism(Challenges, 'UP'), BOB.password, {})).envelope.success).toBe(false);

    const guessed = (await demand(program)).envelope.Result;
    const body = { SessionId: guessed.SessionId, MechanismId: mechanism(guessed.Challenges, 'UP') };
    const wrong = { ...body, Action: 'Answer', Answer: 'a guess' };
    const failed = await call(server, '/Security/AdvanceAuthentication', wrong, as(program));
    expect(failed.envelope.Result.Summary).toBe('Failure');
    const signIns = await start(server, BOB.loginName);
    const own = { SessionId: signIns.SessionId, MechanismId: mechanism(signIns.Challenges, 'UP') };
    for (const foreign of [own, { MechanismId: own.MechanismId }, { ...own, SessionId: 'no such' }, {}])
      expect(
        (await call(server, '/Security/AdvanceAuthentication', foreign, as(program))).response.status,
      ).toBe(403);
  });

  test('an OnDemandChallenge is met once, by no page, and the audit log names who asked', async () => {
    await server.apply({ authentication: { profiles, rules: [{ profile: 'Password' }] } });
    const admin = await signIn(server, { loginName: ADMIN.user, password: ADMIN.password });
    const as = { authorization: `Bearer ${admin.auth}` };
    const challenge = { User: BOB.loginName, profileName: 'Password' };
    const demanded = await call(server, '/Security/OnDemandChallenge', challenge, as);
    const { SessionId, Challenges } = demanded.envelope.Result;
    const page = await server.form('/login', { session: SessionId }, { 'x-centrify-native-client': '1' });
    expect(await page.text()).not.toContain(Challenges[0]?.Mechanisms[0]?.MechanismId);
    const id = mechanism(Challenges, 'UP');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => answer(server, SessionId, id, BOB.password)),
    );
    expect(answers.filter(({ envelope }) => envelope.Result.Summary === 'LoginSuccess')).toHaveLength(1);
    const { items } = await server.core.store.read.events.page(server.tenant.id, {
      ...{ limit: 5, types: ['login.challenge'] },
    });
    expect(items[0]).toMatchObject({ userName: BOB.loginName, clientId: ADMIN.user, detail: 'UP' });
  });

  test.each(['/Security/OobAuthStatus', '/Security/StartSocialAuthentication'])(
    '%s says that nobody signs in by another provider, whatever it is sent',
    async (path) => {
      for (const body of [{}, [], { SessionId: {} }, { IdpName: 'Google', PostExtIdpAuthCallbackUrl: 'x' }])
        expect(await call(server, path, body)).toMatchObject({
          response: { status: 200 },
          envelope: { success: false, Message: expect.stringContaining('another identity provider') },
        });
    },
  );

  test('OnDemandChallenge answers garbage with a reason', async () => {
    const admin = await signIn(server, { loginName: ADMIN.user, password: ADMIN.password });
    const as = { authorization: `Bearer ${admin.auth}` };
    for (const body of [[], { User: {} }, { User: 7, profileName: [] }, { User: 'x'.repeat(5000) }])
      expect(await call(server, '/Security/OnDemandChallenge', body, as)).toMatchObject({
        response: { status: 200 },
        envelope: { success: false, Message: expect.stringMatching(/./) },
      });
  });

  test('approval elsewhere needs the number, and a session that itself proved more (OTP)', async () => {
    await server.apply({
      authentication: {
        profiles: [...profiles, { name: 'Elsewhere', challenges: [['UP'], ['OATH', 'OTP']] }],
        rules: [{ profile: 'Elsewhere' }],
      },
    });
    const context = { tenant: server.tenant, source: '127.0.0.1', userAgent: '', correlationId: 'x' };
    const bob = await server.core.directory.subjectByLogin(server.tenant.id, BOB.loginName);
    const everywhere = await server.core.sessions.endingAll(context, bob?.user.id ?? '');
    await server.core.store.write(everywhere.write);
    expect(await offered(BOB.loginName)).toEqual([['UP'], ['OATH']]);
    clock.advance(30_000);
    const first = await start(server, BOB.loginName);
    await answer(server, first.SessionId, mechanism(first.Challenges, 'UP'), BOB.password);
    const id = mechanism(first.Challenges, 'OATH', 1);
    const signedIn = await answer(server, first.SessionId, id, codeAt(clock.now()));
    const cookie = sessionCookie(signedIn.response);
    const begin = async () => {
      const { SessionId, Challenges } = await start(server, BOB.loginName);
      await answer(server, SessionId, mechanism(Challenges, 'UP'), BOB.password);
      const MechanismId = mechanism(Challenges, 'OTP', 1);
      const act = async (Action: string) =>
        (await call(server, '/Security/AdvanceAuthentication', { SessionId, MechanismId, Action })).envelope
          .Result;
      const number = String((await act('StartOOB')).GeneratedAuthValue);
      const reply = async (text: string) =>
        (await answer(server, SessionId, MechanismId, text)).envelope.Result;
      return { act, number, reply };
    };
    const approve = async (number: string) => {
      const page = await server.fetch('/login/approvals', { headers: { cookie } });
      const html = await page.text();
      const value = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? '';
      const browser = page.headers.getSetCookie().map((line) => line.split(';')[0]);
      const fields = { form_token: value('form_token'), id: value('id'), number, decision: 'approve' };
      return server.form('/login/approvals', fields, { cookie: [cookie, ...browser].join('; ') });
    };
    const one = await begin();
    expect(one.number).toMatch(/^\d{2}$/);
    expect((await one.act('Poll')).Summary).toBe('OobPending');
    await approve(one.number);
    expect((await one.act('Poll')).Summary).toBe('LoginSuccess');
    const typed = await begin();
    const page = await (await server.fetch('/login/approvals', { headers: { cookie } })).text();
    const code = /type this code there: (\d{6})/.exec(page)?.[1] ?? '';
    expect((await typed.reply(code)).Summary).toBe('LoginSuccess');
    const guessed = await begin();
    expect((await guessed.reply(code)).Summary).toBe('Failure');
    const other = await begin();
    await approve(other.number === '10' ? '11' : '10');
    expect((await other.act('Poll')).Summary).toBe('Failure');

    await server.apply({ authentication: { profiles, rules: [{ profile: 'Password' }] } });
    const weak = await tryPassword(server, BOB.loginName, BOB.password);
    const session = await server.core.sessions.byCookie(
      context,
      sessionCookie(weak.response).split('=')[1] ?? '',
    );
    if (!session) throw new Error('no session');
    expect(await server.core.approvals.waitingFor(context, session)).toEqual([]);
    await server.apply(NONE);
  });
});
