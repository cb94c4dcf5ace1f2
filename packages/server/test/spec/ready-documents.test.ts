/** Documents answered from memory say what the router would say, to nobody whom it would refuse. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { createTestServer } from '../support/server.js';
import { describeWorld, type World } from './support/world.js';

const METADATA = '/MyApp/.well-known/openid-configuration';

interface Seen {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** As it comes over the wire; `headers` may name another host. */
function get({ url }: Pick<World, 'url'>, path: string, headers: Record<string, string> = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => {
        const { date, ...rest } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, headers: rest, body });
      });
    });
    sent.on('error', reject).end();
  });
}

describeWorld('documents that are ready', (world) => {
  /** Once by the router, and again. */
  async function twice(path: string): Promise<Seen> {
    const first = await get(world(), path);
    const again = await get(world(), path);
    expect(again).toEqual(first);
    return again;
  }

  test('are the same the second time, header by header', async () => {
    for (const path of [METADATA, '/oauth2/keys/MyApp', '/.well-known/oauth-protected-resource']) {
      const { status, headers } = await twice(path);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=300',
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  test('are the same the second time in any script', async () => {
    const profiles = [{ name: 'zwei-Größen-二', challenges: [['UP'], ['OTP']] }];
    await world().apply({ authentication: { profiles, rules: [] } });
    const { status, body } = await twice(METADATA);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ acr_values_supported: ['zwei-Größen-二'] });
    await world().apply({ authentication: { profiles: [], rules: [] } });
  });

  test('are refused to whoever names another host', async () => {
    await twice(METADATA);
    expect((await get(world(), METADATA, { host: 'evil.test' })).status).toBe(421);
  });

  test('tell at once what an administrator has changed', async () => {
    await twice(METADATA);
    await world().configure({ tokens: { authMethods: ['clientCreds'] } });
    expect(JSON.parse((await get(world(), METADATA)).body)).toMatchObject({
      grant_types_supported: ['refresh_token', 'client_credentials'],
    });
    await world().configure({ enabled: false });
    expect((await get(world(), METADATA)).status).toBe(404);
    await world().configure({ enabled: true });
    expect((await twice(METADATA)).status).toBe(200);
  });

  test('are counted like any other answer', async () => {
    await get(world(), METADATA);
    const counted = async () => {
      const { body } = await get(world(), '/metrics');
      const line = /sallyport_http_requests_total\{route="[^"]*openid-configuration",status="2xx"\} (\d+)/;
      return Number(line.exec(body)?.[1]);
    };
    const before = await counted();
    for (let i = 0; i < 3; i++) await get(world(), METADATA);
    expect(await counted()).toBe(before + 3);
  });

  test('are no answer to a POST, a question after them, or a proof that wants a nonce', async () => {
    await twice(METADATA);
    expect((await world().fetch(METADATA, { method: 'POST' })).status).toBe(404);
    const proved = await get(world(), METADATA, { dpop: 'a proof' });
    expect(proved.headers).toHaveProperty('dpop-nonce');
    expect((await get(world(), METADATA)).headers).not.toHaveProperty('dpop-nonce');
  });
});

test('a document that is ready is refused when a trusted proxy names another host', async () => {
  const settings = { publicUrl: 'https://id.example.com', behindProxy: ['127.0.0.1', '::1'] };
  const server = await createTestServer({ settings });
  try {
    const at = { url: server.boundUrl };
    const path = '/.well-known/oauth-protected-resource';
    const host = 'id.example.com';
    for (let i = 0; i < 2; i++) expect((await get(at, path, { host })).status).toBe(200);
    expect((await get(at, path, { host, 'x-forwarded-host': 'evil.test' })).status).toBe(421);
  } finally {
    await server.close();
  }
});
