/** What counts once counts once, however many ask at the same moment, and at whichever process. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import { ADMIN, type TestServer } from '../support/server.js';
import { answer, call, signIn, start } from './dance.js';
import { type Asked, softwareKey } from './software-key.js';
import { type Nodes, openNodes, PASSWORD, type Person, tally, wayToPassword } from './two-nodes.js';

const ONE_SIGNS_IN = { LoginSuccess: 1, Failure: 7 };

describeOnEveryDatabase('of eight at once, over two processes', (database) => {
  let nodes: Nodes;

  beforeAll(async () => {
    nodes = await openNodes(database);
  });
  afterAll(() => nodes.close());

  const act = (node: TestServer, SessionId: string, MechanismId: string, Action: string) =>
    call(node, '/Security/AdvanceAuthentication', { SessionId, MechanismId, Action });

  /** What came of the same answer, given eight times at once. */
  async function answerAtOnce(login: { SessionId: string; id: string }, given: unknown) {
    const answers = await nodes.race((node) => answer(node, login.SessionId, login.id, given));
    return tally(answers.map(({ envelope }) => envelope.Result?.Summary));
  }

  const WAYS: Record<string, (person: Person) => Promise<unknown>> = {
    async 'a forgotten password'({ loginName }) {
      const { SessionId } = await start(nodes.first, loginName);
      return act(nodes.first, SessionId, '', 'ForgotPassword');
    },
    async 'an invitation'({ loginName }) {
      const { auth } = await signIn(nodes.first, { loginName: ADMIN.user, password: ADMIN.password });
      const headers = { authorization: `Bearer ${auth}` };
      return nodes.first.fetch(`/api/v1/users/${loginName}/invitation`, { method: 'POST', headers });
    },
  };

  test.each(Object.entries(WAYS))('one sets the password by the link of %s', async (what, ask) => {
    const person = await nodes.person(what.replaceAll(' ', '-'));
    await ask(person);
    const { token, reset } = await wayToPassword(nodes, await nodes.messageTo(person.email));
    const passwordOf = (racer: number) => `lantern ${racer} drifts by noon`;
    const answers = await nodes.race((node, racer) => answer(node, token, reset, passwordOf(racer)));
    const summaries = answers.map(({ envelope }) => envelope.Result?.Summary);
    expect(tally(summaries)).toEqual({ NoncommitalSuccess: 1, Failure: 7 });
    const winner = summaries.indexOf('NoncommitalSuccess');
    await signIn(nodes.first, { loginName: person.loginName, password: passwordOf(winner) });
  });

  test('one signs in with a recovery code, each in a login of its own', async () => {
    const person = await nodes.person('recovery');
    const questions = ['street', 'teacher', 'pet'].map((word) => ({
      ...{ question: `Your first ${word}?`, answer: `the ${word}` },
    }));
    await person.me('/factors/questions', { password: PASSWORD, questions });
    const { body } = await person.me('/factors/recovery-codes', { password: PASSWORD });
    const [code] = body.codes as string[];
    const logins = await Promise.all(Array.from({ length: 8 }, () => nodes.passwordMet(person, 'RECOVERY')));
    const answers = await nodes.race((node, racer) => {
      const { SessionId = '', id = '' } = logins[racer] ?? {};
      return answer(node, SessionId, id, code);
    });
    expect(tally(answers.map(({ envelope }) => envelope.Result?.Summary))).toEqual(ONE_SIGNS_IN);
  });

  async function withMessages(job: () => Promise<void>): Promise<void> {
    const profiles = [{ name: 'Message', challenges: [['UP'], ['EMAIL', 'SMS']] }];
    await nodes.first.apply({ authentication: { profiles, rules: [{ profile: 'Message' }] } });
    try {
      await job();
    } finally {
      await nodes.first.apply({ authentication: { profiles: [], rules: [] } });
    }
  }

  async function enrolPhone(person: Person, number: string): Promise<void> {
    const offer = { password: PASSWORD, mechanism: 'SMS', number };
    const { ticket } = (await person.me('/factors/phone/offer', offer)).body;
    const { code } = await nodes.messageTo(number);
    expect((await person.me('/factors/phone', { ticket, code })).status).toBe(201);
  }

  test.each([
    ['EMAIL', 'mailed@mail.test'],
    ['SMS', '+4915110000001'],
  ])('one signs in with the code of a message (%s)', async (name, address) => {
    const person = await nodes.person(name === 'EMAIL' ? 'mailed' : 'texted');
    if (name === 'SMS') await enrolPhone(person, address);
    await withMessages(async () => {
      const login = await nodes.passwordMet(person, name);
      await act(nodes.first, login.SessionId, login.id, 'StartOOB');
      const { code } = await nodes.messageTo(address);
      expect(await answerAtOnce(login, code)).toEqual(ONE_SIGNS_IN);
    });
  });

  /** Presses the button of the page behind a link, each time in a browser of its own. */
  async function browserAt(node: TestServer, link: string) {
    const { pathname, search, searchParams } = new URL(link);
    const page = await node.fetch(pathname + search);
    const [, formToken = ''] = /name="form_token" value="([^"]+)"/.exec(await page.text()) ?? [];
    const [cookie = ''] = page.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    const fields = { form_token: formToken, token: searchParams.get('token') ?? '', decision: 'approve' };
    return () => node.form('/login/link', fields, { cookie });
  }

  test('one approves by the link of a mail, and one login goes on by that', async () => {
    const person = await nodes.person('linked');
    await withMessages(async () => {
      const { SessionId, id } = await nodes.passwordMet(person, 'EMAIL');
      await act(nodes.first, SessionId, id, 'StartOOB');
      const { link } = await nodes.messageTo(person.email);
      const presses = await nodes.race((node) => browserAt(node, link ?? ''));
      const pressed = await Promise.all(presses.map((press) => press()));
      expect(tally(pressed.map(({ status }) => status))).toEqual({ 200: 1, 400: 7 });
      const polls = await nodes.race((node) => act(node, SessionId, id, 'Poll'));
      expect(tally(polls.map(({ envelope }) => envelope.Result?.Summary))).toEqual(ONE_SIGNS_IN);
    });
  });

  const TICKETS = [
    { path: '/email', offer: { email: 'moved@mail.test' }, to: 'moved@mail.test', done: 200 },
    {
      path: '/factors/phone',
      offer: { mechanism: 'SMS', number: '+4915110000002' },
      to: '+4915110000002',
      done: 201,
    },
  ];
  test.each(TICKETS)(
    'one ticket of $path is taken, however it is spelled',
    async ({ path, offer, to, done }) => {
      const person = await nodes.person(`ticket${path.replaceAll('/', '-')}`);
      const { ticket } = (await person.me(`${path}/offer`, { password: PASSWORD, ...offer })).body;
      const { code } = await nodes.messageTo(to);
      const taken = await nodes.race((node, racer) =>
        person.me(path, { ticket: `${ticket}${'='.repeat(racer % 3)}`, code }, node),
      );
      expect(tally(taken.map(({ status }) => status))).toEqual({ [done]: 1, 400: 7 });
      const late = await person.me(path, { ticket, code });
      expect([late.status, JSON.stringify(late.body)]).toEqual([400, expect.stringContaining('used before')]);
    },
  );

  async function offerOf(person: Person) {
    const { body } = await person.me('/factors/passkey/offer', { password: PASSWORD });
    return body as { ticket: string; options: Asked };
  }

  test('one passkey is enrolled for an offer, and the same one for no other', async () => {
    const person = await nodes.person('keys');
    const { ticket, options } = await offerOf(person);
    const keys = Array.from({ length: 8 }, () => softwareKey(nodes.first.url, person.userId));
    const made = await nodes.race((node, racer) =>
      person.me('/factors/passkey', { ticket, response: keys[racer]?.create(options) }, node),
    );
    expect(tally(made.map(({ status }) => status))).toEqual({ 201: 1, 400: 7 });
    const mine = keys[made.findIndex(({ status }) => status === 201)];
    const another = await offerOf(person);
    const again = { ticket: another.ticket, response: mine?.create(another.options) };
    expect((await person.me('/factors/passkey', again)).status).toBe(409);
  });

  async function withKey(name: string) {
    const person = await nodes.person(name);
    const key = softwareKey(nodes.first.url, person.userId);
    const { ticket, options } = await offerOf(person);
    const enrolment = { ticket, response: key.create(options) };
    expect((await person.me('/factors/passkey', enrolment)).status).toBe(201);
    return { person, key };
  }

  test('one signs in with a key’s answer after the password', async () => {
    const { person, key } = await withKey('second');
    const login = await nodes.passwordMet(person, 'U2F');
    const { envelope } = await act(nodes.first, login.SessionId, login.id, 'StartOOB');
    const proof = key.prove(envelope.Result.PublicKeyOptions as Asked);
    expect(await answerAtOnce(login, JSON.stringify(proof))).toEqual(ONE_SIGNS_IN);
  });

  test('one signs in with a passkey’s answer alone', async () => {
    const { key } = await withKey('alone');
    const program = { 'x-centrify-native-client': '1' };
    const offered = await nodes.first.form('/login/passkey', {}, program);
    const cookie = offered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { options, transaction } = (await offered.json()) as { options: Asked; transaction: string };
    const fields = { transaction, action: 'passkey', answer: JSON.stringify(key.prove(options)) };
    const answers = await nodes.race((node) => node.form('/login', fields, { ...program, cookie }));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 303: 1, 200: 7 });
  });
});
