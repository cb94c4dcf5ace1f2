import { beforeAll, expect, it } from 'vitest';
import type { Reader } from '../../src/core/ports.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { insertDirectory, NOW, recordsOf, useStore } from './records.js';

const PAGE = { limit: 50 };

/** Everything the port answers about one tenant; ids are the same in every tenant. */
async function everythingOf(read: Reader, tenantId: string) {
  const made = recordsOf(tenantId);
  return {
    tenant: await read.tenants.find(tenantId),
    user: await read.users.find(tenantId, 'ada'),
    byLogin: await read.users.findByLoginKey(tenantId, 'ada@acme.test'),
    users: await read.users.page(tenantId, PAGE),
    factors: await read.users.factors(tenantId, 'ada'),
    roleIds: await read.users.roleIds(tenantId, 'ada'),
    role: await read.roles.find(tenantId, 'role'),
    byName: await read.roles.findByNameKey(tenantId, 'developers'),
    someRoles: await read.roles.findMany(tenantId, ['role']),
    roles: await read.roles.page(tenantId, PAGE),
    members: await read.roles.members(tenantId, 'role', PAGE),
    holders: await read.roles.countHolders(tenantId, 'User Management'),
    app: await read.apps.find(tenantId, 'app'),
    byKey: await read.apps.findByKey(tenantId, 'myapplication'),
    apps: await read.apps.page(tenantId, PAGE),
    appsOfRole: await read.apps.ofRole(tenantId, 'role'),
    keys: await read.keys.list(tenantId),
    changes: await read.changes.page(tenantId, PAGE),
    events: await read.events.page(tenantId, PAGE),
    login: await read.logins.find(made.login().idHash),
    session: await read.sessions.find(tenantId, 'session'),
    sessions: await read.sessions.ofUser(tenantId, 'ada'),
    device: await read.devices.find(tenantId, 'device'),
    byToken: await read.devices.findByToken(tenantId, 'ada', made.device().tokenHash),
    devices: await read.devices.ofUser(tenantId, 'ada'),
    parked: await read.parked.find(made.parked().keyHash),
    code: await read.codes.find(made.code().codeHash),
    grant: await read.grants.find(tenantId, 'grant'),
    grants: await read.grants.ofUser(tenantId, 'ada'),
    refresh: await read.refreshTokens.find(made.refreshToken().tokenHash),
    access: await read.accessTokens.find(made.accessToken().tokenHash),
    consent: await read.consents.find(tenantId, 'ada', 'app', 'client'),
    consents: await read.consents.ofUser(tenantId, 'ada'),
    attempts: await read.attempts.find({ tenantId, loginKey: 'ada@acme.test', source: '*' }),
  };
}

/** Every tenant id that appears in `value`. */
function tenantsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'tenantId') found.add(String(inner));
    else tenantsIn(inner, found);
  }
  return found;
}

describeOnEveryDatabase('two tenants', (database) => {
  const context = useStore(database);
  const read = () => context.opened.store.read;

  beforeAll(async () => {
    await context.opened.adminStore.change(async (tx) => {
      await insertDirectory(tx, 't2');
      for (const tenantId of ['t1', 't2']) {
        const made = recordsOf(tenantId);
        await tx.admin.insertFactor(made.factor());
        await tx.admin.insertKey(made.key());
        await tx.admin.appendChange(made.change());
        await tx.events.append(made.event());
        await tx.logins.insert(made.login({ userId: 'ada' }));
        await tx.sessions.insert(made.session());
        await tx.devices.save(made.device());
        await tx.parked.insert(made.parked());
        await tx.codes.insert(made.code());
        await tx.grants.insert(made.grant());
        await tx.refreshTokens.insert(made.refreshToken());
        await tx.accessTokens.insert(made.accessToken());
        await tx.consents.upsert(made.consent());
        const counted = await tx.attempts.lock({ tenantId, loginKey: 'ada@acme.test', source: '*' });
        await tx.attempts.save({ ...counted, failures: 2 });
      }
    });
  });

  it('with the same ids are answered apart', async () => {
    for (const tenantId of ['t1', 't2']) {
      const everything = await everythingOf(read(), tenantId);
      expect([...tenantsIn(everything)]).toEqual([tenantId]);
      const missing = Object.entries(everything).filter(([, value]) => value === null || value === 0);
      expect(missing).toEqual([]);
    }
  });

  it('do not feel what is written to the other', async () => {
    const before = await everythingOf(read(), 't2');
    const made = recordsOf('t1');
    const key = { tenantId: 't1', loginKey: 'ada@acme.test', source: '*' };
    await context.opened.store.write(async (tx) => {
      await tx.factors.useStep('t1', 'factor', 99);
      await tx.sessions.touch('t1', 'session', NOW + 99);
      await tx.attempts.clear('t1', key.loginKey);
      await tx.consents.remove('t1', 'ada', 'app', 'client');
      await tx.grants.revoke('t1', 'grant', NOW);
      await tx.sessions.removeOfUser('t1', 'ada');
      await tx.devices.rename('t1', made.device().tokenHash, 'renamed');
      await tx.devices.seen('t1', 'device', NOW + 99);
      await tx.devices.removeOfUser('t1', 'ada');
    });
    await context.opened.adminStore.change(async (tx) => {
      await tx.admin.updateTenant(made.tenant({ name: 'Other', version: 2 }));
      await tx.admin.updateUser(made.user({ displayName: 'Other', version: 2 }));
      await tx.admin.updateRole(made.role({ name: 'Other', version: 2 }));
      await tx.admin.updateApp(made.app({ name: 'Other', roleIds: [], version: 2 }));
      await tx.admin.updateKey(made.key({ state: 'retired' }));
      await tx.admin.deleteFactor('t1', 'factor');
      await tx.admin.removeMember('t1', 'role', 'ada');
      await tx.admin.deleteKey('t1', 'kid');
      await tx.admin.deleteApp('t1', 'app');
      await tx.admin.deleteRole('t1', 'role');
      await tx.admin.deleteUser('t1', 'ada');
    });
    expect(await everythingOf(read(), 't2')).toEqual(before);
  });
});
