/** The sign-in over bare HTTP, as a program of the vendor's does it. */
import { TOTP } from 'otpauth';
import { expect } from 'vitest';
import type { TestDatabase } from '../support/databases.js';
import { createTestServer, type TestServer, type TestServerOptions } from '../support/server.js';

export const ADA = { loginName: 'ada@acme.test', password: 'blue whales sing low' };
export const BOB = { loginName: 'bob@acme.test', password: 'seven pines in a row' };
/** Bob's authenticator app. */
export const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
export const CLIENT = { loginName: 'reports@acme.test', password: 'printed every monday' };

const person = { email: 'someone@acme.test' };
const PEOPLE = {
  users: [
    { ...person, ...ADA, displayName: 'Ada Lovelace' },
    { ...person, ...BOB, displayName: 'Bob', totpSecret: TOTP_SECRET },
    { ...person, ...CLIENT, displayName: 'Reports', confidentialClient: true },
  ],
};

/** A server on `database` with Ada, Bob who has a second factor, and a confidential client. */
export async function serverWithPeople(
  database: TestDatabase,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const { url, drop } = await database.open();
  const databaseUrl = url.startsWith('postgres') ? { databaseUrl: url } : {};
  const server = await createTestServer({ ...databaseUrl, ...options });
  await server.apply(PEOPLE);
  return {
    ...server,
    close: async () => {
      await server.close();
      await drop();
    },
  };
}

export interface WireMechanism {
  MechanismId: string;
  Name: string;
  AnswerType: string;
  PromptMechChosen: string;
}

export interface WireEnvelope {
  success: boolean;
  Message: string | null;
  ErrorID: string | null;
  Result: {
    Summary: string;
    SessionId: string;
    Challenges: { Mechanisms: WireMechanism[] }[];
    ClientMessage: string | null;
    Auth: string;
    UserId: string;
    [key: string]: unknown;
  };
}

/** Calls one of the vendor's methods as a native client; the response and its envelope. */
export async function call(
  server: TestServer,
  path: string,
  body: unknown = {},
  headers: Record<string, string> = {},
): Promise<{ response: Response; envelope: WireEnvelope }> {
  const response = await server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-centrify-native-client': '1', ...headers },
    body: JSON.stringify(body),
  });
  return { response, envelope: (await response.json()) as WireEnvelope };
}

export async function start(
  server: TestServer,
  user: string,
  headers: Record<string, string> = {},
): Promise<WireEnvelope['Result']> {
  const { envelope } = await call(
    server,
    '/Security/StartAuthentication',
    { User: user, Version: '1.0' },
    headers,
  );
  expect(envelope).toMatchObject({ success: true, Result: { Summary: 'NewPackage' } });
  return envelope.Result;
}

/** The mechanism of that name, in the challenge at `index`. */
export function mechanism(challenges: WireEnvelope['Result']['Challenges'], name: string, index = 0): string {
  const found = challenges[index]?.Mechanisms.find(({ Name }) => Name === name);
  if (!found) throw new Error(`challenge ${index} does not offer ${name}`);
  return found.MechanismId;
}

export function answer(
  server: TestServer,
  SessionId: string,
  MechanismId: string,
  Answer: unknown,
  more: { headers?: Record<string, string>; body?: object } = {},
) {
  const body = { SessionId, MechanismId, Action: 'Answer', Answer, ...more.body };
  return call(server, '/Security/AdvanceAuthentication', body, more.headers);
}

/** One attempt with a password from beginning to end. */
export async function tryPassword(
  server: TestServer,
  user: string,
  password: string,
  headers: Record<string, string> = {},
) {
  const { SessionId, Challenges } = await start(server, user, headers);
  return answer(server, SessionId, mechanism(Challenges, 'UP'), password, { headers });
}

export interface SignedIn {
  cookie: string;
  auth: string;
  userId: string;
}

/** Signs a user without second factor in. */
export async function signIn(server: TestServer, user = ADA): Promise<SignedIn> {
  const { response, envelope } = await tryPassword(server, user.loginName, user.password);
  expect(envelope.Result.Summary).toBe('LoginSuccess');
  return { cookie: sessionCookie(response), auth: envelope.Result.Auth, userId: envelope.Result.UserId };
}

/** `name=value` of the session cookie that a response sets. */
export function sessionCookie(response: Response): string {
  const set = response.headers.getSetCookie().find((line) => line.startsWith('.ASPXAUTH='));
  if (!set) throw new Error('no session cookie was set');
  return set.split(';')[0] ?? '';
}

/** The code that Bob's app shows at `now`. */
export function codeAt(now: number): string {
  return new TOTP({ secret: TOTP_SECRET }).generate({ timestamp: now });
}

/** Whether `headers` open a session. */
export async function whoami(server: TestServer, headers: Record<string, string>): Promise<string | null> {
  const { response, envelope } = await call(server, '/security/whoami', {}, headers);
  return response.status === 200 ? String(envelope.Result.User) : null;
}
