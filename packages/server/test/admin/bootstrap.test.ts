/** The first administrator: used on an empty database only, never to reset (contract section 3). */
import { expect, test } from 'vitest';
import { bootstrap } from '../../src/core/admin/bootstrap.js';
import { createCore } from '../../src/core/core.js';
import { createUrls } from '../../src/core/urls.js';
import { systemClock } from '../../src/kit/clock.js';
import { createMetrics } from '../../src/kit/metrics.js';
import { createPasswords } from '../../src/kit/passwords.js';
import { createVault } from '../../src/kit/vault.js';
import { openStore } from '../../src/store/open.js';
import { describeOnEveryDatabase } from '../support/databases.js';

const passwords = createPasswords({ memoryCost: 1024, timeCost: 1, concurrency: 2, deadline: 10_000 });

describeOnEveryDatabase('an empty database', (database) => {
  /** Core over a fresh database, as one process would open it. */
  async function open(url: string) {
    const opened = await openStore({ url, clock: systemClock });
    const vault = createVault(new Uint8Array(32).fill(7));
    const urls = createUrls('http://localhost:8420');
    const { store, adminStore, trafficStore } = opened;
    const core = await createCore({
      metrics: createMetrics(),
      ...{ store, adminStore, trafficStore, clock: systemClock, vault, passwords, urls },
      messenger: { channels: new Set(), send: () => undefined, close: async () => undefined },
      outbound: () => Promise.reject(new Error('nothing is fetched here')),
    });
    const close = async () => {
      core.directory.stop();
      await opened.close();
    };
    return { core, close };
  }

  async function onFresh(
    job: (core: Awaited<ReturnType<typeof open>>['core'], url: string) => Promise<void>,
  ) {
    const { url, drop } = await database.open();
    const { core, close } = await open(url);
    try {
      await job(core, url);
    } finally {
      await close();
      await drop();
    }
  }

  test('becomes a tenant with built-in roles, an administrator who must change a generated password, and a key', () =>
    onFresh(async (core) => {
      const first = await bootstrap(core, { adminUser: 'admin@localhost', adminPassword: null });
      expect(first).toMatchObject({ tenant: { name: 'Sallyport', loginSuffixes: ['localhost'] } });
      expect(first?.tenant.code).toMatch(/^[A-Z]{3}\d{4}$/);
      expect(first?.generatedPassword).toMatch(/^[a-z2-9-]{24}$/);
      const tenantId = first?.tenant.id ?? '';
      const user = await core.store.read.users.findByLoginKey(tenantId, 'admin@localhost');
      expect(user).toMatchObject({
        displayName: 'Administrator',
        email: 'admin@localhost.localdomain',
        mustChangePassword: true,
        enabled: true,
      });
      expect(await core.credentials.verifies(user?.passwordHash ?? '', first?.generatedPassword ?? '')).toBe(
        true,
      );
      expect(await core.store.read.roles.countHolders(tenantId, 'System Administrator')).toBe(1);
      expect(await core.store.read.roles.find(tenantId, 'everybody')).toMatchObject({
        builtIn: true,
        rights: [],
      });
      expect(await core.store.read.keys.list(tenantId)).toMatchObject([{ state: 'active' }]);
      const { items } = await core.store.read.changes.page(tenantId, { limit: 200 });
      expect(new Set(items.map(({ actor }) => actor))).toEqual(new Set(['system']));
      expect(items.map(({ object }) => object.replace(/\/.*/, '/…')).sort()).toEqual([
        'keys/…',
        'roles/…',
        'roles/…',
        'roles/…',
        'tenant',
        'users/…',
      ]);
      expect(JSON.stringify(items)).not.toContain(first?.generatedPassword);
    }));

  test('takes a given password as it is, to be kept, and names the tenant by the suffix', () =>
    onFresh(async (core) => {
      const given = { adminUser: 'Root@Example.COM', adminPassword: 'a long enough phrase' };
      const first = await bootstrap(core, given);
      expect(first).toMatchObject({
        generatedPassword: null,
        tenant: { name: 'Example', loginSuffixes: ['example.com'] },
      });
      const user = await core.store.read.users.findByLoginKey(first?.tenant.id ?? '', 'root@example.com');
      expect(user).toMatchObject({
        loginName: 'Root@Example.COM',
        email: 'Root@Example.COM',
        mustChangePassword: false,
      });
    }));

  test('refuses a weak password before anything is made', () =>
    onFresh(async (core) => {
      const weak = { adminUser: 'admin@localhost', adminPassword: '12345678' };
      await expect(bootstrap(core, weak)).rejects.toThrow('SALLYPORT_ADMIN_PASSWORD');
      expect(await core.store.read.tenants.findByHost('localhost')).toBeNull();
    }));

  test('is set up once, however many processes start at once, and never reset', () =>
    onFresh(async (core, url) => {
      const others = await Promise.all([open(url), open(url)]);
      const all = [core, ...others.map((other) => other.core)];
      const results = await Promise.all(
        all.map((each) => bootstrap(each, { adminUser: 'admin@localhost', adminPassword: null })),
      );
      expect(results.filter((result) => result !== null)).toHaveLength(1);
      const again = { adminUser: 'evil@localhost', adminPassword: 'a long enough phrase' };
      expect(await bootstrap(core, again)).toBeNull();
      const tenantId = results.find((result) => result !== null)?.tenant.id ?? '';
      expect((await core.store.read.users.page(tenantId, { limit: 10 })).items).toHaveLength(1);
      for (const other of others) await other.close();
    }));
});
