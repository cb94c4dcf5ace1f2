/** Rule 11: what wrong guesses cost, whoever makes them, however many at a time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestClock } from '../support/clock.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { createTestServer, type TestServer } from '../support/server.js';
import {
  ADA,
  answer,
  BOB,
  CLIENT,
  codeAt,
  mechanism,
  serverWithPeople,
  start,
  tryPassword,
} from './dance.js';

/** Counts the hashes a server spends from here on. */
function countHashes({ core: { passwords } }: TestServer): () => number {
  const spies = [vi.spyOn(passwords, 'verify'), vi.spyOn(passwords, 'waste')];
  for (const spy of spies) spy.mockClear();
  return () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
}

describeOnEveryDatabase('lockout', (database) => {
  const clock = createTestClock();
  const settings = { behindProxy: '127.0.0.1,::1', rateLimit: 'off' };
  let dataDir: string;
  let server: TestServer;
  let other: TestServer;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sallyport-lockout-'));
    server = await serverWithPeople(database, { clock, settings, dataDir });
    const { databaseUrl } = server.config;
    other = await createTestServer({ clock, settings, dataDir, ...(databaseUrl ? { databaseUrl } : {}) });
  });
  afterAll(async () => {
    await other.close();
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const from = (address: string) => ({ 'x-forwarded-for': address });
  const guess = async (user: string, password: string, address: string, at = server) => {
    const { envelope } = await tryPassword(at, user, password, from(address));
    return envelope.success;
  };
  /** Wrong guesses one after the other, each when nothing slows it. */
  async function fail(user: string, times: number, address: string): Promise<void> {
    for (let time = 0; time < times; time++) expect(await guess(user, `wrong ${time}`, address)).toBe(false);
  }
  const aClient = { as: 'client', loginName: CLIENT.loginName } as const;
  const contextAt = (source: string) => ({
    tenant: server.tenant,
    source,
    userAgent: '',
    correlationId: 'x',
  });

  test('200 parallel wrong guesses over two servers are at most five evaluated ones (advisories 25, 26)', async () => {
    const counts = [countHashes(server), countHashes(other)];
    const started = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const at = index % 2 ? server : other;
        return { at, ...(await start(at, ADA.loginName, from('192.0.2.1'))) };
      }),
    );
    const answers = await Promise.all(
      started.map(({ at, SessionId, Challenges }, index) =>
        answer(at, SessionId, mechanism(Challenges, 'UP'), `guess ${index}`, { headers: from('192.0.2.1') }),
      ),
    );
    expect(answers.every(({ envelope }) => envelope.Result.Summary === 'Failure')).toBe(true);
    expect(counts.reduce((sum, count) => sum + count(), 0)).toBe(5);
  }, 60_000);

  test('32 parallel right passwords from one source all succeed', async () => {
    const all = Array.from({ length: 32 }, (_, index) =>
      guess(ADA.loginName, ADA.password, '192.0.2.2', index % 2 ? server : other),
    );
    expect(await Promise.all(all)).toEqual(Array(32).fill(true));
  });

  test('whoever waits for others to be checked writes nothing meanwhile', async () => {
    let finish = () => {};
    const checked = new Promise<boolean>((resolve) => {
      finish = () => resolve(true);
    });
    const verify = vi.spyOn(server.core.passwords, 'verify').mockReturnValue(checked);
    const look = vi.spyOn(server.core.store.read.attempts, 'find');
    const write = vi.spyOn(server.core.store, 'write');
    for (const spy of [verify, look, write]) spy.mockClear();
    try {
      const enter = () => guess(ADA.loginName, ADA.password, '192.0.2.4');
      const checking = Array.from({ length: 5 }, enter);
      await expect.poll(() => verify.mock.calls.length).toBe(5);
      const waiting = Array.from({ length: 4 }, enter);
      await expect.poll(() => look.mock.calls.length, { timeout: 5_000 }).toBeGreaterThan(20);
      const before = { looks: look.mock.calls.length, writes: write.mock.calls.length };
      await expect.poll(() => look.mock.calls.length - before.looks, { timeout: 5_000 }).toBeGreaterThan(40);
      // The process says now and then that it lives.
      expect(write.mock.calls.length - before.writes).toBeLessThan(10);
      expect(verify).toHaveBeenCalledTimes(5);
      finish();
      expect(await Promise.all([...checking, ...waiting])).toEqual(Array(9).fill(true));
    } finally {
      finish();
      for (const spy of [verify, look, write]) spy.mockRestore();
    }
  });

  test('after five failures the right password is refused too, without a hash, and the delay doubles', async () => {
    await fail(ADA.loginName, 5, '192.0.2.3');
    const count = countHashes(server);
    expect(await guess(ADA.loginName, ADA.password, '192.0.2.3')).toBe(false);
    expect(await guess(ADA.loginName, ADA.password, '192.0.2.3', other)).toBe(false);
    expect(count()).toBe(0);
    clock.advance(1000);
    await fail(ADA.loginName, 1, '192.0.2.3');
    clock.advance(1000);
    expect(await guess(ADA.loginName, ADA.password, '192.0.2.3')).toBe(false);
    clock.advance(1000);
    expect(await guess(ADA.loginName, ADA.password, '192.0.2.3')).toBe(true);
    await fail(ADA.loginName, 4, '192.0.2.3');
    expect(await guess(ADA.loginName, ADA.password, '192.0.2.3')).toBe(true);
  });

  test('the delay ends after 15 minutes at the latest (L08)', async () => {
    await fail('patient@acme.test', 5, '192.0.2.4');
    for (let round = 0; round < 20; round++) {
      clock.advance(15 * 60_000);
      const count = countHashes(server);
      await fail('patient@acme.test', 1, '192.0.2.4');
      expect(count()).toBe(1);
    }
  });

  test('every attempt costs exactly one hash, whoever is named', async () => {
    await server.apply({
      users: [
        { ...ADA, loginName: 'off@acme.test', email: 'o@acme.test', displayName: 'Off', enabled: false },
        { loginName: 'bare@acme.test', email: 'b@acme.test', displayName: 'No password' },
      ],
    });
    const names = [ADA.loginName, 'nobody@acme.test', 'off@acme.test', 'bare@acme.test', CLIENT.loginName];
    for (const name of names) {
      const count = countHashes(server);
      expect(await guess(name, 'x'.repeat(2000), '192.0.2.5')).toBe(false);
      expect(await guess(name, 'wrong', '192.0.2.5')).toBe(false);
      expect(count(), name).toBe(2);
    }
  });

  test('an unknown name is slowed down like a known one', async () => {
    await fail('ghost@acme.test', 5, '192.0.2.6');
    const count = countHashes(server);
    await fail('ghost@acme.test', 1, '192.0.2.6');
    expect(count()).toBe(0);
  });

  test('spellings of one name are one account (advisory 28)', async () => {
    for (const name of [
      'bob@acme.test',
      'BOB@acme.test',
      ' bob@ACME.test ',
      'ｂｏｂ@acme.test',
      'Bob@Acme.Test',
    ])
      expect(await guess(name, 'wrong', '192.0.2.7')).toBe(false);
    const count = countHashes(server);
    expect(await guess(BOB.loginName, BOB.password, '192.0.2.7')).toBe(false);
    expect(count()).toBe(0);
  });

  test('an IPv6 /64 is one source, another one is another', async () => {
    for (let host = 1; host <= 5; host++)
      expect(await guess(ADA.loginName, 'wrong', `2001:db8:0:1::${host}`)).toBe(false);
    expect(await guess(ADA.loginName, ADA.password, '2001:db8:0:1:ffff::9')).toBe(false);
    expect(await guess(ADA.loginName, ADA.password, '2001:db8:0:2::1')).toBe(true);
  });

  test('over all sources an account has fifty failures, from which a source where it signed in is exempt', async () => {
    const name = 'eve@acme.test';
    await server.apply({
      users: [{ loginName: name, email: name, displayName: 'Eve', password: ADA.password }],
    });
    expect(await guess(name, ADA.password, '198.51.100.1')).toBe(true);
    for (let source = 1; source <= 12; source++) await fail(name, 4, `203.0.113.${source}`);
    await fail(name, 2, '203.0.113.200');
    const count = countHashes(server);
    expect(await guess(name, ADA.password, '203.0.113.201')).toBe(false);
    expect(count()).toBe(0);
    expect(await guess(name, ADA.password, '198.51.100.1')).toBe(true);
  });

  test('a right password does not forgive wrong codes: guessing the second factor is slowed as well', async () => {
    const attempt = async (code: string) => {
      const started = await start(server, BOB.loginName, from('192.0.2.8'));
      const headers = from('192.0.2.8');
      const first = await answer(
        server,
        started.SessionId,
        mechanism(started.Challenges, 'UP'),
        BOB.password,
        {
          headers,
        },
      );
      if (first.envelope.Result.Summary !== 'StartNextChallenge') return 'refused at the password';
      const id = mechanism(first.envelope.Result.Challenges, 'OATH');
      const second = await answer(server, started.SessionId, id, code, { headers });
      return second.envelope.Result.Summary;
    };
    for (let round = 0; round < 5; round++) expect(await attempt('000000')).toBe('Failure');
    expect(await attempt(codeAt(clock.now()))).toBe('refused at the password');
    clock.advance(1000);
    expect(await attempt(codeAt(clock.now()))).toBe('LoginSuccess');
  });

  test('unlock clears every lock of the account', async () => {
    await fail(ADA.loginName, 5, '192.0.2.9');
    await other.core.credentials.unlock(server.tenant.id, 'Ada@Acme.test');
    expect(await guess(ADA.loginName, ADA.password, '192.0.2.9')).toBe(true);
  });

  test('a client secret verified once costs no second hash, and a changed one stops at once on every node', async () => {
    const context = contextAt('192.0.2.10');
    const check = (at: TestServer, secret: string) =>
      at.core.credentials.check(context, { ...aClient, secret });
    for (const at of [server, other]) expect((await check(at, CLIENT.password)).ok).toBe(true);
    const count = countHashes(other);
    expect((await check(other, CLIENT.password)).ok).toBe(true);
    expect(count()).toBe(0);
    await server.apply({ users: [{ loginName: CLIENT.loginName, password: 'printed every friday' }] });
    expect((await check(other, CLIENT.password)).ok).toBe(false);
    expect((await check(other, 'printed every friday')).ok).toBe(true);
  });

  test('a slowed source cannot use what was verified before', async () => {
    const context = contextAt('192.0.2.11');
    const check = (secret: string) => server.core.credentials.check(context, { ...aClient, secret });
    expect((await check('printed every friday')).ok).toBe(true);
    for (let round = 0; round < 5; round++) expect((await check('wrong')).ok).toBe(false);
    await server.core.directory.catchUp();
    expect(await check('printed every friday')).toMatchObject({ ok: false, detail: /slowed/ });
  });

  test('a right secret that was verified before forgives the wrong ones since', async () => {
    const context = contextAt('192.0.2.12');
    const check = (secret: string) => server.core.credentials.check(context, { ...aClient, secret });
    for (let round = 0; round < 8; round++) {
      expect((await check('printed every friday')).ok, `round ${round}`).toBe(true);
      expect((await check('wrong')).ok).toBe(false);
    }
    const count = countHashes(server);
    for (let round = 0; round < 2; round++) expect((await check('printed every friday')).ok).toBe(true);
    expect(count()).toBe(1);
  });

  test('a generated secret is kept as a keyed digest, and verifies only as itself', async () => {
    const { generate, verifies } = server.core.credentials;
    const { secret, stored } = generate();
    expect(stored).toMatch(/^digest:/);
    expect(stored).not.toContain(secret);
    expect(await other.core.credentials.verifies(stored, secret)).toBe(true);
    expect(await verifies(stored, `${secret}x`)).toBe(false);
  });
});
