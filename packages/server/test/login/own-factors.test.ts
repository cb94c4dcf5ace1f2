/** Second factors that people enrol themselves, and signing in with each: questions, recovery codes, telephones. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { ADMIN, type TestServer } from '../support/server.js';
import {
  ADA,
  answer,
  call,
  codeAt,
  mechanism,
  serverWithPeople,
  signIn,
  start,
  TOTP_SECRET,
  tryPassword,
} from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const QUESTIONS = [
  { question: 'Your first street?', answer: 'Harbour Lane' },
  { question: 'Your first teacher?', answer: 'Mrs. Ñandú' },
  { question: 'Your first pet?', answer: 'Rex' },
];

describeOnEveryDatabase('second factors of one’s own', (database) => {
  const clock = createTestClock();
  let server: TestServer;
  let outbox: Outbox;

  beforeAll(async () => {
    outbox = await openOutbox();
    server = await serverWithPeople(database, { clock, settings: { outboxDir: outbox.folder } });
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  /** A new person, signed in. */
  async function person(name: string) {
    const user = { loginName: `${name}@acme.test`, password: 'blue whales sing low' };
    await server.apply({ users: [{ ...user, email: `${name}@mail.test`, displayName: name }] });
    const { auth } = await signIn(server, user);
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
      const response = await server.fetch(`/api/v1/me/factors${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ password: user.password, ...body }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    };
    return { user, post };
  }

  async function second(user: { loginName: string; password: string }, name: string) {
    const { SessionId, Challenges } = await start(server, user.loginName);
    const { envelope } = await answer(server, SessionId, mechanism(Challenges, 'UP'), user.password);
    const { Challenges: next } = envelope.Result;
    const found = next[0]?.Mechanisms.find(({ Name }) => Name === name);
    if (!found) throw new Error(`${name} is not offered`);
    return { SessionId, id: found.MechanismId, found: found as unknown as Record<string, unknown> };
  }

  async function unlock({ loginName }: { loginName: string }) {
    await server.core.credentials.unlock(server.tenant.id, loginName);
  }

  test('one authenticator app is added once: else each copy would take the same code', async () => {
    const { post } = await person('twice');
    const enrolment = { secret: TOTP_SECRET, code: codeAt(clock.now()) };
    const answers = await Promise.all([1, 2, 3].map(() => post('/totp', enrolment)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
    expect(answers.map(({ body }) => JSON.stringify(body)).join()).toContain('was added before');
  });

  test('every security question is asked, and answered however it is spelled (rule 14)', async () => {
    const { user, post } = await person('questions');
    expect((await post('/questions', { questions: QUESTIONS.slice(0, 2) })).status).toBe(400);
    expect((await post('/questions', { password: 'wrong', questions: QUESTIONS })).status).toBe(400);
    await unlock(user);
    expect((await post('/questions', { questions: QUESTIONS })).status).toBe(201);
    const { SessionId, id, found } = await second(user, 'SQ');
    const { MechanismParts: parts } = found.MultipartMechanism as {
      MechanismParts: { Uuid: string; QuestionText: string }[];
    };
    expect(parts.map(({ QuestionText }) => QuestionText)).toEqual(QUESTIONS.map(({ question }) => question));
    const given = Object.fromEntries(
      parts.map(({ Uuid }, i) => [Uuid, ` ${QUESTIONS[i]?.answer.toUpperCase().normalize('NFD')}! `]),
    );
    const done = await answer(server, SessionId, id, given);
    expect(done.envelope.Result.Summary).toBe('LoginSuccess');
    for (const bad of [
      { ...given, [parts[1]?.Uuid ?? '']: '' },
      { ...given, [parts[2]?.Uuid ?? '']: 'Max' },
      {},
      '',
      'Rex',
    ]) {
      const again = await second(user, 'SQ');
      expect((await answer(server, again.SessionId, again.id, bad)).envelope.Result.Summary).toBe('Failure');
      await unlock(user);
    }
    const shown = await start(server, user.loginName);
    expect(JSON.stringify(shown)).not.toMatch(/Question|street/);
  });

  test('a recovery code opens one login and no second, and new codes end the old ones', async () => {
    const { user, post } = await person('recovery');
    await post('/questions', { questions: QUESTIONS });
    const { codes } = (await post('/recovery-codes', {})).body as { codes: string[] };
    expect(new Set(codes).size).toBe(10);
    const use = async (code: string) => {
      const { SessionId, id } = await second(user, 'RECOVERY');
      const { envelope } = await answer(server, SessionId, id, code);
      if (!envelope.success) await unlock(user);
      return envelope.Result.Summary;
    };
    const [first = '', other = ''] = codes;
    expect(await use(first.toUpperCase().replace('-', ' '))).toBe('LoginSuccess');
    expect(await use(first)).toBe('Failure');
    const both = await Promise.all([use(other), use(other)]);
    expect(both.sort()).toEqual(['Failure', 'LoginSuccess']);
    const fresh = (await post('/recovery-codes', {})).body as { codes: string[] };
    expect(await use(codes[2] ?? '')).toBe('Failure');
    expect(await use(fresh.codes[0] ?? '')).toBe('LoginSuccess');
  });

  test('recovery codes alone are no second factor', async () => {
    const { user, post } = await person('codesonly');
    await post('/recovery-codes', {});
    expect((await start(server, user.loginName)).Challenges).toHaveLength(1);
  });

  test('a telephone number is enrolled by the code it got, and then gets the code of a login', async () => {
    const { user, post } = await person('phone');
    expect((await post('/phone/offer', { mechanism: 'SMS', number: '0151' })).status).toBe(400);
    const offered = await post('/phone/offer', { mechanism: 'SMS', number: '+4915112345678' });
    let proof = await outbox.next();
    while (proof.to !== '+4915112345678') proof = await outbox.next();
    const { ticket } = offered.body as { ticket: string };
    const enrol = (code: string | null) =>
      server.fetch('/api/v1/me/factors/phone', { method: 'POST', body: JSON.stringify({ ticket, code }) });
    expect((await enrol(proof.code)).status).toBe(401);
    const { status } = await post('/phone', { ticket, code: '000000', password: undefined });
    expect(status).toBe(400);
    expect((await post('/phone', { ticket, code: proof.code, password: undefined })).status).toBe(201);
    const { SessionId, id, found } = await second(user, 'SMS');
    expect(found.PartialDeviceAddress).toBe('*****78');
    await call(server, '/Security/AdvanceAuthentication', { SessionId, MechanismId: id, Action: 'StartOOB' });
    let message = await outbox.next();
    while (message.to !== '+4915112345678') message = await outbox.next();
    expect((await answer(server, SessionId, id, message.code)).envelope.Result.Summary).toBe('LoginSuccess');
  });

  test('every factor that comes or goes, and the end of all sessions, is told to its owner by mail', async () => {
    const { user, post } = await person('notices');
    const { id } = (await post('/questions', { questions: QUESTIONS })).body as { id: string };
    let mail = await outbox.next();
    while (mail.to !== 'notices@mail.test') mail = await outbox.next();
    expect(mail.text).toContain('a second factor was added (SQ)');
    expect((await post(`/${id}/remove`, {})).status).toBe(204);
    mail = await outbox.next();
    expect(mail.text).toContain('a second factor was removed (SQ)');
    const { Auth } = (await tryPassword(server, ADMIN.user, ADMIN.password)).envelope.Result;
    const out = await server.fetch(`/api/v1/users/${user.loginName}/sessions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${Auth}` },
    });
    expect(out.status).toBe(204);
    expect((await outbox.next()).text).toContain('every session was signed out');
    expect((await start(server, user.loginName)).Challenges).toHaveLength(1);
  });
});

describeOnEveryDatabase('texts and calls through the gateway', (database) => {
  test('are posted as documented; a call is confirmed by its link', async () => {
    const got: { headers: Record<string, unknown>; body: Record<string, string> }[] = [];
    const gateway = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        got.push({ headers: request.headers, body: JSON.parse(text) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    const address = gateway.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const settings = { textGatewayUrl: `http://me:secret@127.0.0.1:${port}/send` };
    const server = await serverWithPeople(database, { settings });
    const next = async () => {
      while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      return got.shift();
    };
    try {
      const { auth } = await signIn(server, ADA);
      const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
      const post = (path: string, body: object) =>
        server.fetch(`/api/v1/me/factors${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      const offer = { password: ADA.password, mechanism: 'PF', number: '+4915112345678' };
      const { ticket } = (await (await post('/phone/offer', offer)).json()) as { ticket: string };
      const sent = await next();
      expect(sent?.headers.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
      expect(sent?.body).toMatchObject({ channel: 'sms', to: '+4915112345678', link: null });
      expect((await post('/phone', { ticket, code: sent?.body.code })).status).toBe(201);
      const { SessionId, Challenges } = await start(server, ADA.loginName);
      await answer(server, SessionId, mechanism(Challenges, 'UP'), ADA.password);
      const id = mechanism(Challenges, 'PF', 1);
      const act = (Action: string) =>
        call(server, '/Security/AdvanceAuthentication', { SessionId, MechanismId: id, Action });
      await act('StartOOB');
      const made = await next();
      expect(made?.body).toMatchObject({ channel: 'call', to: '+4915112345678', code: null });
      const { pathname, search } = new URL(made?.body.link ?? '');
      const confirmed = await server.form(
        pathname + search,
        { decision: 'approve' },
        { 'x-idap-native-client': '1' },
      );
      expect(confirmed.status).toBe(200);
      expect((await act('Poll')).envelope.Result.Summary).toBe('LoginSuccess');
    } finally {
      await server.close();
      gateway.close();
    }
  });
});
