/** A forgotten password by mail: reveals nothing, opens nothing, and asks a second factor where there is one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import {
  ADA,
  answer,
  BOB,
  CLIENT,
  call,
  codeAt,
  mechanism,
  serverWithPeople,
  start,
  tryPassword,
} from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const NEXT = 'quiet lanterns drift by noon';

describeOnEveryDatabase('a forgotten password', (database) => {
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

  async function forget(user: string) {
    const { SessionId, ...rest } = await start(server, user);
    const body = { SessionId, MechanismId: '', Action: 'ForgotPassword' };
    const { envelope } = await call(server, '/Security/AdvanceAuthentication', body);
    const { ErrorID, ...said } = envelope;
    return { said, hints: rest.ClientHints };
  }

  /** The page behind the mail's link, and its form as a browser without script holds it. */
  async function openMail(link: string) {
    const { pathname, search } = new URL(link);
    const page = await server.fetch(pathname + search);
    return read(page, '');
  }
  async function read(response: Response, cookies: string) {
    const html = await response.text();
    const hidden = [...html.matchAll(/<input type="hidden" name="([\w.]+)" value="([^"]*)"/g)];
    const fields = Object.fromEntries(hidden.map(([, name, value]) => [name ?? '', value ?? '']));
    const set = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    return { response, html, fields, cookie: [cookies, ...set].filter(Boolean).join('; ') };
  }
  async function send(page: Awaited<ReturnType<typeof read>>, typed: Record<string, string>) {
    const response = await server.form('/login', { ...page.fields, ...typed }, { cookie: page.cookie });
    return read(response, page.cookie);
  }

  test('the answer is the same for every name, and only a person is sent a mail', async () => {
    const before = await outbox.count();
    const known = await forget(ADA.loginName);
    expect(known.said).toMatchObject({ success: true, Result: { Summary: 'NoncommitalSuccess' } });
    expect(known.hints).toMatchObject({ AllowForgotPassword: true });
    for (const name of ['nobody@acme.test', CLIENT.loginName]) expect(await forget(name)).toEqual(known);
    expect((await outbox.next()).subject).toBe('A new password for Acme');
    expect(await outbox.count()).toBe(before + 1);
  });

  test('the link leads to a new password, once, and signs nobody in', async () => {
    await forget(ADA.loginName);
    const { link } = await outbox.next();
    const opened = await openMail(link ?? '');
    expect(opened.html).toContain('A new password');
    const asked = await send(opened, {});
    expect(asked.html).toMatch(/autocomplete="new-password"/);
    const poor = await send(asked, { answer: 'password123' });
    expect(poor.html).toContain('everybody tries first');
    const done = await send(poor, { answer: NEXT });
    expect(done.html).toContain('Your password is changed');
    expect(done.response.headers.getSetCookie().join()).not.toContain('.ASPXAUTH');
    expect((await tryPassword(server, ADA.loginName, ADA.password)).envelope.success).toBe(false);
    expect((await tryPassword(server, ADA.loginName, NEXT)).envelope.success).toBe(true);
    expect((await openMail(link ?? '')).response.status).toBe(400);
    expect((await outbox.next()).text).toContain('the password was changed');
  });

  test('whoever has a second factor proves it first: the mailbox alone changes nothing', async () => {
    await forget(BOB.loginName);
    const { link } = await outbox.next();
    const token = new URL(link ?? '').searchParams.get('token') ?? '';
    const recovery = await server.core.login.recover(
      { tenant: server.tenant, source: '192.0.2.9', userAgent: '', correlationId: 'x' },
      token,
    );
    expect(recovery?.challenges.map(({ mechanisms }) => mechanisms.map(({ name }) => name))).toEqual([
      ['OATH'],
      ['RESET'],
    ]);
    const reset = recovery?.challenges[1]?.mechanisms[0]?.id ?? '';
    expect((await answer(server, token, reset, NEXT)).envelope.Result.Summary).toBe('Failure');
    await forget(BOB.loginName);
    const asked = await send(await openMail((await outbox.next()).link ?? ''), {});
    expect(asked.html).toContain('Code of your authenticator app');
    const next = await send(asked, { answer: codeAt(clock.now()) });
    expect((await send(next, { answer: NEXT })).html).toContain('Your password is changed');
  });

  test('the link ends after half an hour', async () => {
    clock.advance(3_600_001);
    await forget(ADA.loginName);
    let message = await outbox.next();
    while (message.link === null) message = await outbox.next();
    clock.advance(30 * 60_000 + 1);
    expect((await openMail(message.link)).response.status).toBe(400);
  });

  test('passwords expire and do not come back, when the tenant says so', async () => {
    await server.apply({ tenant: { passwords: { expireAfter: '30d', remembered: 2 } } });
    clock.advance(31 * 86_400_000);
    const { SessionId, Challenges } = await start(server, ADA.loginName);
    const due = await answer(server, SessionId, mechanism(Challenges, 'UP'), NEXT);
    expect(due.envelope.Result).toMatchObject({ Summary: 'NewPackage' });
    const reset = mechanism(due.envelope.Result.Challenges, 'RESET');
    const old = await answer(server, SessionId, reset, ADA.password);
    expect(old.envelope.Result.ClientMessage).toContain('earlier passwords');
    const done = await answer(server, SessionId, reset, 'seven kites over the harbour');
    expect(done.envelope.Result.Summary).toBe('LoginSuccess');
    await server.apply({ tenant: { passwords: { expireAfter: 'never', remembered: 0 } } });
  });
});
