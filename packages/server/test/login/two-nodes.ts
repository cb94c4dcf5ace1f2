/** Two processes over one database, with what people do at either. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrlOf } from '../../src/cli/local-data.js';
import { createTestClock, type TestClock } from '../support/clock.js';
import type { TestDatabase } from '../support/databases.js';
import { createTestServer, type TestServer } from '../support/server.js';
import { answer, mechanism, serverWithPeople, signIn, start } from './dance.js';
import { type Outbox, openOutbox, type SentMessage } from './outbox.js';

/** Requests at once. */
const RACERS = 8;
export const PASSWORD = 'blue whales sing low';

export interface Person {
  loginName: string;
  password: string;
  email: string;
  userId: string;
  /** Calls the API of one's own account; at the first process unless told otherwise. */
  me(path: string, body: object, node?: TestServer, method?: 'POST' | 'PUT'): Promise<ApiAnswer>;
}

export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

export interface Nodes {
  first: TestServer;
  clock: TestClock;
  /** Where the database is, for whoever works on it past the program. */
  databaseUrl: string;
  /** What came of each of eight attempts at once, every other one at either process. */
  race<T>(attempt: (node: TestServer, racer: number) => Promise<T>): Promise<T[]>;
  /** Somebody new, signed in. */
  person(name: string): Promise<Person>;
  /** The next mail or text to `address`. */
  messageTo(address: string): Promise<SentMessage>;
  /** A login whose password is met, and the mechanism of that name in the next challenge. */
  passwordMet(
    person: Pick<Person, 'loginName' | 'password'>,
    name: string,
  ): Promise<{ SessionId: string; id: string }>;
  close(): Promise<void>;
}

/** How often each word came. */
export function tally(words: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[String(word)] = (counts[String(word)] ?? 0) + 1;
  return counts;
}

async function api(
  node: TestServer,
  auth: string,
  path: string,
  body: object,
  method: string,
): Promise<ApiAnswer> {
  const headers = { authorization: `Bearer ${auth}`, 'content-type': 'application/json' };
  const init = { method, headers, body: JSON.stringify(body) };
  const response = await node.fetch(`/api/v1${path}`, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

/** `server`, asked at its own address and not at the public one. */
function atItself(server: TestServer): TestServer {
  return {
    ...server,
    fetch: (path, init) => fetch(`${server.boundUrl}${path}`, { redirect: 'manual', ...init }),
    form: (path, fields, headers = {}) => {
      const init = {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(fields),
        headers,
      } as const;
      return fetch(`${server.boundUrl}${path}`, init);
    },
  };
}

export async function openNodes(database: TestDatabase): Promise<Nodes> {
  const clock = createTestClock();
  const outbox: Outbox = await openOutbox();
  const dataDir = await mkdtemp(join(tmpdir(), 'sallyport-nodes-'));
  const settings = { outboxDir: outbox.folder };
  const first = await serverWithPeople(database, { clock, settings, dataDir });
  const { databaseUrl } = first.config;
  const options = { clock, dataDir, settings: { ...settings, publicUrl: first.url } };
  let other: Promise<TestServer> | undefined;
  /** Started when it is needed. */
  const second = () => {
    other ??= createTestServer({ ...options, ...(databaseUrl ? { databaseUrl } : {}) }).then(atItself);
    return other;
  };

  return {
    first,
    clock,
    databaseUrl: databaseUrlOf(first.config),
    async race(attempt) {
      const both = [first, await second()] as const;
      return Promise.all(
        Array.from({ length: RACERS }, (_, racer) => attempt(both[racer % 2 ? 0 : 1], racer)),
      );
    },
    async person(name) {
      const user = { loginName: `${name}@acme.test`, password: PASSWORD, email: `${name}@mail.test` };
      await first.apply({ users: [{ ...user, displayName: name }] });
      const { auth, userId } = await signIn(first, user);
      return {
        ...user,
        userId,
        me: (path, body, node = first, method = 'POST') => api(node, auth, `/me${path}`, body, method),
      };
    },
    async messageTo(address) {
      for (;;) {
        const message = await outbox.next();
        if (message.to === address) return message;
      }
    },
    async passwordMet({ loginName, password }, name) {
      const { SessionId, Challenges } = await start(first, loginName);
      const { envelope } = await answer(first, SessionId, mechanism(Challenges, 'UP'), password);
      return { SessionId, id: mechanism(envelope.Result.Challenges, name) };
    },
    async close() {
      await (await other)?.close();
      await first.close();
      await outbox.remove();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The token of a mailed way to a new password, and the mechanism that takes it. */
export async function wayToPassword({ first }: Nodes, { link }: SentMessage) {
  const token = new URL(link ?? '').searchParams.get('token') ?? '';
  const context = { tenant: first.tenant, source: '192.0.2.9', userAgent: '', correlationId: 'x' };
  const way = await first.core.login.recover(context, token);
  const reset = way?.challenges.at(-1)?.mechanisms[0]?.id;
  if (reset === undefined) throw new Error('the link leads nowhere');
  return { token, reset };
}
