/** `/Security/StartAuthentication` and `/Security/AdvanceAuthentication` over bare HTTP. protocol 2 and 3 */
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
  start,
  tryPassword,
  whoami,
} from './dance.js';

const FAILED =
  'Authentication (login or challenge) has failed. Please try again or contact your system administrator.';
const ENVELOPE_KEYS = [
  'success',
  'Result',
  'Message',
  'MessageID',
  'Exception',
  'ErrorID',
  'ErrorCode',
  'IsSoftError',
  'InnerExceptions',
];

describeOnEveryDatabase('sign-in by the vendor’s calls', (database) => {
  const clock = createTestClock();
  let server: TestServer;

  beforeAll(async () => {
    server = await serverWithPeople(database, { clock });
  });
  afterAll(() => server.close());

  /** A code that Bob's app has not shown before. */
  function nextCode(): string {
    clock.advance(30_000);
    return codeAt(clock.now());
  }

  async function passwordStep(user: { loginName: string; password: string }) {
    const started = await start(server, user.loginName);
    const { envelope } = await answer(
      server,
      started.SessionId,
      mechanism(started.Challenges, 'UP'),
      user.password,
    );
    return { started, result: envelope.Result };
  }

  test('StartAuthentication answers with the vendor’s fields and one password mechanism', async () => {
    const { response, envelope } = await call(server, '/security/startauthentication/', {
      User: ADA.loginName,
      Version: '1.0',
      TenantId: 'https://elsewhere.test',
    });
    expect(Object.keys(envelope)).toEqual(ENVELOPE_KEYS);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(envelope).toMatchObject({
      success: true,
      Message: null,
      IsSoftError: false,
      InnerExceptions: null,
    });
    const { Challenges, SessionId, ...rest } = envelope.Result;
    expect(SessionId).toMatch(/^[\w-]{43}$/);
    expect(rest).toEqual({
      ClientHints: {
        PersistDefault: false,
        AllowPersist: true,
        AllowForgotPassword: false,
        EndpointAuthenticationEnabled: false,
      },
      Version: '1.0',
      EventDescription: null,
      RetryWaitingTime: 0,
      SecurityImageName: null,
      AllowLoginMfaCache: false,
      Summary: 'NewPackage',
      TenantId: server.tenant.code,
    });
    expect(Challenges).toHaveLength(1);
    expect(Challenges[0]?.Mechanisms).toEqual([
      {
        AnswerType: 'Text',
        Name: 'UP',
        PromptMechChosen: 'Password',
        PromptSelectMech: 'Password',
        MechanismId: expect.stringMatching(/^[\w-]{20,}$/),
        Enrolled: true,
      },
    ]);
  });

  test('the right password is a LoginSuccess with cookie, second handle and who it is', async () => {
    const { response, envelope } = await tryPassword(server, 'ADA@ACME.TEST', ADA.password);
    expect(envelope.success).toBe(true);
    expect(envelope.Result).toMatchObject({
      Summary: 'LoginSuccess',
      AuthLevel: 'Normal',
      DisplayName: 'Ada Lovelace',
      User: ADA.loginName,
      UserDirectory: 'CDS',
      SourceDsType: 'CDS',
      CustomerID: server.tenant.code,
      PodFqdn: new URL(server.url).host,
    });
    expect(envelope.Result).not.toHaveProperty('Token');
    const line = response.headers.getSetCookie().find((set) => set.startsWith('.ASPXAUTH='));
    expect(line).toMatch(/^\.ASPXAUTH=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(sessionCookie(response)).not.toContain(envelope.Result.Auth);
    expect(await whoami(server, { cookie: sessionCookie(response) })).toBe(ADA.loginName);
    expect(await whoami(server, { authorization: `Bearer ${envelope.Result.Auth}` })).toBe(ADA.loginName);
  });

  test('only PersistentLogin, also as a string, gives the cookie an end', async () => {
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const body = { PersistentLogin: 'True' };
    const { response } = await answer(server, SessionId, mechanism(Challenges, 'UP'), ADA.password, { body });
    const expires = /Expires=([^;]+)/.exec(response.headers.getSetCookie().join())?.[1] ?? '';
    const { absolute } = server.tenant.sessions;
    expect(Math.abs(Date.parse(expires) - clock.now() - absolute * 1000)).toBeLessThan(1_000);
  });

  test('a new sign-in is a new session, whatever cookie was planted (L02)', async () => {
    const planted = `.ASPXAUTH=${'A'.repeat(43)}`;
    const { response } = await tryPassword(server, ADA.loginName, ADA.password, { cookie: planted });
    expect(sessionCookie(response)).not.toBe(planted);
    expect(await whoami(server, { cookie: planted })).toBeNull();
    const again = await tryPassword(server, ADA.loginName, ADA.password);
    expect(sessionCookie(again.response)).not.toBe(sessionCookie(response));
  });

  test('a wrong password fails with the vendor’s text, and voids the package', async () => {
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const id = mechanism(Challenges, 'UP');
    const { response, envelope } = await answer(server, SessionId, id, 'wrong');
    expect(response.status).toBe(200);
    expect(envelope).toMatchObject({ success: false, Message: FAILED, Result: { Summary: 'Failure' } });
    const after = await answer(server, SessionId, id, ADA.password);
    expect(after.envelope).toMatchObject({ success: false, Message: FAILED });
    expect(after.response.headers.getSetCookie()).toEqual([]);
  });

  test('unknown, disabled and confidential-client users answer exactly as a wrong password does (L07, L14)', async () => {
    await server.apply({
      users: [
        { ...ADA, loginName: 'gone@acme.test', email: 'g@acme.test', displayName: 'Gone', enabled: false },
      ],
    });
    const shape = async (user: string, password: string) => {
      const { SessionId, Challenges, ...rest } = await start(server, user);
      const names = Challenges.map(({ Mechanisms }) =>
        Mechanisms.map(({ MechanismId, ...more }) => ({ ...more, length: MechanismId.length })),
      );
      const { response, envelope } = await answer(server, SessionId, mechanism(Challenges, 'UP'), password);
      const { ErrorID, ...said } = envelope;
      return { rest, names, length: SessionId.length, status: response.status, said };
    };
    const wrong = await shape(ADA.loginName, 'wrong');
    expect(await shape('nobody@acme.test', 'wrong')).toEqual(wrong);
    expect(await shape('nobody at all', '')).toEqual(wrong);
    expect(await shape('gone@acme.test', ADA.password)).toEqual(wrong);
    expect(await shape(CLIENT.loginName, CLIENT.password)).toEqual(wrong);
  });

  test('an answer is not taken twice (L05)', async () => {
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const id = mechanism(Challenges, 'UP');
    const both = await Promise.all([1, 2].map(() => answer(server, SessionId, id, ADA.password)));
    const summaries = both.map(({ envelope }) => envelope.Result.Summary).sort();
    expect(summaries).toEqual(['Failure', 'LoginSuccess']);
    const { envelope } = await answer(server, SessionId, id, ADA.password);
    expect(envelope.Result.Summary).toBe('Failure');
  });

  test('a second factor is asked for after the password and shows nothing of itself before', async () => {
    const { started, result } = await passwordStep(BOB);
    expect(started.Challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name))).toEqual([
      ['UP'],
      ['OATH'],
    ]);
    expect(JSON.stringify(started)).not.toMatch(/Partial|Masked|Question/);
    expect(result).toMatchObject({ Summary: 'StartNextChallenge', SessionId: started.SessionId });
    expect(result.Challenges).toEqual(started.Challenges.slice(1));
    const code = nextCode();
    const done = await answer(server, started.SessionId, mechanism(result.Challenges, 'OATH'), code);
    expect(done.envelope.Result).toMatchObject({ Summary: 'LoginSuccess', AuthLevel: 'High' });

    const replay = await passwordStep(BOB);
    const id = mechanism(replay.result.Challenges, 'OATH');
    const again = await answer(server, replay.started.SessionId, id, code);
    expect(again.envelope.Result.Summary).toBe('Failure');
  });

  test('L06: a code two steps old opens nothing', async () => {
    nextCode();
    const { started, result } = await passwordStep(BOB);
    const id = mechanism(result.Challenges, 'OATH');
    const old = await answer(server, started.SessionId, id, codeAt(clock.now() - 60_000));
    expect(old.envelope.Result.Summary).toBe('Failure');
  });

  test('the second challenge cannot be answered first (L03)', async () => {
    const { SessionId, Challenges } = await start(server, BOB.loginName);
    const code = nextCode();
    const { envelope, response } = await answer(server, SessionId, mechanism(Challenges, 'OATH', 1), code);
    expect(envelope.Result.Summary).toBe('Failure');
    expect(response.headers.getSetCookie()).toEqual([]);
    const after = await answer(server, SessionId, mechanism(Challenges, 'UP'), BOB.password);
    expect(after.envelope.Result.Summary).toBe('Failure');
  });

  test('a mechanism or session of another login is refused (L04)', async () => {
    const [ada, bob] = [await start(server, ADA.loginName), await start(server, BOB.loginName)];
    const foreign = await answer(server, bob.SessionId, mechanism(ada.Challenges, 'UP'), BOB.password);
    expect(foreign.envelope.Result.Summary).toBe('Failure');
    const unknown = await answer(server, 'x'.repeat(43), mechanism(ada.Challenges, 'UP'), ADA.password);
    expect(unknown.envelope.Result.Summary).toBe('Failure');
  });

  test.each([
    ['nothing', undefined],
    ['an empty string', ''],
    ['an object', { a: 1 }],
    ['a list', [BOB.password]],
    ['null', null],
  ])('a challenge is not met by %s (L09, advisory 33)', async (_title, empty) => {
    const { SessionId, Challenges } = await start(server, BOB.loginName);
    const { response, envelope } = await answer(server, SessionId, mechanism(Challenges, 'UP'), empty);
    expect(response.status).toBe(200);
    expect(envelope).toMatchObject({ success: false, Result: { Summary: 'Failure' } });
    await server.core.credentials.unlock(server.tenant.id, BOB.loginName);
  });

  test('a code mechanism may be started and polled before it is answered, without progress', async () => {
    const { started, result } = await passwordStep(BOB);
    const id = mechanism(result.Challenges, 'OATH');
    for (const Action of ['StartOOB', 'poll', 'RetryOOB']) {
      const body = { SessionId: started.SessionId, MechanismId: id, Action, Answer: '' };
      const { envelope } = await call(server, '/Security/AdvanceAuthentication', body);
      expect(envelope).toMatchObject({ success: true, Result: { Summary: 'OobPending' } });
    }
    const early = {
      SessionId: (await start(server, BOB.loginName)).SessionId,
      MechanismId: id,
      Action: 'Poll',
    };
    const { envelope } = await call(server, '/Security/AdvanceAuthentication', early);
    expect(envelope.Result.Summary).toBe('Failure');
  });

  test('MultipleOperations answers one mechanism and starts the next in one call', async () => {
    const { SessionId, Challenges } = await start(server, BOB.loginName);
    const MultipleOperations = [
      { MechanismId: mechanism(Challenges, 'UP'), Action: 'Answer', Answer: BOB.password },
      { MechanismId: mechanism(Challenges, 'OATH', 1), Action: 'StartOOB' },
    ];
    const { envelope } = await call(server, '/Security/AdvanceAuthentication', {
      SessionId,
      MultipleOperations,
    });
    expect(envelope.Result.Summary).toBe('OobPending');
    const code = nextCode();
    const done = await answer(server, SessionId, mechanism(Challenges, 'OATH', 1), code);
    expect(done.envelope.Result.Summary).toBe('LoginSuccess');
  });

  test('a password that must be changed is good for nothing but that, and says what is wrong with a new one', async () => {
    const found = await server.core.directory.subjectByLogin(server.tenant.id, ADMIN.user);
    if (!found) throw new Error('no administrator');
    await server.core.changeLog.record(server.tenant.id, server.operator, (recorder) =>
      recorder.updateUser(found.user, {
        ...found.user,
        mustChangePassword: true,
        version: found.user.version + 1,
      }),
    );
    const { started, result } = await passwordStep({ loginName: ADMIN.user, password: ADMIN.password });
    expect(result).toMatchObject({ Summary: 'NewPackage', ClientMessage: 'Choose a new password to go on.' });
    const id = mechanism(result.Challenges, 'RESET');
    for (const [bad, why] of [
      ['short', /at least 8/],
      ['aaaaaaaaaa', /repeated/],
      ['password123', /everybody tries/],
      [ADMIN.user, /your name/],
      [ADMIN.password, /present password/],
    ] as const) {
      const { envelope, response } = await answer(server, started.SessionId, id, bad);
      expect(envelope.Result).toMatchObject({
        Summary: 'NewPackage',
        ClientMessage: expect.stringMatching(why),
      });
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    const { envelope } = await answer(server, started.SessionId, id, 'a better one than before');
    expect(envelope.Result).toMatchObject({ Summary: 'LoginSuccess', AuthLevel: 'Normal' });
    expect((await tryPassword(server, ADMIN.user, ADMIN.password)).envelope.success).toBe(false);
    const next = await tryPassword(server, ADMIN.user, 'a better one than before');
    expect(next.envelope.Result.Summary).toBe('LoginSuccess');
  });

  test('a user disabled between two challenges does not get in (advisory 37)', async () => {
    const { started, result } = await passwordStep(BOB);
    await server.apply({ users: [{ loginName: BOB.loginName, enabled: false }] });
    const code = nextCode();
    const done = await answer(server, started.SessionId, mechanism(result.Challenges, 'OATH'), code);
    expect(done.envelope.Result.Summary).toBe('Failure');
    await server.apply({ users: [{ loginName: BOB.loginName, enabled: true }] });
  });

  test('a suffix alone names the host, and a wrong version is refused', async () => {
    const suffix = await call(server, '/Security/StartAuthentication', {
      User: '@acme.test',
      Version: '1.0',
    });
    expect(suffix.envelope).toMatchObject({ success: true, Result: { PodFqdn: new URL(server.url).host } });
    const version = await call(server, '/Security/StartAuthentication', {
      User: ADA.loginName,
      Version: '2.0',
    });
    expect(version.envelope).toMatchObject({ success: false, Result: null });
    expect((await call(server, '/Security/StartAuthentication', {})).envelope.success).toBe(false);
  });

  test('with a live cookie StartAuthentication says who is signed in, and hands out no handle', async () => {
    const { response } = await tryPassword(server, ADA.loginName, ADA.password);
    const body = { User: ADA.loginName, Version: '1.0' };
    const headers = { cookie: sessionCookie(response) };
    const { envelope } = await call(server, '/Security/StartAuthentication', body, headers);
    expect(envelope.Result).toMatchObject({ Summary: 'LoginSuccess', User: ADA.loginName, Auth: null });
  });
});
