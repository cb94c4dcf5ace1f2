import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { StoreUnavailable } from '../../src/core/ports.js';
import { createPasswords, HashingOverload } from '../../src/kit/passwords.js';
import { ADA, signIn } from '../login/dance.js';
import { createTestServer, type TestServer } from '../support/server.js';

async function open(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

describe('a client that takes its time is cut off', () => {
  let server: TestServer;
  let port: number;
  beforeAll(async () => {
    const timeouts = { headers: 300, request: 600, idle: 60_000, silent: 60_000, look: 50 };
    server = await createTestServer({ timeouts });
    port = Number(new URL(server.url).port);
  });
  afterAll(() => server.close());

  /** What was answered until the server closed, and after how many milliseconds. */
  async function ending(socket: Socket): Promise<{ text: string; after: number }> {
    const began = performance.now();
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await once(socket, 'close');
    return { text, after: performance.now() - began };
  }
  const isWell = async () => expect((await server.fetch('/health/live')).status).toBe(200);

  test('one that does not finish its headers', async () => {
    const { text, after } = await ending(
      await open(port, 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: '),
    );
    expect(text).toMatch(/^(HTTP\/1\.1 408 .*)?/);
    expect(after).toBeLessThan(5_000);
    await isWell();
  });

  test('one that does not finish its body', async () => {
    const head = `POST /oauth2/token/any HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant`;
    const { after } = await ending(await open(port, head));
    expect(after).toBeLessThan(5_000);
    await isWell();
  });

  test('a head or a body larger than any honest one is refused', async () => {
    const huge = await ending(
      await open(port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`),
    );
    expect(huge.text).toMatch(/^HTTP\/1\.1 431 /);
    const body = await server.form('/oauth2/token/any', { grant_type: 'x'.repeat(2_000_000) });
    expect(body.status).toBe(413);
    await isWell();
  });
});

describe('a client that does not read', () => {
  const ASKED = 12_000;

  test('is cut off, though it asked for more than the network holds', async () => {
    const timeouts = { headers: 5_000, request: 5_000, idle: 60_000, silent: 500, look: 50 };
    const server = await createTestServer({ timeouts });
    const port = Number(new URL(server.url).port);
    await server.apply({ apps: [{ applicationId: 'large', name: 'A document of some kilobytes' }] });
    const path = '/large/.well-known/openid-configuration';
    const socket = await open(port, '');
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`.repeat(ASKED));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await server.fetch('/health/live')).status, 'others are served').toBe(200);
    let answers = 0;
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answers += chunk.split('HTTP/1.1 200').length - 1;
    });
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
    expect(answers).toBeLessThan(ASKED);
    await server.close();
  });
});

describe('idle connections', () => {
  test('connections that say nothing more cost no time: hundreds of them, and the next is answered at once', async () => {
    const server = await createTestServer();
    const port = Number(new URL(server.url).port);
    const request = `GET /health/live HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: 300 }, () => open(port, request)));
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    const began = performance.now();
    expect((await server.fetch('/health/live')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(
      sockets.every((socket) => !socket.destroyed),
      'kept alive',
    ).toBe(true);
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
});

describe('the hashing pool', () => {
  test('turns away at once whom it could not serve in time, and serves the others', async () => {
    const passwords = createPasswords({ memoryCost: 1024, timeCost: 1, concurrency: 1, deadline: 60 });
    const stored = await passwords.hash('right');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 400 }, () => passwords.verify(stored, 'right')),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused)
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(HashingOverload);
    const served = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value);
    expect(served.length).toBeGreaterThan(0);
    expect(await passwords.verify(stored, 'right'), 'and recovers').toBe(true);
  });
});

describe('more sign-ins than can be checked', () => {
  let server: TestServer;
  beforeAll(async () => {
    const hashingCost = { memoryCost: 65_536, timeCost: 3, concurrency: 1, deadline: 200 };
    server = await createTestServer({ hashingCost });
    await server.apply({
      tenant: { loginSuffixes: ['acme.test'] },
      apps: [
        {
          applicationId: 'app',
          name: 'App',
          tokens: { authMethods: ['resourceOwner'] },
          userAccess: { roles: ['Everybody'] },
        },
      ],
    });
  });
  afterAll(() => server.close());

  test('are answered 503 with Retry-After, and everything else goes on', async () => {
    const fields = (at: number) => ({
      grant_type: 'password',
      username: `user-${at}@acme.test`,
      password: 'guess',
      client_id: 'cli',
      scope: 'openid',
    });
    const guesses = Array.from({ length: 60 }, (_, at) => server.form('/oauth2/token/app', fields(at)));
    const began = performance.now();
    expect((await server.fetch('/health/live')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(2_000);
    const answers = await Promise.all(guesses);
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    for (const answer of busy) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers.every(({ status }) => [400, 503].includes(status))).toBe(true);
  });
});

describe('a denial that the audit log does not take', () => {
  test('is not told: without a token, and without a right, the caller is asked to come again', async () => {
    const server = await createTestServer();
    onTestFinished(() => server.close());
    await server.apply({ users: [{ ...ADA, email: 'ada@acme.test', displayName: 'Ada' }] });
    const { cookie } = await signIn(server);
    for (const headers of [new Headers(), new Headers({ cookie })]) {
      const full = new StoreUnavailable('too many writes are waiting');
      vi.spyOn(server.core.audit, 'append').mockRejectedValueOnce(full);
      const answer = await server.fetch('/api/v1/users', { headers });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    }
  });
});
