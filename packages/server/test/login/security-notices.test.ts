/** Whatever helps somebody to take an account over is told to its owner by mail, whoever did it and by which way. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import { ADMIN, type TestServer } from '../support/server.js';
import { codeAt, serverWithPeople, signIn, TOTP_SECRET } from './dance.js';
import { type Outbox, openOutbox } from './outbox.js';

const PASSWORD = 'blue whales sing low';
const QUESTIONS = ['street', 'teacher', 'pet'].map((what) => ({
  question: `What was your first ${what} called?`,
  answer: `the ${what}`,
}));

/** Calls `/api/v1` in somebody's name; every answer below must be a success. */
type Api = (method: string, path: string, body?: object) => Promise<unknown>;

/** What a change may use. */
interface Stage {
  server: TestServer;
  outbox: Outbox;
  /** Login name of the person whom it is about. */
  name: string;
  own: Api;
  admin: Api;
}

const addQuestions = ({ own }: Stage) =>
  own('POST', '/me/factors/questions', { password: PASSWORD, questions: QUESTIONS });

async function firstFactor(api: Api, path: string): Promise<string> {
  const { items } = (await api('GET', path)) as { items: { id: string }[] };
  return items[0]?.id ?? '';
}

interface Row {
  change: string;
  before?: (stage: Stage) => Promise<unknown>;
  act: (stage: Stage) => Promise<unknown>;
  says: string;
}

const ROWS: Row[] = [
  {
    change: 'a password of one’s own choosing',
    act: ({ own }) =>
      own('PUT', '/me/password', { oldPassword: PASSWORD, newPassword: 'other words at sea' }),
    says: 'the password was changed',
  },
  {
    change: 'a password set by an administrator',
    act: ({ admin, name }) => admin('PUT', `/users/${name}/password`, { generate: true }),
    says: 'the password was changed',
  },
  {
    change: 'a password from a declaration',
    act: ({ server, name }) =>
      server.apply({ users: [{ loginName: name, password: 'declared words at sea' }] }),
    says: 'the password was changed',
  },
  {
    change: 'a login name',
    act: ({ admin, name }) => admin('PATCH', `/users/${name}`, { loginName: `new-${name}` }),
    says: 'the login name was changed',
  },
  { change: 'security questions', act: addQuestions, says: 'a second factor was added (SQ)' },
  {
    change: 'an authenticator app',
    act: ({ own }) =>
      own('POST', '/me/factors/totp', {
        password: PASSWORD,
        secret: TOTP_SECRET,
        code: codeAt(Date.now()),
      }),
    says: 'a second factor was added (OATH)',
  },
  {
    change: 'an authenticator app from a declaration',
    act: ({ server, name }) => server.apply({ users: [{ loginName: name, totpSecret: TOTP_SECRET }] }),
    says: 'a second factor was added (OATH)',
  },
  {
    change: 'recovery codes',
    before: addQuestions,
    act: ({ own }) => own('POST', '/me/factors/recovery-codes', { password: PASSWORD }),
    says: 'a second factor was added (RECOVERY)',
  },
  {
    change: 'a telephone',
    act: async ({ own, outbox }) => {
      const offer = { password: PASSWORD, mechanism: 'SMS', number: '+4915112345678' };
      const { ticket } = (await own('POST', '/me/factors/phone/offer', offer)) as { ticket: string };
      const { code } = await outbox.next();
      await own('POST', '/me/factors/phone', { ticket, code });
    },
    says: 'a second factor was added (SMS)',
  },
  {
    change: 'a factor that its owner removes',
    before: addQuestions,
    act: async ({ own }) =>
      own('POST', `/me/factors/${await firstFactor(own, '/me/factors')}/remove`, { password: PASSWORD }),
    says: 'a second factor was removed (SQ)',
  },
  {
    change: 'a factor that an administrator removes',
    before: addQuestions,
    act: async ({ admin, name }) =>
      admin('DELETE', `/users/${name}/factors/${await firstFactor(admin, `/users/${name}/factors`)}`),
    says: 'a second factor was removed (SQ)',
  },
  {
    change: 'all factors at once',
    before: addQuestions,
    act: ({ admin, name }) => admin('DELETE', `/users/${name}/factors`),
    says: 'a second factor was removed (SQ)',
  },
  {
    change: 'sessions that an administrator ends everywhere',
    act: ({ admin, name }) => admin('DELETE', `/users/${name}/sessions`),
    says: 'every session was signed out',
  },
];

describeOnEveryDatabase('mails about sensitive changes', (database) => {
  let server: TestServer;
  let outbox: Outbox;
  let admin: Api;
  let count = 0;

  beforeAll(async () => {
    outbox = await openOutbox();
    server = await serverWithPeople(database, { settings: { outboxDir: outbox.folder } });
    admin = await apiOf({ loginName: ADMIN.user, password: ADMIN.password });
  });
  afterAll(async () => {
    await server.close();
    await outbox.remove();
  });

  async function apiOf(user: { loginName: string; password: string }): Promise<Api> {
    const { auth } = await signIn(server, user);
    return async (method, path, body) => {
      const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
      const content = body === undefined ? {} : { headers, body: JSON.stringify(body) };
      const response = await server.fetch(`/api/v1${path}`, {
        method,
        headers: { authorization: headers.authorization },
        ...content,
      });
      const text = await response.text();
      expect(response.ok, `${method} ${path}: ${text}`).toBe(true);
      return text === '' ? null : JSON.parse(text);
    };
  }

  /** A new person with an address of their own. */
  async function stage(): Promise<Stage> {
    const name = `person${count++}@acme.test`;
    const person = { loginName: name, password: PASSWORD };
    await server.apply({ users: [{ ...person, email: addressOf(name), displayName: 'Person' }] });
    return { server, outbox, name, own: await apiOf(person), admin };
  }
  const addressOf = (name: string) => name.replace('acme.test', 'mail.test');

  for (const { change, before, act, says } of ROWS)
    test(`tells of ${change}`, async () => {
      const at = await stage();
      await before?.(at);
      if (before) await outbox.next();
      await act(at);
      const { to, text, link } = await outbox.next();
      expect(to).toBe(addressOf(at.name));
      expect(text).toContain(`- ${says}\n`);
      expect(text).toMatch(/This was done from the address (127\.0\.0\.1|::1|local)/);
      expect(link, 'a notice asks for nothing').toBeFalsy();
    });

  test('a new mail address is told to the new one and the one before', async () => {
    const { name } = await stage();
    await admin('PATCH', `/users/${name}`, { email: 'elsewhere@mail.test' });
    const told = [await outbox.next(), await outbox.next()];
    expect(told.map(({ to }) => to).sort()).toEqual(['elsewhere@mail.test', addressOf(name)].sort());
    for (const { text } of told) expect(text).toContain('- the mail address was changed');
  });

  test('what takes no account over, and what happens to a program, is told to nobody', async () => {
    const { name } = await stage();
    await admin('PATCH', `/users/${name}`, { displayName: 'Other', description: 'x' });
    await admin('PUT', '/users/reports@acme.test/password', { generate: true });
    const sent = await outbox.count();
    // A mail that is due comes after any that was sent before it.
    await admin('PUT', `/users/${name}/password`, { generate: true });
    expect((await outbox.next()).to).toBe(addressOf(name));
    expect(await outbox.count()).toBe(sent + 1);
  });
});
