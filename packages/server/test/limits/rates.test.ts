import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestClock, type TestClock } from '../support/clock.js';
import { DATABASES } from '../support/databases.js';
import { createTestServer, type TestServer } from '../support/server.js';

const HOST = 'http://localhost:8420';
const SECRET = 'called over and over';

/** Two programs that call the API. */
const CALLERS = {
  users: ['busy', 'calm'].map((name) => ({
    loginName: `${name}@acme.test`,
    email: `${name}@acme.test`,
    displayName: name,
    password: SECRET,
    confidentialClient: true,
  })),
  roles: [{ name: 'Callers', members: ['busy@acme.test', 'calm@acme.test'] }],
  apps: [
    {
      applicationId: 'calls',
      name: 'Calls',
      tokens: { authMethods: ['clientCreds', 'resourceOwner'] },
      scope: { definitions: [{ name: 'self', restRegex: ['security/whoami'] }] },
      userAccess: { roles: ['Callers'] },
    },
  ],
};

describe.each(DATABASES.map((database) => ({ database, name: database.name })))(
  'limits of two processes over one database ($name)',
  { timeout: 60_000 },
  ({ database }) => {
    let clock: TestClock;
    let nodes: TestServer[];
    let end = async () => {};
    beforeAll(async () => {
      const opened = await database.open();
      const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-rates-'));
      const place = opened.url.startsWith('postgres') ? { databaseUrl: opened.url, dataDir } : { dataDir };
      clock = createTestClock();
      const settings = { publicUrl: HOST, behindProxy: '127.0.0.1,::1' };
      nodes = [];
      for (let node = 0; node < 2; node++) nodes.push(await createTestServer({ ...place, clock, settings }));
      end = async () => {
        for (const node of nodes) await node.close();
        await opened.drop();
        rmSync(dataDir, { recursive: true, force: true });
      };
    });
    afterAll(() => end());

    const ask = (node: number, path: string, source: string, headers: Record<string, string> = {}) =>
      fetch(`${nodes[node]?.boundUrl}${path}`, {
        headers: { host: 'localhost:8420', 'x-forwarded-for': source, ...headers },
        redirect: 'manual',
      });
    const askMany = async (count: number, node: number, path: string, source: string) => {
      const answers = await Promise.all(Array.from({ length: count }, () => ask(node, path, source)));
      for (const answer of answers) await answer.body?.cancel();
      return answers.filter(({ status }) => status === 429).length;
    };
    const told = () => new Promise((resolve) => setTimeout(resolve, 1_000));

    test('what one process has counted the other refuses within a second, though it never saw the source', async () => {
      expect(await askMany(200, 0, '/login', '192.0.2.1')).toBe(0);
      expect(await askMany(150, 0, '/login', '192.0.2.1')).toBeGreaterThan(40);
      await told();
      const refused = await ask(1, '/login', '192.0.2.1');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    });

    test('another source is not touched, nor is the same one a minute later', async () => {
      expect((await ask(1, '/login', '192.0.2.2')).status).toBe(200);
      clock.advance(60_000);
      expect((await ask(0, '/login', '192.0.2.1')).status).toBe(200);
    });

    test('what each of two processes let pass is too much together', async () => {
      for (const node of [0, 1]) expect(await askMany(160, node, '/login', '192.0.2.6')).toBeLessThan(160);
      await told();
      for (const node of [0, 1]) expect((await ask(node, '/login', '192.0.2.6')).status).toBe(429);
      expect((await ask(1, '/login', '192.0.2.7')).status).toBe(200);
    });

    test('one subscriber of IPv6 is one source', async () => {
      for (let address = 0; address < 320; address += 40)
        await Promise.all(
          Array.from({ length: 40 }, (_, at) => ask(0, '/login', `2001:db8::${(address + at).toString(16)}`)),
        );
      expect((await ask(0, '/login', '2001:db8::ffff')).status).toBe(429);
      expect((await ask(0, '/login', '2001:db8:0:1::1')).status).toBe(200);
    });

    test('refusals of any kind are counted too: guessing across endpoints ends', async () => {
      const guess = (source: string) =>
        ask(0, '/api/v1/users', source, { authorization: 'Bearer guessed' }).then(({ status }) => status);
      for (let round = 0; round < 12; round++)
        await Promise.all(Array.from({ length: 51 }, () => guess('192.0.2.3')));
      expect(await guess('192.0.2.3')).toBe(429);
      expect(await guess('192.0.2.4')).toBe(401);
      // What others rely on is answered all the same.
      for (const path of ['/oauth2/keys/none', '/none/.well-known/openid-configuration'])
        expect((await ask(0, path, '192.0.2.3')).status).not.toBe(429);
      for (const path of ['/health/live', '/health/ready'])
        expect((await ask(0, path, '192.0.2.3')).status).toBe(200);
      // Nor is such a source given what it has a right to.
      await nodes[0]?.apply(CALLERS);
      const client = { client_id: 'calm@acme.test', client_secret: SECRET };
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'self', ...client });
      const headers = (source: string) => ({ host: 'localhost:8420', 'x-forwarded-for': source });
      const tokenFor = (source: string) =>
        fetch(`${nodes[0]?.boundUrl}/oauth2/token/calls`, { method: 'POST', headers: headers(source), body });
      expect((await tokenFor('192.0.2.3')).status).toBe(429);
      expect((await tokenFor('192.0.2.4')).status).toBe(200);
    });

    test('what comes in one burst is refused no more often, and an honest burst is answered whole', async () => {
      const { hostname, port } = new URL(nodes[0]?.boundUrl ?? '');
      const burst = async (count: number, path: string, source: string) => {
        const request = `GET ${path} HTTP/1.1\r\nHost: localhost:8420\r\nX-Forwarded-For: ${source}\r\n\r\n`;
        const last = request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
        const socket = connect(Number(port), hostname);
        socket.write(request.repeat(count - 1) + last);
        const answers = (await text(socket)).match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];
        return (status: string) => answers.filter((answer) => answer === status).length;
      };
      const refused = await burst(3_000, '/api/v1/x', '192.0.2.20');
      expect(refused('401')).toBeGreaterThan(500);
      expect(refused('401')).toBeLessThanOrEqual(601);
      expect(refused('401') + refused('429')).toBe(3_000);
      const honest = await burst(3_000, '/sysinfo/version', '192.0.2.21');
      expect(honest('200')).toBe(3_000);
    });

    test('wrong passwords at the token endpoint are counted, whichever the account', async () => {
      await nodes[0]?.apply(CALLERS);
      const guess = async (source: string, at: number, more: Record<string, string> = {}) => {
        const client = { client_id: 'calm@acme.test', client_secret: SECRET };
        const fields = { grant_type: 'password', username: `nobody${at % 3}@acme.test`, password: 'a guess' };
        const body = new URLSearchParams({ ...fields, scope: 'self', ...client });
        const headers = { host: 'localhost:8420', 'x-forwarded-for': source, ...more };
        const answer = await fetch(`${nodes[0]?.boundUrl}/oauth2/token/calls`, {
          method: 'POST',
          headers,
          body,
        });
        await answer.body?.cancel();
        return answer.status;
      };
      for (let round = 0; round < 16; round++)
        await Promise.all(Array.from({ length: 20 }, (_, at) => guess('192.0.2.8', at)));
      expect(await guess('192.0.2.8', 0)).toBe(429);
      expect(await guess('192.0.2.8', 0, { cookie: 'x=y' }), 'by the way of all requests').toBe(429);
      expect((await ask(0, '/login', '192.0.2.8')).status, 'what is no password goes on').toBe(200);
      expect(await guess('192.0.2.9', 0)).toBe(400);
    });

    // Thousands of calls, told to the other process as those above are: once is enough.
    test.skipIf(database.name !== 'sqlite')(
      'one account has its share over every source, process and token, and others go on',
      async () => {
        const tokenOf = async (client: string) => {
          const fields = { grant_type: 'client_credentials', client_id: client, client_secret: SECRET };
          const body = new URLSearchParams({ ...fields, scope: 'self' });
          const url = `${nodes[0]?.boundUrl}/oauth2/token/calls`;
          const answer = await fetch(url, { method: 'POST', headers: { host: 'localhost:8420' }, body });
          return ((await answer.json()) as { access_token: string }).access_token;
        };
        const tokens = [await tokenOf('busy@acme.test'), await tokenOf('busy@acme.test')];
        const call = async (at: number, token = tokens[at % 2]) => {
          const authorization = `Bearer ${token}`;
          const answer = await ask(at % 2, '/security/whoami', `198.51.100.${at % 200}`, { authorization });
          await answer.body?.cancel();
          return answer.status;
        };
        const inTurns = async (count: number) => {
          const statuses = new Set<number>();
          for (let from = 0; from < count; from += 100)
            for (const status of await Promise.all(Array.from({ length: 100 }, (_, at) => call(from + at))))
              statuses.add(status);
          return statuses;
        };
        expect(await inTurns(5_800), 'what an account may').toEqual(new Set([200]));
        await told();
        await inTurns(400);
        await told();
        expect(await Promise.all([call(0), call(1)])).toEqual([429, 429]);
        expect(await call(0, await tokenOf('calm@acme.test'))).toBe(200);
        clock.advance(60_000);
        expect(await call(0)).toBe(200);
      },
    );

    test('a loopback source that speaks for nobody is free', async () => {
      const knock = () => fetch(`${nodes[0]?.boundUrl}/login`, { headers: { host: 'localhost:8420' } });
      for (let round = 0; round < 8; round++) {
        const answers = await Promise.all(Array.from({ length: 40 }, knock));
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      }
    });
  },
);
