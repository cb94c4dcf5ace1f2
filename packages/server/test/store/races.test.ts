import { describe, expect, it } from 'vitest';
import type { AttemptKey, Writer } from '../../src/core/ports.js';
import type { OpenStore } from '../../src/store/open.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');
const RACERS = 50;

/** What may happen once, and what must be there before it can. */
const ONCE: Record<
  string,
  { prepare(tx: Writer): Promise<void>; verb(tx: Writer, racer: number): Promise<boolean> }
> = {
  'redemption of a code (advisory 12)': {
    prepare: (tx) => tx.codes.insert(made.code()),
    verb: (tx, racer) => tx.codes.redeem(made.code().codeHash, NOW + racer),
  },
  'rotation of a refresh token (advisory 13, lesson 6)': {
    prepare: async (tx) => {
      await tx.grants.insert(made.grant());
      await tx.refreshTokens.insert(made.refreshToken());
    },
    verb: (tx, racer) => tx.refreshTokens.replace(made.refreshToken().tokenHash, NOW + racer),
  },
  'revocation of a grant': {
    prepare: (tx) => tx.grants.insert(made.grant({ id: 'revoked' })),
    verb: (tx, racer) => tx.grants.revoke('t1', 'revoked', NOW + racer),
  },
  'revocation of a grant that never came to be': {
    prepare: async () => {},
    verb: (tx, racer) => tx.grants.revoke('t1', 'never', NOW + racer),
  },
  'revocation of an access token': {
    prepare: (tx) => tx.accessTokens.insert(made.accessToken()),
    verb: (tx, racer) => tx.accessTokens.revoke(made.accessToken().tokenHash, NOW + racer),
  },
  'consumption of a parked request': {
    prepare: (tx) => tx.parked.insert(made.parked()),
    verb: (tx) => tx.parked.consume(made.parked().keyHash),
  },
  'answer to a device': {
    prepare: (tx) => tx.deviceRequests.insert(made.deviceRequest({ sessionId: 'session' })),
    verb: (tx, racer) =>
      tx.deviceRequests.decide(made.deviceRequest().codeHash, 'session', {
        ...{ state: racer % 2 ? 'approved' : 'denied', scope: 'all' },
        ...{ authTime: NOW, amr: 'UP', source: '192.0.2.1' },
      }),
  },
  'binding of a device to a session': {
    prepare: (tx) => tx.deviceRequests.insert(made.deviceRequest({ codeHash: 'free', userCodeHash: 'free' })),
    verb: (tx, racer) => tx.deviceRequests.bind('free', `session ${racer}`, 'ada'),
  },
  'redemption of a device code': {
    prepare: (tx) =>
      tx.deviceRequests.insert(
        made.deviceRequest({ codeHash: 'allowed', userCodeHash: 'allowed', state: 'approved' }),
      ),
    verb: (tx, racer) => tx.deviceRequests.redeem('allowed', NOW + racer),
  },
  'end of a login': {
    prepare: (tx) => tx.logins.insert(made.login()),
    verb: (tx) => tx.logins.consume(made.login().idHash),
  },
  'step of a login from one version': {
    prepare: (tx) => tx.logins.insert(made.login({ idHash: 'step' })),
    verb: (tx, racer) => tx.logins.advance(made.login({ idHash: 'step', state: `"${racer}"` })),
  },
  'use of a TOTP step (advisory 55)': {
    prepare: async () => {},
    verb: (tx) => tx.factors.useStep('t1', 'factor', 77),
  },
  'use of a recovery code': {
    prepare: async () => {},
    verb: (tx) => tx.factors.useStep('t1', 'recovery', 1),
  },
  'use of an id that counts once': {
    prepare: async () => {},
    verb: (tx) => tx.spentIds.spend({ tenantId: 't1', idHash: 'spent', expiresAt: NOW }),
  },
  'claim of a notice to a client': {
    prepare: (tx) => tx.sessionClients.add(made.sessionClient()),
    verb: (tx, racer) => tx.sessionClients.claim(made.sessionClient(), NOW + racer),
  },
  'end of a session': {
    prepare: (tx) => tx.sessions.insert(made.session()),
    verb: (tx) => tx.sessions.remove('t1', made.session().id),
  },
};

async function race(stores: readonly OpenStore[], verb: (tx: Writer, racer: number) => Promise<boolean>) {
  const run = (racer: number) => stores[racer % stores.length]?.store.write((tx) => verb(tx, racer));
  const outcomes = await Promise.all(Array.from({ length: RACERS }, (_, racer) => run(racer)));
  return outcomes.filter((won) => won === true).length;
}

describeOnEveryDatabase('races', (database) => {
  describe.each([
    { title: 'in one process', stores: 1 },
    { title: 'between two processes', stores: 2 },
  ])('$title', ({ stores: count }) => {
    const context = useStore(database);
    const stores = async () => [context.opened, ...(count === 2 ? [await context.openAnother()] : [])];

    it.each(Object.entries(ONCE))('%s: of fifty at once, one wins', async (_, { prepare, verb }) => {
      await context.opened.adminStore.change(async (tx) => {
        if ((await tx.users.factors('t1', 'ada')).length === 0) {
          await tx.admin.insertFactor(made.factor());
          await tx.admin.insertFactor(made.factor({ id: 'recovery', mechanism: 'RECOVERY' }));
        }
        await prepare(tx);
      });
      expect(await race(await stores(), verb)).toBe(1);
    });

    it('attempts of one account are counted without loss (advisory 25)', async () => {
      const key: AttemptKey = { tenantId: 't1', loginKey: 'race@acme.test', source: '192.0.2.9' };
      await race(await stores(), async (tx) => {
        const counted = await tx.attempts.lock(key);
        await tx.attempts.save({ ...counted, failures: counted.failures + 1 });
        return true;
      });
      expect(await context.opened.store.read.attempts.find(key)).toMatchObject({ failures: RACERS });
    });

    it('a grant revoked while it is being written never lives', async () => {
      const all = await stores();
      const ids = Array.from({ length: 20 }, (_, at) => `half-${at}`);
      await Promise.all(
        ids.flatMap((id, at) => {
          const issue = all[at % all.length]?.store.write(async (tx) => {
            await tx.grants.insert(made.grant({ id }));
            await tx.refreshTokens.insert(made.refreshToken({ tokenHash: id, grantId: id }));
            await tx.accessTokens.insert(made.accessToken({ tokenHash: id, grantId: id }));
          });
          const revoke = all[(at + 1) % all.length]?.store.write((tx) => tx.grants.revoke('t1', id, NOW));
          return at % 3 ? [issue, revoke] : [revoke, issue];
        }),
      );
      for (const id of ids) {
        expect(await context.opened.store.read.grants.find('t1', id)).toMatchObject({ revokedAt: NOW });
        expect(await context.opened.store.read.refreshTokens.find(id)).toBeNull();
        expect(await context.opened.store.read.accessTokens.find(id)).toMatchObject({ revokedAt: NOW });
      }
    });

    it('rules over many rows hold when administrators act at once (case D09)', async () => {
      const all = await stores();
      const right = 'System Administrator';
      await context.opened.adminStore.change(async (tx) => {
        await tx.admin.insertRole(made.role({ id: 'sysadmin', name: 'Administrators', rights: [right] }));
        for (const id of ['a', 'b', 'c']) {
          await tx.admin.insertUser(made.user({ id, loginKey: `${id}@rule.test` }));
          await tx.admin.addMember('t1', 'sysadmin', id);
        }
      });
      const leave = (id: string, at: number) =>
        all[at % all.length]?.adminStore.change(async (tx) => {
          await tx.admin.serialize();
          if ((await tx.roles.countHolders('t1', right)) < 2) return false;
          return tx.admin.removeMember('t1', 'sysadmin', id);
        });
      const left = await Promise.all(['a', 'b', 'c'].map(leave));
      expect(left.filter(Boolean)).toHaveLength(2);
      expect(await context.opened.store.read.roles.countHolders('t1', right)).toBe(1);
    });
  });
});
