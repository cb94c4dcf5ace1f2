/** Invitations and verified addresses: what was mailed proves whose mailbox it is, and nothing else does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { ADMIN, type TestServer } from '../support/server.js';
import { ADA, answer, CLIENT, call, mechanism, serverWithPeople, signIn, start } from './dance.js';
import { type Outbox, openOutbox, type SentMessage } from './outbox.js';

const NEXT = 'nine hens under the porch';

describeOnEveryDatabase('invitations and addresses', (database) => {
  const clock = createTestClock();
  let server: TestServer;
  let outbox: Outbox;
  let admin: string;

  beforeAll(async () => {
    outbox = await openOutbox();
    server = await serverWithPeople(database, { clock, settings: { outboxDir: outbox.folder } });
    admin = (await signIn(server, { loginName: ADMIN.user, password: ADMIN.password })).auth;
    const people = ['new', 'late', 'mailbox', 'mover'].map((name) => ({
      ...{ loginName: `${name}@acme.test`, email: `${name}@mail.test`, displayName: name },
      ...(name === 'new' || name === 'late' ? {} : { password: ADA.password }),
    }));
    await server.apply({ users: people });
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  async function api(auth: string, method: string, path: string, body?: object) {
    const type = body ? { 'content-type': 'application/json' } : {};
    const headers = { authorization: `Bearer ${auth}`, ...type } as Record<string, string>;
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await server.fetch(`/api/v1${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }
  const isVerified = async (name: string) =>
    (await api(admin, 'GET', `/users/${name}@acme.test`)).body.emailVerified;

  async function mailTo(address: string): Promise<SentMessage> {
    for (;;) {
      const mail = await outbox.next();
      if (mail.to === address) return mail;
    }
  }

  /** Takes the way to a new password that a mail names. */
  async function choose(mail: SentMessage, password: string) {
    const token = new URL(mail.link ?? '').searchParams.get('token') ?? '';
    const context = { tenant: server.tenant, source: '192.0.2.9', userAgent: '', correlationId: 'x' };
    const way = await server.core.login.recover(context, token);
    const reset = way?.challenges.at(-1)?.mechanisms[0]?.id ?? '';
    return (await answer(server, token, reset, password)).envelope;
  }

  test('an invited user chooses the first password, and the address is verified by that', async () => {
    expect(await isVerified('new')).toBe(false);
    expect((await api(admin, 'POST', '/users/new@acme.test/invitation')).status).toBe(204);
    const mail = await mailTo('new@mail.test');
    expect(mail.text).toContain('new@acme.test');
    expect((await choose(mail, 'new@acme.test')).Result.ClientMessage).toMatch(/your name/);
    expect((await choose(mail, NEXT)).Result.Summary).toBe('NoncommitalSuccess');
    expect(await isVerified('new')).toBe(true);
    await signIn(server, { loginName: 'new@acme.test', password: NEXT });
    expect((await choose(mail, 'another one that is long')).success).toBe(false);
  });

  test('an invitation ends after three days, and not before', async () => {
    await api(admin, 'POST', '/users/late@acme.test/invitation');
    const mail = await mailTo('late@mail.test');
    clock.advance(3 * 86_400_000 - 1000);
    expect((await choose(mail, 'x')).Result.Summary).toBe('NewPackage');
    clock.advance(1001);
    expect((await choose(mail, NEXT)).success).toBe(false);
    admin = (await signIn(server, { loginName: ADMIN.user, password: ADMIN.password })).auth;
  });

  test('only who may write users invites, and only who can sign in is invited; it stands in the change log', async () => {
    const ada = (await signIn(server, ADA)).auth;
    expect((await api(ada, 'POST', '/users/new@acme.test/invitation')).status).toBe(403);
    expect((await api(admin, 'POST', `/users/${CLIENT.loginName}/invitation`)).status).toBe(409);
    const { items } = await server.core.store.read.changes.page(server.tenant.id, { limit: 50 });
    const found = items.flatMap(({ name, fields }) => fields.map((field) => ({ name, ...field })));
    expect(found).toContainEqual({
      name: 'new@acme.test',
      ...{ field: 'invitation', old: null, new: 'new@mail.test' },
    });
  });

  test('a code that came by mail verifies the address; an administrator’s change of it does not (advisory 24)', async () => {
    const profiles = [{ name: 'Mail', challenges: [['UP'], ['EMAIL']] }];
    await server.apply({ authentication: { profiles, rules: [{ profile: 'Mail' }] } });
    const { SessionId, Challenges } = await start(server, 'mailbox@acme.test');
    await answer(server, SessionId, mechanism(Challenges, 'UP'), ADA.password);
    const id = mechanism(Challenges, 'EMAIL', 1);
    await call(server, '/Security/AdvanceAuthentication', { SessionId, MechanismId: id, Action: 'StartOOB' });
    const { code } = await mailTo('mailbox@mail.test');
    await answer(server, SessionId, id, code);
    await server.apply({ authentication: { profiles: [], rules: [] } });
    expect(await isVerified('mailbox')).toBe(true);
    const patch = { email: 'other@mail.test' };
    expect((await api(admin, 'PATCH', '/users/mailbox@acme.test', patch)).status).toBe(200);
    expect(await isVerified('mailbox')).toBe(false);
    const forged = await api(admin, 'PATCH', '/users/mailbox@acme.test', { emailVerified: true });
    expect(forged.status).toBe(400);
  });

  test('one’s own address changes with the password and the code it got; both addresses hear of it', async () => {
    const user = { loginName: 'mover@acme.test', password: ADA.password };
    const { auth } = await signIn(server, user);
    const email = 'moved@mail.test';
    expect((await api(auth, 'PATCH', '/me', { email })).status).toBe(400);
    expect((await api(auth, 'POST', '/me/email/offer', { password: 'wrong', email })).status).toBe(400);
    const { ticket } = (await api(auth, 'POST', '/me/email/offer', { password: user.password, email })).body;
    const { code } = await mailTo(email);
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await api(auth, 'POST', '/me/email', { ticket, code: wrong })).status).toBe(400);
    const other = (await signIn(server, ADA)).auth;
    expect((await api(other, 'POST', '/me/email', { ticket, code })).status).toBe(400);
    const done = await api(auth, 'POST', '/me/email', { ticket, code });
    expect([done.status, done.body.user.email, done.body.user.emailVerified]).toEqual([200, email, true]);
    const told = [await outbox.next(), await outbox.next()];
    expect(told.map(({ to }) => to).sort()).toEqual([email, 'mover@mail.test']);
    for (const { text } of told) expect(text).toContain('the mail address was changed');
  });
});
