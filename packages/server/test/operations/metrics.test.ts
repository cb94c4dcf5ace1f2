import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/kit/metrics.js';
import { DATABASES } from '../support/databases.js';
import { start } from '../support/process.js';
import { createTestServer, type TestServer } from '../support/server.js';

const TOKEN = 'a token for the scraper';

describe('/metrics', () => {
  let server: TestServer;
  let elsewhere: TestServer;
  beforeAll(async () => {
    server = await createTestServer({ settings: { metricsToken: TOKEN } });
    const settings = { publicUrl: 'https://id.example.com', behindProxy: ['127.0.0.1'] };
    elsewhere = await createTestServer({ settings });
  });
  afterAll(async () => {
    await server.close();
    await elsewhere.close();
  });

  const scrape = (headers: Record<string, string> = {}, at = server.boundUrl) =>
    fetch(`${at}/metrics`, { headers });
  const lines = async (name: string) =>
    (await (await scrape()).text()).split('\n').filter((line) => line.startsWith(name));

  it('is open on loopback, and closed as soon as a request may come from further away', async () => {
    const answer = await scrape();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect((await scrape({ 'x-forwarded-for': '192.0.2.1' })).status).toBe(401);
    expect((await scrape({ forwarded: 'for=192.0.2.1' })).status).toBe(401);
    expect((await scrape({}, elsewhere.boundUrl)).status, 'a public URL that is not loopback').toBe(401);
  });

  it('opens to the bearer of the token from anywhere, and to no other', async () => {
    const far = { 'x-forwarded-for': '192.0.2.1' };
    expect((await scrape({ ...far, authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    for (const wrong of [`${TOKEN}x`, TOKEN.slice(1), ''])
      expect((await scrape({ ...far, authorization: `Bearer ${wrong}` })).status).toBe(401);
    expect((await scrape({ authorization: `Bearer ${TOKEN}` }, elsewhere.boundUrl)).status).toBe(401);
  });

  it('what a request names never becomes a label (advisory 42)', async () => {
    const before = (await lines('sallyport_')).length;
    for (let number = 0; number < 50; number++) {
      await server.fetch(`/no/such/path-${number}`);
      await server.fetch(`/oauth2/keys/app-${number}`);
      await server.form(`/oauth2/token/app-${number}`, { grant_type: `grant-${number}` });
    }
    const after = await lines('sallyport_');
    expect(after.join('\n')).not.toMatch(/app-\d|path-\d|grant-\d/);
    expect(after.length - before, 'new series').toBeLessThan(60);
    expect(after.join('\n')).toMatch(/sallyport_http_requests_total\{route="none",status="4xx"\} 5\d/);
  });

  it('counts events by type, and shows the process and its database', async () => {
    const body = JSON.stringify({ TenantId: '', User: 'nobody@acme.test', Version: '1.0' });
    await server.fetch('/security/startauthentication', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-idap-native-client': 'true' },
      body,
    });
    const text = await (await scrape()).text();
    for (const name of [
      'process_resident_memory_bytes',
      'sallyport_database_bytes',
      'sallyport_writes_waiting',
    ])
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(text).toMatch(/^sallyport_database_up 1$/m);
    expect(text).toMatch(/^# TYPE sallyport_http_request_duration_seconds histogram$/m);
  });
});

const postgres = DATABASES.find(({ name }) => name === 'postgres');

describe.skipIf(!postgres)('/metrics of several workers', { timeout: 60_000 }, () => {
  it('speaks for all of them, whichever is asked', async () => {
    const { url, drop } = (await postgres?.open()) ?? { url: '', drop: async () => {} };
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-workers-'));
    const env = { SALLYPORT_MASTER_KEY: 'ab'.repeat(32), SALLYPORT_LOG_FORMAT: 'json' };
    const args = ['serve', '--port', '0', '--database-url', url, '--workers', '2', '--data-dir', folder];
    const server = start(args, { env });
    try {
      const [, origin = ''] = await server.seen(/listening on (http:\S+?)"/);
      // A connection stays with one worker; each of these is one of its own.
      const ask = (path: string) => fetch(`${origin}${path}`, { headers: { connection: 'close' } });
      for (let visit = 0; visit < 40; visit++) expect((await ask('/login')).status).toBe(200);
      const visits = async () => {
        const text = await (await ask('/metrics')).text();
        return Number(/^sallyport_http_requests_total\{[^}]*"\/login"[^}]*\} (\d+)$/m.exec(text)?.[1]);
      };
      // A worker that is late is left out.
      for (let scrape = 0; scrape < 6; scrape++) await expect.poll(visits, { timeout: 5_000 }).toBe(40);
    } finally {
      server.child.kill('SIGTERM');
      await server.finished;
      await drop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a family of figures', () => {
  it('counts what is new as other once it is full, and what it knows as before', async () => {
    const metrics = createMetrics();
    const counter = metrics.counter('answers_total', 'Answers.', ['route', 'status']);
    for (let turn = 0; turn < 2; turn++)
      for (let route = 0; route < 600; route++) counter.add([`/${route}`, '2xx']);
    const [family] = await metrics.snapshot();
    const samples = new Map(family?.samples);
    expect(samples.size).toBe(501);
    expect(samples.get('{route="/499",status="2xx"}')).toBe(2);
    expect(samples.get('{route="other",status=""}')).toBe(200);
  });
});
