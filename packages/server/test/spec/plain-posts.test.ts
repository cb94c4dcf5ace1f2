/** A plain form is answered before the router, in the router's words and under the router's rules. */
import { createServer, type OutgoingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createPlainPosts } from '../../src/http/oauth/plain-posts.js';
import { createTurns } from '../../src/http/turns.js';
import { ADA, basic, createWorld, describeWorld, type Fields, SVC, type World } from './support/world.js';

const TOKEN = '/oauth2/token/MyApp';
const INTROSPECT = '/oauth2/introspect/MyApp';
const CREDENTIALS = { grant_type: 'client_credentials', scope: 'all' };
/** Means nothing to these endpoints, but is read by the router alone. */
const UNPLAIN = { cookie: 'theme=dark' };

interface Seen {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** As it comes over the wire; `headers` may name another host. */
function post(
  { url }: { url: string },
  path: string,
  fields: Fields,
  headers: OutgoingHttpHeaders = {},
): Promise<Seen> {
  const body = new URLSearchParams(fields).toString();
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      { method: 'POST', headers: { ...form, ...headers } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => {
          const { date, ...rest } = answer.headers;
          resolve({ status: answer.statusCode ?? 0, headers: rest, body: JSON.parse(text) });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

/** A request for a token as it goes over the wire, in two parts. */
function textOf({ url }: { url: string }, { authorization } = basic()): [begun: string, rest: string] {
  const form = new URLSearchParams(CREDENTIALS).toString();
  const lines = [
    `POST ${TOKEN} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    `authorization: ${authorization}`,
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${form.length}`,
  ];
  return [`${lines.join('\r\n')}\r\n\r\n${form.slice(0, 5)}`, form.slice(5)];
}

/** A connection of which all that came is known once it is closed. */
function open({ url }: { url: string }) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const closed = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('close', () => resolve(text));
  });
  return { socket, closed };
}

describeWorld('plain posts', (world) => {
  /** Plain, and by the router. */
  async function both(path: string, fields: Fields, headers: OutgoingHttpHeaders = {}) {
    const plain = await post(world(), path, fields, headers);
    return { plain, routed: await post(world(), path, fields, { ...headers, ...UNPLAIN }) };
  }

  test('are refused as the router refuses, header by header and word by word', async () => {
    const wrong = basic({ ...SVC, password: 'wrong' });
    const refused: [path: string, fields: Fields, headers?: Fields][] = [
      [TOKEN, CREDENTIALS],
      [TOKEN, CREDENTIALS, wrong],
      [TOKEN, { ...CREDENTIALS, scope: 'no such' }, basic()],
      [TOKEN, { grant_type: 'magic' }, basic()],
      [TOKEN, { scope: 'all' }, basic()],
      [TOKEN, { grant_type: 'authorization_code', code: 'no-such', client_id: 'cli' }],
      [TOKEN, CREDENTIALS, { authorization: 'DPoP nonsense' }],
      ['/oauth2/token/NoSuchApp', CREDENTIALS, basic()],
      [INTROSPECT, { token: 'any' }],
      [INTROSPECT, { token_type_hint: 'access_token' }, basic()],
    ];
    for (const [path, fields, headers] of refused) {
      const { plain, routed } = await both(path, fields, headers);
      expect(plain).toEqual(routed);
      expect(plain.status).toBeGreaterThanOrEqual(400);
      expect(plain.headers['content-security-policy']).toBeDefined();
    }
  });

  test('are granted with the headers of the router', async () => {
    const { plain, routed } = await both(TOKEN, CREDENTIALS, basic());
    expect(plain.status).toBe(200);
    expect(plain.headers).toEqual(routed.headers);
    expect(Object.keys(plain.body)).toEqual(Object.keys(routed.body));
    expect(plain.headers).toMatchObject({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' });
  });

  test('are told of a token what the router tells, in any script', async () => {
    const scope = { definitions: [{ name: 'all', restRegex: ['.*'] }] };
    await world().configure({
      scope,
      tokens: { authMethods: ['clientCreds', 'resourceOwner'], type: 'opaque' },
    });
    await world().apply({ users: [{ ...ADA, displayName: 'Ada Größe 二' }] });
    const { body } = await post(world(), TOKEN, CREDENTIALS, basic());
    for (const token of [String(body.access_token), 'of nobody ☂']) {
      const { plain, routed } = await both(INTROSPECT, { token }, basic());
      expect(plain).toEqual(routed);
      expect(plain.body.active).toBe(token === body.access_token);
    }
  });

  test('meet the rule about the host', async () => {
    const answer = await post(world(), TOKEN, CREDENTIALS, { ...basic(), host: 'evil.test' });
    expect(answer.status).toBe(421);
  });

  test('are counted once each, refused or not', async () => {
    const counted = async (status: string) => {
      const text = await (await world().fetch('/metrics')).text();
      const line = text.split('\n').find((each) => each.includes('token/:app') && each.includes(status));
      return Number(line?.split(' ').at(-1));
    };
    await both(TOKEN, CREDENTIALS, basic());
    await both(TOKEN, { scope: 'all' }, basic());
    const [granted, refused] = [await counted('2xx'), await counted('4xx')];
    for (let i = 0; i < 3; i++) await post(world(), TOKEN, CREDENTIALS, basic());
    for (let i = 0; i < 2; i++) await post(world(), TOKEN, { scope: 'all' }, basic());
    expect(await counted('2xx')).toBe(granted + 3);
    expect(await counted('4xx')).toBe(refused + 2);
  });

  test('that end in the middle harm nobody', async () => {
    const [begun] = textOf(world());
    for (let i = 0; i < 5; i++) {
      const { socket, closed } = open(world());
      socket.write(begun, () => socket.destroy());
      await closed;
    }
    expect((await post(world(), TOKEN, CREDENTIALS, basic())).status).toBe(200);
  });
});

/** The newest line of the audit log. */
async function lastEvent({ core, tenant }: World) {
  const { items } = await core.store.read.events.page(tenant.id, { limit: 1 });
  return items[0];
}

test('a plain post that is refused is one request in the log and in the audit log', async () => {
  const lines: string[] = [];
  const world = await createWorld({ log: (line) => lines.push(line), logLevel: 'info' });
  try {
    const wrong = basic({ ...SVC, password: 'wrong' });
    expect((await post(world, TOKEN, CREDENTIALS, wrong)).status).toBe(401);
    const line = lines.map((each) => JSON.parse(each)).find(({ msg }) => msg === 'refused');
    const denied = await lastEvent(world);
    expect(denied?.type).toBe('token.denied');
    expect(line).toMatchObject({ reqId: denied?.correlationId, error: 'invalid_client' });
  } finally {
    await world.close();
  }
});

test('a plain post through a trusted proxy comes from whom the proxy names, to the host that it names', async () => {
  const settings = { publicUrl: 'https://id.example.com', behindProxy: ['127.0.0.1', '::1'] };
  const world = await createWorld({ settings });
  try {
    const at = { url: world.boundUrl };
    const headers = { host: 'id.example.com', 'x-forwarded-for': '198.51.100.7, 192.0.2.9', ...basic() };
    const ask = (more: Fields = {}) => post(at, TOKEN, CREDENTIALS, { ...headers, ...more });
    for (const way of [{}, UNPLAIN]) {
      const answer = await ask(way);
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'strict-transport-security': expect.stringMatching('max-age') },
      });
      expect((await lastEvent(world))?.source).toBe('192.0.2.9');
    }
    expect((await ask({ 'x-forwarded-host': 'evil.test' })).status).toBe(421);
  } finally {
    await world.close();
  }
});

/** What came on a connection, by status, with whether each answer was the last. */
function statusesOf(text: string): string[] {
  return text.split(/(?=HTTP\/1\.1 )/).map((answer) => {
    const isLast = /^connection: close\r$/im.test(answer);
    return `${answer.slice(9, 12)}${isLast ? ', the last' : ''}`;
  });
}

test('plain posts under way when the server closes are answered, with the reason of a refusal', async () => {
  const lines: string[] = [];
  const world = await createWorld({ log: (line) => lines.push(line), logLevel: 'info' });
  const [begun, rest] = textOf(world);
  const [refused] = textOf(world, basic({ ...SVC, password: 'wrong' }));
  const connections = [begun, refused].map((first) => {
    const { socket, closed } = open(world);
    return { socket, closed, sent: new Promise((resolve) => socket.write(first, resolve)) };
  });
  for (const { sent } of connections) await sent;
  // Seen by the server, which is asked something else after them.
  await world.fetch('/health');
  const closing = world.close();
  for (const { socket } of connections) socket.write(`${rest}${begun}${rest}`);
  const [granted, denied] = await Promise.all(
    connections.map(async ({ closed }) => statusesOf(await closed)),
  );
  expect(granted).toEqual(['200', '200, the last']);
  expect(denied?.[0]).toContain('401');
  expect(lines.filter((line) => line.includes('"refused"'))).toHaveLength(1);
  await closing;
});

test('plain posts that succeed never see the router, and what is not plain does', async () => {
  const world = await createWorld();
  const count = () => undefined;
  const options = {
    core: world.core,
    logger: pino({ level: 'silent' }),
    trustedProxies: [],
    rateLimit: true,
  };
  const port = () => Number(new URL(world.url).port);
  const turns = createTurns(world.core, true);
  const posts = createPlainPosts({ ...options, port, count, turns });
  const server = createServer(posts.before((_request, response) => void response.writeHead(418).end('{}')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port: own } = server.address() as AddressInfo;
    const at = { url: `http://127.0.0.1:${own}` };
    const { host } = new URL(world.url);
    const ask = async (headers: OutgoingHttpHeaders = {}, path = TOKEN, fields: Fields = CREDENTIALS) =>
      (await post(at, path, fields, { host, ...basic(), ...headers })).status;
    expect(await ask()).toBe(200);
    expect(await ask({ 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' })).toBe(200);
    expect(await ask({}, INTROSPECT, { token: 'any' })).toBe(200);
    expect(await ask(UNPLAIN)).toBe(418);
    expect(await ask({ 'content-type': 'text/plain' })).toBe(418);
    expect(await ask({ dpop: 'a proof' })).toBe(418);
    expect(await ask({}, `${TOKEN}?scope=all`)).toBe(418);
    expect(await ask({}, TOKEN, { ...CREDENTIALS, state: 'x'.repeat(20_000) })).toBe(418);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await world.close();
  }
});
