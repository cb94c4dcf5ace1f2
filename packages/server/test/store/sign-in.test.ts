import { describe, expect, it } from 'vitest';
import type { AttemptKey } from '../../src/core/ports.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');

describeOnEveryDatabase('signing in', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;
  const write: typeof context.opened.store.write = (job) => context.opened.store.write(job);

  describe('login transactions', () => {
    it('come back as they were written', async () => {
      const login = made.login({ idHash: 'l1', userId: 'ada' });
      await write((tx) => tx.logins.insert(login));
      await write((tx) => tx.logins.insert(made.login({ idHash: 'l2' })));
      expect(await read().logins.find('l1')).toEqual(login);
      expect(await read().logins.find('l2')).toMatchObject({ userId: null });
      expect(await read().logins.find('l3')).toBeNull();
    });

    it('advance once from each version', async () => {
      const login = made.login({ idHash: 'adv' });
      await write((tx) => tx.logins.insert(login));
      const step = { ...login, userId: 'ada', state: '{"left":[]}' };
      expect(await write((tx) => tx.logins.advance(step))).toBe(true);
      expect(await write((tx) => tx.logins.advance({ ...step, state: '"late"' }))).toBe(false);
      expect(await read().logins.find('adv')).toEqual({ ...step, version: 2 });
    });

    it('are consumed once', async () => {
      await write((tx) => tx.logins.insert(made.login({ idHash: 'once' })));
      expect(await write((tx) => tx.logins.consume('once'))).toBe(true);
      expect(await write((tx) => tx.logins.consume('once'))).toBe(false);
      expect(await read().logins.find('once')).toBeNull();
    });
  });

  describe('sessions', () => {
    const sessionOf = (id: string, over = {}) =>
      made.session({ id, cookieHash: `${id}-cookie`, handleHash: `${id}-handle`, ...over });

    it('are found by cookie, by handle and by id, never by the wrong one', async () => {
      const session = sessionOf('s1');
      await write((tx) => tx.sessions.insert(session));
      expect(await read().sessions.findByCookie('s1-cookie')).toEqual(session);
      expect(await read().sessions.findByHandle('s1-handle')).toEqual(session);
      expect(await read().sessions.find('t1', 's1')).toEqual(session);
      expect(await read().sessions.findByCookie('s1-handle')).toBeNull();
      expect(await read().sessions.findByHandle('s1-cookie')).toBeNull();
    });

    it('are touched forwards only', async () => {
      await write((tx) => tx.sessions.insert(sessionOf('s2')));
      await write((tx) => tx.sessions.touch('t1', 's2', NOW + 10));
      await write((tx) => tx.sessions.touch('t1', 's2', NOW + 5));
      expect(await read().sessions.find('t1', 's2')).toMatchObject({ lastSeenAt: NOW + 10 });
    });

    it('are removed once', async () => {
      await write((tx) => tx.sessions.insert(sessionOf('s3')));
      expect(await write((tx) => tx.sessions.remove('t1', 's3'))).toBe(true);
      expect(await write((tx) => tx.sessions.remove('t1', 's3'))).toBe(false);
    });

    it('of one user are listed last seen first, and removed together but for one', async () => {
      const user = made.user({ id: 'many', loginKey: 'many@acme.test' });
      await context.opened.adminStore.change((tx) => tx.admin.insertUser(user));
      for (const [at, id] of ['m1', 'm2', 'm3'].entries())
        await write((tx) => tx.sessions.insert(sessionOf(id, { userId: 'many', lastSeenAt: NOW + at })));
      const ids = async () => (await read().sessions.ofUser('t1', 'many')).map(({ id }) => id);
      expect(await ids()).toEqual(['m3', 'm2', 'm1']);
      expect(await write((tx) => tx.sessions.removeOfUser('t1', 'many', 'm2'))).toBe(2);
      expect(await ids()).toEqual(['m2']);
      expect(await write((tx) => tx.sessions.removeOfUser('t1', 'many'))).toBe(1);
      expect(await read().sessions.find('t1', 's1')).not.toBeNull();
    });
  });

  describe('parked requests', () => {
    it('come back as they were written and are consumed once', async () => {
      await write((tx) => tx.parked.insert(made.parked()));
      expect(await read().parked.find(made.parked().keyHash)).toEqual(made.parked());
      expect(await write((tx) => tx.parked.consume(made.parked().keyHash))).toBe(true);
      expect(await write((tx) => tx.parked.consume(made.parked().keyHash))).toBe(false);
      expect(await read().parked.find(made.parked().keyHash)).toBeNull();
    });
  });

  describe('attempts', () => {
    const key: AttemptKey = { tenantId: 't1', loginKey: 'eve@acme.test', source: '192.0.2.7' };
    const none = { failures: 0, pending: 0, pendingAt: 0, slowedUntil: 0, succeededAt: 0 };

    it('begin at nothing, and are kept as saved', async () => {
      expect(await read().attempts.find(key)).toBeNull();
      expect(await write((tx) => tx.attempts.lock(key))).toEqual({ ...key, ...none });
      const counted = {
        ...key,
        failures: 3,
        pending: 1,
        pendingAt: NOW,
        slowedUntil: NOW + 9,
        succeededAt: 1,
      };
      await write((tx) => tx.attempts.save(counted));
      expect(await write((tx) => tx.attempts.lock(key))).toEqual(counted);
      expect(await read().attempts.find(key)).toEqual(counted);
    });

    it('of an account are forgotten over every source, but for where it once succeeded', async () => {
      const elsewhere = { ...key, source: '*' };
      for (const one of [key, elsewhere])
        await write(async (tx) => {
          const counted = await tx.attempts.lock(one);
          await tx.attempts.save({ ...counted, failures: 7, slowedUntil: NOW + 1_000, succeededAt: 5 });
        });
      await write((tx) => tx.attempts.clear('t1', key.loginKey));
      for (const one of [key, elsewhere])
        expect(await read().attempts.find(one)).toMatchObject({
          failures: 0,
          slowedUntil: 0,
          succeededAt: 5,
        });
    });
  });
});
