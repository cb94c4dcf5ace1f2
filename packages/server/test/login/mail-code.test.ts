/** `EMAIL`: a code by mail, or its link opened on another device. protocol 2.4 and 3, rules 11 and 14 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import {
  ADA,
  answer,
  BOB,
  call,
  mechanism,
  serverWithPeople,
  sessionCookie,
  start,
  whoami,
} from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const PROFILE = {
  authentication: {
    profiles: [{ name: 'Mail', challenges: [['UP'], ['OATH', 'EMAIL']] }],
    rules: [{ profile: 'Mail' }],
  },
};

describeOnEveryDatabase('sign-in with a mail', (database) => {
  const clock = createTestClock();
  let server: TestServer;
  let outbox: Outbox;

  beforeAll(async () => {
    outbox = await openOutbox();
    server = await serverWithPeople(database, { clock, settings: { outboxDir: outbox.folder } });
    await server.apply(PROFILE);
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  function act(SessionId: string, MechanismId: string, Action: string) {
    return call(server, '/Security/AdvanceAuthentication', { SessionId, MechanismId, Action });
  }

  /** A login whose password is met, and its mail mechanism. */
  async function passwordMet(user = ADA) {
    const { SessionId, Challenges } = await start(server, user.loginName);
    const { envelope } = await answer(server, SessionId, mechanism(Challenges, 'UP'), user.password);
    expect(envelope.Result.Summary).toBe('StartNextChallenge');
    const [challenge] = envelope.Result.Challenges;
    const mail = challenge?.Mechanisms.find(({ Name }) => Name === 'EMAIL');
    if (!mail) throw new Error('EMAIL is not offered');
    return { SessionId, mail, id: mail.MechanismId, Challenges: envelope.Result.Challenges };
  }

  /** The same, with the mail that was sent. */
  async function mailSent() {
    clock.advance(3_600_001);
    const login = await passwordMet();
    const { envelope } = await act(login.SessionId, login.id, 'StartOOB');
    expect(envelope.Result.Summary).toBe('OobPending');
    return { ...login, message: await outbox.next() };
  }

  /** Presses a button of the page behind the link, as a browser of its own. */
  async function open(link: string, decision: 'approve' | 'deny') {
    const { pathname, search } = new URL(link);
    const page = await server.fetch(pathname + search);
    const html = await page.text();
    if (page.status !== 200) return { html, answered: page };
    const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const [cookie = ''] = page.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    const fields = { form_token: token, token: new URL(link).searchParams.get('token') ?? '', decision };
    return { html, answered: await server.form('/login/link', fields, { cookie }) };
  }

  test('the code of the mail signs in; the mail says where it came from and holds no password', async () => {
    const { SessionId, id, message } = await mailSent();
    expect(message).toMatchObject({ to: 'someone@acme.test', code: expect.stringMatching(/^\d{6}$/) });
    expect(message.text).toContain(message.code);
    expect(message.text).toContain(message.link);
    expect(message.text).toContain('127.0.0.1');
    const code = ` ${message.code?.slice(0, 3)} ${message.code?.slice(3)}`;
    const done = await answer(server, SessionId, id, code);
    expect(done.envelope.Result).toMatchObject({ Summary: 'LoginSuccess', AuthLevel: 'High' });
    expect(await whoami(server, { cookie: sessionCookie(done.response) })).toBe(ADA.loginName);
  });

  test('the address is a hint, and not even that before the password is met (rule 11)', async () => {
    const started = await start(server, ADA.loginName);
    expect(JSON.stringify(started)).not.toMatch(/Partial|Masked|someone/);
    const { mail } = await passwordMet();
    expect(mail).toMatchObject({
      AnswerType: 'StartTextOob',
      PartialAddress: 's*****@acme.test',
      MaskedEmailAddress: 's*****@acme.test',
    });
  });

  test('an unknown name sees the package of a user without factors (rule 11)', async () => {
    const names = async (user: string) =>
      (await start(server, user)).Challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name));
    expect(await names('nobody@acme.test')).toEqual([['UP'], ['EMAIL']]);
    expect(await names(ADA.loginName)).toEqual([['UP'], ['EMAIL']]);
    expect(await names(BOB.loginName)).toEqual([['UP'], ['OATH', 'EMAIL']]);
  });

  test('the link, opened on another device, lets the polling login go on', async () => {
    const { SessionId, id, message } = await mailSent();
    expect((await act(SessionId, id, 'Poll')).envelope.Result.Summary).toBe('OobPending');
    const link = message.link ?? '';
    const { html, answered } = await open(link, 'approve');
    expect(html).toContain(ADA.loginName);
    expect(html).toMatch(/<form method="post"/);
    expect(answered.status).toBe(200);
    const done = await act(SessionId, id, 'Poll');
    expect(done.envelope.Result.Summary).toBe('LoginSuccess');
    expect((await open(link, 'approve')).answered.status).toBe(400);
  });

  test('opening the link decides nothing by itself, and a form of no page is refused (rule 12)', async () => {
    const { SessionId, id, message } = await mailSent();
    const { pathname, search, searchParams } = new URL(message.link ?? '');
    await server.fetch(pathname + search);
    expect((await act(SessionId, id, 'Poll')).envelope.Result.Summary).toBe('OobPending');
    const fields = { token: searchParams.get('token') ?? '', decision: 'approve' };
    expect((await server.form('/login/link', fields)).status).toBe(403);
    expect((await server.form('/login/link', fields, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await act(SessionId, id, 'Poll')).envelope.Result.Summary).toBe('OobPending');
  });

  test('a denied sign-in is over', async () => {
    const { SessionId, id, message } = await mailSent();
    await open(message.link ?? '', 'deny');
    expect((await act(SessionId, id, 'Poll')).envelope.Result.Summary).toBe('Failure');
    expect((await answer(server, SessionId, id, message.code)).envelope.Result.Summary).toBe('Failure');
  });

  test('one wrong code voids package, code and link (rule 14)', async () => {
    const { SessionId, id, message } = await mailSent();
    const wrong = message.code === '000000' ? '000001' : '000000';
    expect((await answer(server, SessionId, id, wrong)).envelope.Result.Summary).toBe('Failure');
    expect((await answer(server, SessionId, id, message.code)).envelope.Result.Summary).toBe('Failure');
    expect((await open(message.link ?? '', 'approve')).answered.status).toBe(400);
    await server.core.credentials.unlock(server.tenant.id, ADA.loginName);
  });

  test.each(['', '000000', 'undefined'])(
    'before anything was sent %j is no answer (advisory 34)',
    async (text) => {
      const { SessionId, id } = await passwordMet();
      expect((await answer(server, SessionId, id, text)).envelope.Result.Summary).toBe('Failure');
      await server.core.credentials.unlock(server.tenant.id, ADA.loginName);
    },
  );

  test('a mail cannot be asked for before the password is met (L03)', async () => {
    const before = await outbox.count();
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const { envelope } = await act(SessionId, mechanism(Challenges, 'EMAIL', 1), 'StartOOB');
    expect(envelope.Result.Summary).toBe('Failure');
    expect(await outbox.count()).toBe(before);
  });

  test('RetryOOB sends another code, and the first one is worth nothing from then on', async () => {
    const { SessionId, id, message: first } = await mailSent();
    await act(SessionId, id, 'RetryOOB');
    const second = await outbox.next();
    expect((await open(first.link ?? '', 'approve')).answered.status).toBe(400);
    expect((await answer(server, SessionId, id, second.code)).envelope.Result.Summary).toBe('LoginSuccess');
  });

  test('a code of one login is worth nothing in another', async () => {
    const [one, other] = [await mailSent(), await mailSent()];
    const { envelope } = await answer(server, other.SessionId, other.id, one.message.code);
    expect(envelope.Result.Summary).toBe('Failure');
    await server.core.credentials.unlock(server.tenant.id, ADA.loginName);
  });

  test('code and link end with the login after ten minutes', async () => {
    const { SessionId, id, message } = await mailSent();
    clock.advance(10 * 60_000 + 1);
    expect((await answer(server, SessionId, id, message.code)).envelope.Result.Summary).toBe('Failure');
    expect((await open(message.link ?? '', 'approve')).answered.status).toBe(400);
  });

  test('a mailbox is not flooded: after five mails the same answer sends none', async () => {
    clock.advance(3_600_001);
    const before = await outbox.count();
    const { SessionId, id } = await passwordMet();
    for (let i = 0; i < 8; i++)
      expect((await act(SessionId, id, 'StartOOB')).envelope.Result.Summary).toBe('OobPending');
    for (let i = 0; i < 5; i++) await outbox.next();
    expect(await outbox.count()).toBe(before + 5);
  });

  test('MultipleOperations answers the password and has the mail sent in one call', async () => {
    clock.advance(3_600_001);
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const MultipleOperations = [
      { MechanismId: mechanism(Challenges, 'UP'), Action: 'Answer', Answer: ADA.password },
      { MechanismId: mechanism(Challenges, 'EMAIL', 1), Action: 'StartOOB' },
    ];
    const { envelope } = await call(server, '/Security/AdvanceAuthentication', {
      SessionId,
      MultipleOperations,
    });
    expect(envelope.Result.Summary).toBe('OobPending');
    const { code } = await outbox.next();
    const id = mechanism(Challenges, 'EMAIL', 1);
    expect((await answer(server, SessionId, id, code)).envelope.Result.Summary).toBe('LoginSuccess');
  });

  test('the files of the outbox are for their owner alone, and hold exactly five keys', async () => {
    const { message } = await mailSent();
    expect(Object.keys(message)).toEqual(['to', 'subject', 'text', 'code', 'link']);
    const files = (await readdir(outbox.folder)).filter((name) => name.endsWith('.json'));
    for (const name of files) expect((await stat(join(outbox.folder, name))).mode & 0o777).toBe(0o600);
  });
});

describeOnEveryDatabase('without mail', (database) => {
  test('EMAIL is not offered, and who has nothing else cannot satisfy the profile', async () => {
    const server = await serverWithPeople(database);
    try {
      await server.apply(PROFILE);
      const started = await start(server, ADA.loginName);
      expect(started.Challenges).toHaveLength(1);
      const done = await answer(server, started.SessionId, mechanism(started.Challenges, 'UP'), ADA.password);
      expect(done.envelope).toMatchObject({ success: false, Result: { Summary: 'CannotSatisfyChallenges' } });
      expect(done.response.headers.getSetCookie()).toEqual([]);
      const again = await answer(
        server,
        started.SessionId,
        mechanism(started.Challenges, 'UP'),
        ADA.password,
      );
      expect(again.envelope.Result.Summary).toBe('Failure');
      expect((await server.fetch('/login/forgot')).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});
