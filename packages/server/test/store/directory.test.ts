import { AppSettings, MOST_COUNTED_MEMBERS, RIGHTS } from '@sallyport/contract';
import { describe, expect, it } from 'vitest';
import { UniqueViolation } from '../../src/core/ports.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { NOW, recordsOf, useStore } from './records.js';

const made = recordsOf('t1');

describeOnEveryDatabase('the directory', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;
  const change: typeof context.opened.adminStore.change = (job) => context.opened.adminStore.change(job);

  describe('tenants', () => {
    it('come back as they were written', async () => {
      expect(await read().tenants.find('t1')).toEqual(made.tenant());
      const renamed = made.tenant({ name: 'Acme', loginSuffixes: ['new.test'], version: 2 });
      await change((tx) => tx.admin.updateTenant(renamed));
      expect(await read().tenants.find('t1')).toEqual(renamed);
    });

    it('answer to any host with the first one made', async () => {
      await change((tx) => tx.admin.insertTenant(recordsOf('t9').tenant()));
      expect(await read().tenants.findByHost('anything.test')).toMatchObject({ id: 't1' });
    });

    it('are null when unknown', async () => {
      expect(await read().tenants.find('nobody')).toBeNull();
    });
  });

  describe('users', () => {
    it('come back as they were written, by id and by login key', async () => {
      const user = made.user({
        id: 'flags',
        loginKey: 'flags@acme.test',
        confidentialClient: true,
        enabled: false,
        mustChangePassword: true,
        passwordHash: null,
        validAfter: NOW + 1,
      });
      await change((tx) => tx.admin.insertUser(user));
      expect(await read().users.find('t1', 'flags')).toEqual(user);
      expect(await read().users.findByLoginKey('t1', 'flags@acme.test')).toEqual(user);
    });

    it('are null when unknown, and a NUL matches nothing', async () => {
      expect(await read().users.find('t1', 'nobody')).toBeNull();
      expect(await read().users.findByLoginKey('t1', 'ada@acme.test\0')).toBeNull();
      expect(await read().users.findByLoginKey('t1', 'ada@acme.test\0x')).toBeNull();
    });

    it('refuse a login key that is taken', async () => {
      const second = made.user({ id: 'second' });
      await expect(change((tx) => tx.admin.insertUser(second))).rejects.toBeInstanceOf(UniqueViolation);
    });

    it('are updated only over the version before', async () => {
      const user = made.user({ id: 'v', loginKey: 'v@acme.test' });
      await change((tx) => tx.admin.insertUser(user));
      const next = { ...user, displayName: 'Next', version: 2 };
      expect(await change((tx) => tx.admin.updateUser(next))).toBe(true);
      expect(await change((tx) => tx.admin.updateUser({ ...next, displayName: 'Late' }))).toBe(false);
      expect(await read().users.find('t1', 'v')).toEqual(next);
    });

    it('take everything that is theirs along when deleted', async () => {
      const { store } = context.opened;
      const user = made.user({ id: 'gone', loginKey: 'gone@acme.test' });
      const theirs = { userId: 'gone' };
      await change(async (tx) => {
        await tx.admin.insertUser(user);
        await tx.admin.insertFactor(made.factor({ id: 'gone-factor', ...theirs }));
        await tx.admin.addMember('t1', 'role', 'gone');
        await tx.logins.insert(made.login({ idHash: 'gone-login', ...theirs }));
        await tx.sessions.insert(
          made.session({ id: 'gone-s', cookieHash: 'gone-c', handleHash: 'gone-h', ...theirs }),
        );
        await tx.codes.insert(made.code({ codeHash: 'gone-code', ...theirs }));
        await tx.grants.insert(made.grant({ id: 'gone-grant', ...theirs }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: 'gone-r', grantId: 'gone-grant' }));
        await tx.accessTokens.insert(made.accessToken({ tokenHash: 'gone-a', ...theirs }));
        await tx.consents.upsert(made.consent(theirs));
      });
      await change((tx) => tx.admin.deleteUser('t1', 'gone'));
      expect(await read().users.find('t1', 'gone')).toBeNull();
      expect(await read().users.factors('t1', 'gone')).toEqual([]);
      expect(await read().users.roleIds('t1', 'gone')).toEqual([]);
      expect(await read().logins.find('gone-login')).toBeNull();
      expect(await read().sessions.find('t1', 'gone-s')).toBeNull();
      expect(await read().codes.find('gone-code')).toBeNull();
      expect(await read().grants.find('t1', 'gone-grant')).toBeNull();
      expect(await store.read.refreshTokens.find('gone-r')).toBeNull();
      expect(await read().accessTokens.find('gone-a')).toBeNull();
      expect(await read().consents.ofUser('t1', 'gone')).toEqual([]);
    });
  });

  describe('factors', () => {
    it('are listed oldest first and deleted one by one', async () => {
      const later = made.factor({ id: 'b', createdAt: NOW + 1 });
      await change((tx) => tx.admin.insertFactor(later));
      await change((tx) => tx.admin.insertFactor(made.factor({ id: 'c' })));
      expect(await read().users.factors('t1', 'ada')).toEqual([made.factor({ id: 'c' }), later]);
      const [counted] = await read().users.countEnrolled('t1');
      expect(counted).toEqual({ mechanism: later.mechanism, users: 1 });
      await change((tx) => tx.admin.deleteFactor('t1', 'c'));
      expect(await read().users.factors('t1', 'ada')).toEqual([later]);
    });

    it('accept a TOTP step only if it is later than the last (RFC 6238 section 5.2)', async () => {
      const { store } = context.opened;
      await change((tx) => tx.admin.insertFactor(made.factor({ id: 'step', lastStep: 10 })));
      const use = (step: number) => store.write((tx) => tx.factors.useStep('t1', 'step', step));
      expect(await use(10)).toBe(false);
      expect(await use(9)).toBe(false);
      expect(await use(11)).toBe(true);
      expect(await use(11)).toBe(false);
    });
  });

  describe('roles', () => {
    it('come back as they were written, by id and by folded name', async () => {
      const role = made.role({ id: 'ops', name: 'Operators ÄÖ', rights: [...RIGHTS], builtIn: true });
      await change((tx) => tx.admin.insertRole(role));
      expect(await read().roles.find('t1', 'ops')).toEqual(role);
      expect(await read().roles.findByNameKey('t1', 'operators äö')).toEqual(role);
      expect(await read().roles.findMany('t1', ['ops', 'nobody'])).toEqual([role]);
      expect(await read().roles.findMany('t1', [])).toEqual([]);
    });

    it('refuse a name that differs only in case', async () => {
      const twin = made.role({ id: 'twin', name: 'DEVELOPERS' });
      await expect(change((tx) => tx.admin.insertRole(twin))).rejects.toBeInstanceOf(UniqueViolation);
    });

    it('are updated only over the version before', async () => {
      const role = made.role({ id: 'rv', name: 'Versions' });
      await change((tx) => tx.admin.insertRole(role));
      expect(await change((tx) => tx.admin.updateRole({ ...role, name: 'Renamed', version: 2 }))).toBe(true);
      expect(await change((tx) => tx.admin.updateRole({ ...role, name: 'Again', version: 2 }))).toBe(false);
      expect(await read().roles.findByNameKey('t1', 'renamed')).toMatchObject({ id: 'rv' });
    });

    it('add and remove a member once', async () => {
      await change((tx) => tx.admin.insertRole(made.role({ id: 'm', name: 'Members' })));
      expect(await change((tx) => tx.admin.addMember('t1', 'm', 'ada'))).toBe(true);
      expect(await change((tx) => tx.admin.addMember('t1', 'm', 'ada'))).toBe(false);
      expect(await change((tx) => tx.admin.addMember('t1', 'm', 'nobody'))).toBe(false);
      expect(await read().users.roleIds('t1', 'ada')).toEqual(['m', 'role']);
      expect((await read().roles.members('t1', 'm', { limit: 5 })).items).toEqual([made.user()]);
      const listed = await read().roles.page('t1', { limit: 5, search: 'members' });
      expect(listed.items).toEqual([{ ...made.role({ id: 'm', name: 'Members' }), memberCount: 1 }]);
      expect(await change((tx) => tx.admin.removeMember('t1', 'm', 'ada'))).toBe(true);
      expect(await change((tx) => tx.admin.removeMember('t1', 'm', 'ada'))).toBe(false);
    });

    it('count so many members in a list, and no more', async () => {
      await change(async (tx) => {
        await tx.admin.insertRole(made.role({ id: 'crowd', name: 'Crowd' }));
        for (let number = 0; number <= MOST_COUNTED_MEMBERS; number++) {
          const loginName = `crowd${number}@acme.test`;
          const who = { id: `crowd-${number}`, loginName, loginKey: loginName, email: loginName };
          await tx.admin.insertUser(made.user(who));
          await tx.admin.addMember('t1', 'crowd', who.id);
        }
      });
      const count = async () =>
        (await read().roles.page('t1', { limit: 5, search: 'crowd' })).items[0]?.memberCount;
      expect(await count()).toBe(MOST_COUNTED_MEMBERS);
      await change(async (tx) => {
        for (const number of [0, 1]) await tx.admin.deleteUser('t1', `crowd-${number}`);
      });
      expect(await count()).toBe(MOST_COUNTED_MEMBERS - 1);
      await change((tx) => tx.admin.deleteRole('t1', 'crowd'));
    });

    it('leave User Access and their members when deleted', async () => {
      await change(async (tx) => {
        await tx.admin.insertRole(made.role({ id: 'dying', name: 'Dying' }));
        await tx.admin.addMember('t1', 'dying', 'ada');
        await tx.admin.insertApp(made.app({ id: 'dy', applicationId: 'dy', roleIds: ['dying', 'role'] }));
      });
      expect(await read().apps.ofRole('t1', 'dying')).toHaveLength(1);
      await change((tx) => tx.admin.deleteRole('t1', 'dying'));
      expect(await read().roles.find('t1', 'dying')).toBeNull();
      expect(await read().users.roleIds('t1', 'ada')).not.toContain('dying');
      expect(await read().apps.find('t1', 'dy')).toMatchObject({ roleIds: ['role'] });
    });

    it('count who holds a right: enabled people, each once, through any role', async () => {
      const right = 'Role Management';
      await change(async (tx) => {
        await tx.admin.insertRole(made.role({ id: 'x', name: 'X', rights: [right] }));
        await tx.admin.insertRole(made.role({ id: 'y', name: 'Y', rights: ['User Management', right] }));
        const users = { p: {}, q: {}, off: { enabled: false }, client: { confidentialClient: true } };
        for (const [id, over] of Object.entries(users)) {
          await tx.admin.insertUser(made.user({ id, loginKey: `${id}@count.test`, ...over }));
          await tx.admin.addMember('t1', 'x', id);
        }
        await tx.admin.addMember('t1', 'y', 'p');
      });
      expect(await read().roles.countHolders('t1', right)).toBe(2);
      expect(await read().roles.countHolders('t1', 'Application Management')).toBe(0);
    });

    it('count everyone when Everybody holds the right', async () => {
      const right = 'Read Only User Management';
      await change(async (tx) => {
        await tx.admin.insertTenant(recordsOf('ev').tenant());
        await tx.admin.insertUser(recordsOf('ev').user());
        await tx.admin.insertRole(recordsOf('ev').role({ id: 'everybody', rights: [right] }));
      });
      expect(await read().roles.countHolders('ev', right)).toBe(1);
    });
  });

  describe('apps', () => {
    const settings = AppSettings.parse({
      generalUsage: { issuer: 'https://issuer.test/one', redirects: ['https://rp.test/cb'] },
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
    });
    const app = made.app({ id: 'own', applicationId: 'Own.App', settings });

    it('come back as they were written, by id, by folded key, by issuer and by role', async () => {
      await change((tx) => tx.admin.insertApp(app));
      expect(await read().apps.find('t1', 'own')).toEqual(app);
      expect(await read().apps.findByKey('t1', 'own.app')).toEqual(app);
      expect(await read().apps.findByIssuer('t1', 'https://issuer.test/one')).toEqual(app);
      expect(await read().apps.ofRole('t1', 'role')).toContainEqual(app);
      expect(await read().apps.findByIssuer('t1', 'default')).toBeNull();
    });

    it('refuse an Application ID or an issuer that another app has', async () => {
      const twin = made.app({ id: 'twin', applicationId: 'OWN.APP' });
      await expect(change((tx) => tx.admin.insertApp(twin))).rejects.toBeInstanceOf(UniqueViolation);
      const thief = made.app({ id: 'thief', applicationId: 'thief', settings });
      await expect(change((tx) => tx.admin.insertApp(thief))).rejects.toBeInstanceOf(UniqueViolation);
    });

    it('are updated with their roles, only over the version before', async () => {
      const next = { ...app, name: 'Renamed', roleIds: [], version: 2 };
      expect(await change((tx) => tx.admin.updateApp(next))).toBe(true);
      expect(await change((tx) => tx.admin.updateApp({ ...next, roleIds: ['role'] }))).toBe(false);
      expect(await read().apps.find('t1', 'own')).toEqual(next);
    });

    it('take codes, requests, grants, tokens and consents along when deleted', async () => {
      const its = { appId: 'dead' };
      await change(async (tx) => {
        await tx.admin.insertApp(made.app({ id: 'dead', applicationId: 'dead' }));
        await tx.parked.insert(made.parked({ keyHash: 'dead-p', ...its }));
        await tx.codes.insert(made.code({ codeHash: 'dead-c', ...its }));
        await tx.grants.insert(made.grant({ id: 'dead-g', ...its }));
        await tx.refreshTokens.insert(made.refreshToken({ tokenHash: 'dead-r', grantId: 'dead-g' }));
        await tx.accessTokens.insert(made.accessToken({ tokenHash: 'dead-a', grantId: null, ...its }));
        await tx.consents.upsert(made.consent(its));
      });
      await change((tx) => tx.admin.deleteApp('t1', 'dead'));
      expect(await read().apps.find('t1', 'dead')).toBeNull();
      expect(await read().parked.find('dead-p')).toBeNull();
      expect(await read().codes.find('dead-c')).toBeNull();
      expect(await read().grants.find('t1', 'dead-g')).toBeNull();
      expect(await read().refreshTokens.find('dead-r')).toBeNull();
      expect(await read().accessTokens.find('dead-a')).toBeNull();
      expect(await read().consents.find('t1', 'ada', 'dead', 'client')).toBeNull();
    });
  });

  describe('signing keys', () => {
    it('are listed oldest first, updated and deleted', async () => {
      const next = made.key({ kid: 'a', state: 'next', createdAt: NOW + 1 });
      await change((tx) => tx.admin.insertKey(next));
      await change((tx) => tx.admin.insertKey(made.key({ kid: 'b' })));
      const retired = made.key({ kid: 'b', state: 'retired', retireAt: NOW + 5 });
      await change((tx) => tx.admin.updateKey(retired));
      expect(await read().keys.list('t1')).toEqual([retired, next]);
      await change((tx) => tx.admin.deleteKey('t1', 'b'));
      expect(await read().keys.list('t1')).toEqual([next]);
    });
  });
});
