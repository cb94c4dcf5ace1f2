/** Rule 12: sessions begin, age and end. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import { ADA, call, serverWithPeople, signIn, tryPassword, whoami } from './dance.js';

const MINUTE = 60_000;

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

describeOnEveryDatabase('sessions', (database) => {
  const clock = createTestClock();
  let server: TestServer;

  beforeAll(async () => {
    server = await serverWithPeople(database, { clock });
    await server.apply({ tenant: { sessions: { idle: '10m', absolute: '1h' } } });
  });
  afterAll(() => server.close());

  test('whoami names the user by the vendor’s keys, for GET and POST alike', async () => {
    const { cookie, userId } = await signIn(server);
    const expected = { User: ADA.loginName, UserUuid: userId, TenantId: server.tenant.code };
    const { envelope } = await call(server, '/security/whoami', [], { cookie });
    expect(envelope.Result).toMatchObject(expected);
    const read = await server.fetch('/Security/WhoAmI/', { headers: { cookie } });
    expect(await read.json()).toMatchObject({ success: true, Result: expected });
    expect(await whoami(server, {})).toBeNull();
  });

  test('under an https public URL every cookie is Secure and Host-only (L10)', async () => {
    const port = await freePort();
    const settings = { port, publicUrl: 'https://id.acme.test', behindProxy: '127.0.0.1,::1' };
    const { core, ...behindTls } = await serverWithPeople(database, { settings });
    const here = {
      ...behindTls,
      core,
      fetch: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init),
    };
    const { response } = await tryPassword(here, ADA.loginName, ADA.password);
    const page = await here.fetch('/login');
    const set = [...response.headers.getSetCookie(), ...page.headers.getSetCookie()];
    await behindTls.close();
    expect(set).toHaveLength(2);
    for (const line of set) {
      expect(line).toMatch(/; HttpOnly/);
      expect(line).toMatch(/; Secure/);
      expect(line).not.toMatch(/Domain/i);
    }
  });

  test('a session unused for the idle time ends; use keeps it up to the absolute time', async () => {
    const [used, unused] = [await signIn(server), await signIn(server)];
    for (let minutes = 0; minutes < 54; minutes += 9) {
      clock.advance(9 * MINUTE);
      expect(await whoami(server, { cookie: used.cookie })).toBe(ADA.loginName);
    }
    expect(await whoami(server, { cookie: unused.cookie })).toBeNull();
    clock.advance(6 * MINUTE);
    expect(await whoami(server, { cookie: used.cookie })).toBeNull();
    expect(await whoami(server, { authorization: `Bearer ${used.auth}` })).toBeNull();
  });

  test('neither cookie nor handle stands in the database', async () => {
    const { cookie, auth, userId } = await signIn(server);
    const stored = JSON.stringify(await server.core.store.read.sessions.ofUser(server.tenant.id, userId));
    expect(stored).not.toContain(auth);
    expect(stored).not.toContain(cookie.split('=')[1]);
  });

  test('logout ends the session under both handles, and clears the cookie', async () => {
    const { cookie, auth } = await signIn(server);
    const { response, envelope } = await call(
      server,
      '/security/logout',
      {},
      { authorization: `Bearer ${auth}` },
    );
    expect(envelope).toMatchObject({ success: true, Result: null });
    expect(response.headers.getSetCookie().join()).toMatch(/\.ASPXAUTH=;.*Expires=Thu, 01 Jan 1970/);
    expect(await whoami(server, { cookie })).toBeNull();
    expect(await whoami(server, { authorization: `Bearer ${auth}` })).toBeNull();
  });

  test('the audit log names who signed out', async () => {
    for (const path of ['/security/logout', '/UserMgmt/SignOutEverywhere']) {
      const { auth } = await signIn(server);
      await call(server, path, {}, { authorization: `Bearer ${auth}` });
      const { items } = await server.core.store.read.events.page(server.tenant.id, {
        ...{ limit: 1, types: ['logout'] },
      });
      expect(items[0]?.userName).toBe(ADA.loginName);
    }
  });

  test('signing out everywhere ends every session, of this user alone', async () => {
    const [one, two] = [await signIn(server), await signIn(server)];
    const { envelope } = await call(server, '/UserMgmt/SignOutEverywhere', {}, { cookie: one.cookie });
    expect(envelope.success).toBe(true);
    for (const { cookie } of [one, two]) expect(await whoami(server, { cookie })).toBeNull();
    const three = await signIn(server);
    const { envelope: current } = await call(
      server,
      '/UserMgmt/SignOutCurrentSession',
      {},
      { cookie: three.cookie },
    );
    expect(current.success).toBe(true);
    expect(await whoami(server, { cookie: three.cookie })).toBeNull();
  });

  test('a user who is disabled has no session any more, and none when enabled again and signed out', async () => {
    const { cookie } = await signIn(server);
    await server.apply({ users: [{ loginName: ADA.loginName, enabled: false }] });
    expect(await whoami(server, { cookie })).toBeNull();
    await server.apply({ users: [{ loginName: ADA.loginName, enabled: true }] });
  });

  test('RefreshToken sets the cookie again for a session, and needs one', async () => {
    const { cookie, auth } = await signIn(server);
    const { response } = await call(server, '/Security/RefreshToken', {}, { cookie });
    expect(response.headers.getSetCookie().join()).toContain(cookie);
    const { envelope } = await call(
      server,
      '/Security/RefreshToken',
      {},
      { authorization: `Bearer ${auth}` },
    );
    expect(envelope.success).toBe(false);
  });

  test('a cookie-authenticated call from elsewhere is refused, and from nowhere without the header (L15)', async () => {
    const { cookie } = await signIn(server);
    const logout = (headers: Record<string, string>) =>
      server.fetch('/security/logout', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    const unwelcome: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: 'https://evil.test', 'x-centrify-native-client': '1' },
      { origin: 'null' },
      {},
    ];
    for (const headers of unwelcome) {
      const response = await logout(headers);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ success: false });
    }
    expect(await whoami(server, { cookie })).toBe(ADA.loginName);
    expect((await logout({ origin: server.url })).status).toBe(200);
    expect(await whoami(server, { cookie })).toBeNull();
  });
});
