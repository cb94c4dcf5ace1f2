import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { DATABASES } from '../support/databases.js';
import {
  ADA,
  type Answer,
  basic,
  createWorld,
  describeWorld,
  EVE,
  errorOf,
  REDIRECT,
  SVC,
  type World,
} from './support/world.js';

const OTHER = { loginName: 'other@acme.test', password: 'secret of another client' };
const INACTIVE = { active: false };

/** Tokens from after every change of the app: nothing but signals and rows can tell that they were revoked. */
async function adasTokens(world: World): Promise<Answer> {
  world.clock.advance(2_000);
  return world.tokens((await world.signIn(ADA)).cookie);
}

function ask(world: World, token: string, headers: Record<string, string>, app = 'MyApp') {
  return world.form(`/oauth2/introspect/${app}`, { token }, headers);
}

function revoke(world: World, fields: Record<string, string>, headers?: Record<string, string>) {
  return world.form('/oauth2/revoke/MyApp', fields, headers);
}

describeWorld('introspection, RFC 7662', (world) => {
  test.each(['JwtRS256', 'opaque'])('a live %s token is explained to a confidential client', async (type) => {
    await world().configure({ tokens: { type } });
    const { access_token } = await adasTokens(world());
    const answer = await ask(world(), access_token, basic());
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({
      active: true,
      scope: 'all',
      client_id: 'cli',
      token_type: 'Bearer',
      unique_name: ADA.loginName,
      username: ADA.loginName,
      app_id: 'MyApp',
      iss: `${world().url}/MyApp/`,
      aud: world().url,
      sub: expect.any(String),
      exp: expect.any(Number),
      iat: expect.any(Number),
      auth_time: expect.any(Number),
    });
  });

  test('a refresh token is active until it is replaced', async () => {
    const { refresh_token } = await adasTokens(world());
    expect(await world().introspect(refresh_token)).toMatchObject({ active: true, client_id: 'cli' });
    await world().token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token });
    expect(await world().introspect(refresh_token)).toEqual(INACTIVE);
  });

  test('N01: without authentication, with a bad bearer or a public client it is 401', async () => {
    const { access_token } = await adasTokens(world());
    expect((await ask(world(), access_token, {})).status).toBe(401);
    expect((await ask(world(), access_token, { authorization: 'Bearer x.y.z' })).status).toBe(401);
    const fields = { token: access_token, client_id: 'cli' };
    expect((await world().form('/oauth2/introspect/MyApp', fields)).status).toBe(401);
  });

  test('a bearer whose user holds a role of the app may ask, another gets inactive', async () => {
    const { access_token } = await adasTokens(world());
    const { handle } = await world().signIn(ADA);
    const mine = await ask(world(), access_token, { authorization: `Bearer ${handle}` });
    expect(await mine.json()).toMatchObject({ active: true });
    const eve = await world().signIn(EVE);
    const hers = await ask(world(), access_token, { authorization: `Bearer ${eve.handle}` });
    expect(await hers.json()).toEqual(INACTIVE);
  });

  test("N02: another app's client, and another app's endpoint, get inactive alone (advisory 39)", async () => {
    await world().apply({
      users: [{ ...OTHER, email: OTHER.loginName, displayName: 'Other', confidentialClient: true }],
      apps: [{ applicationId: 'second', name: 'second', userAccess: { roles: ['Developers'] } }],
    });
    const { access_token } = await adasTokens(world());
    expect(await (await ask(world(), access_token, basic(OTHER))).json()).toEqual(INACTIVE);
    expect(await (await ask(world(), access_token, basic(), 'second')).json()).toEqual(INACTIVE);
  });

  test('N06: garbage of 1 MB is inactive, an unknown token_type_hint is ignored', async () => {
    const started = performance.now();
    expect(await world().introspect('x'.repeat(1_000_000))).toEqual(INACTIVE);
    expect(performance.now() - started).toBeLessThan(1_000);
    const { access_token } = await adasTokens(world());
    const fields = { token: access_token, token_type_hint: 'pigeon' };
    const answer = await world().form('/oauth2/introspect/MyApp', fields, basic());
    expect(await answer.json()).toMatchObject({ active: true });
  });

  test('a token is missing: invalid_request', async () => {
    const answer = await world().form('/oauth2/introspect/MyApp', {}, basic());
    expect(await errorOf(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });
});

describeWorld('revocation, RFC 7009', (world) => {
  test.each(['JwtRS256', 'opaque'])('J07: a revoked %s token is dead at once', async (type) => {
    await world().configure({ tokens: { type } });
    const { access_token, refresh_token } = await adasTokens(world());
    expect((await revoke(world(), { client_id: 'cli', token: access_token })).status).toBe(200);
    expect(await world().introspect(access_token)).toEqual(INACTIVE);
    expect(await world().whoami(access_token)).toBe(401);
    const next = await world().token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token });
    expect(next.status).toBe(200);
  });

  test.each(['JwtRS256', 'opaque'])(
    'N04: a revoked refresh token takes its %s access tokens along',
    async (type) => {
      await world().configure({ tokens: { type } });
      const { access_token, refresh_token } = await adasTokens(world());
      expect((await revoke(world(), { client_id: 'cli', token: refresh_token })).status).toBe(200);
      expect(await world().whoami(access_token)).toBe(401);
      expect(await world().introspect(refresh_token)).toEqual(INACTIVE);
    },
  );

  test('a revoked grant stays revoked after the app gets another token lifetime', async () => {
    await world().configure({ tokens: { type: 'JwtRS256', lifetime: '5h' } });
    const { access_token, refresh_token } = await adasTokens(world());
    await world().configure({ tokens: { lifetime: '1s' } });
    await revoke(world(), { client_id: 'cli', token: refresh_token });
    world().clock.advance(2_000);
    await world().configure({ tokens: { lifetime: '5h' } });
    expect(await world().whoami(access_token)).toBe(401);
  });

  test('N03: the token of another client is left alone, and the answer is 200', async () => {
    const { access_token } = await adasTokens(world());
    expect((await revoke(world(), { client_id: 'other', token: access_token })).status).toBe(200);
    expect((await revoke(world(), { token: access_token }, basic())).status).toBe(200);
    expect(await world().whoami(access_token)).toBe(200);
  });

  test('a confidential client must authenticate; an unknown token is 200, a missing one 400', async () => {
    const bare = await revoke(world(), { client_id: SVC.loginName, token: 'x' });
    expect(await errorOf(bare)).toEqual({ status: 401, error: 'invalid_client' });
    expect((await revoke(world(), { token: 'x' }, basic())).status).toBe(200);
    const missing = await revoke(world(), { client_id: 'cli' });
    expect(await errorOf(missing)).toEqual({ status: 400, error: 'invalid_request' });
  });

  test('rule 13: redemption, revocation and refusal each leave an event in the audit log', async () => {
    const { access_token } = await adasTokens(world());
    await revoke(world(), { client_id: 'cli', token: access_token });
    await world().redeem('no such code', { redirect_uri: REDIRECT });
    const { items } = await world().core.store.read.events.page(world().tenant.id, { limit: 10 });
    const types = items.map((event) => event.type);
    for (const type of ['token.issued', 'token.revoked', 'token.denied']) expect(types).toContain(type);
    expect(JSON.stringify(items)).not.toContain(access_token);
  });
});

/** The way to the database, which can be cut. */
async function openDoor(to: URL) {
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const onward = connect(Number(to.port), to.hostname);
    for (const end of [inward, onward]) sockets.add(end.on('error', () => undefined));
    inward.pipe(onward).pipe(inward);
  });
  const open = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await open(0);
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const url = new URL(to);
  url.port = String(port);
  const shut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return { url: url.href, shut, open: () => open(port) };
}

describe.each(DATABASES.filter(({ name }) => name === 'postgres'))(
  'revocation without a database',
  (database) => {
    test('N05: is answered 503, never 200, and holds once it was answered (CVE-2020-15223)', async () => {
      const opened = await database.open();
      const door = await openDoor(new URL(opened.url));
      const world = await createWorld({ databaseUrl: door.url });
      try {
        const { access_token } = await adasTokens(world);
        const fields = { client_id: 'cli', token: access_token };
        door.shut();
        const answer = await revoke(world, fields);
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
        await door.open();
        await expect.poll(async () => (await revoke(world, fields)).status, { timeout: 5_000 }).toBe(200);
        expect(await world.introspect(access_token)).toEqual(INACTIVE);
      } finally {
        await world.close();
        door.shut();
        await opened.drop();
      }
    });
  },
);
