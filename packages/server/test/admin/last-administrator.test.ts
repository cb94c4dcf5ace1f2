/** Rule 16: the last administrator cannot be removed, disabled or stripped, not even by two at once (D09). */
import type { User } from '@sallyport/contract';
import { beforeEach, expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, PASSWORD, PEOPLE } from './support/world.js';

describeAdministration('the last administrator', (world) => {
  const REFUSED = 'the last administrator cannot be removed, disabled or stripped';
  const second = {
    loginName: PEOPLE.second,
    email: PEOPLE.second,
    displayName: 'Second',
    password: PASSWORD,
  };

  /** Two administrators, whatever the test before left. */
  beforeEach(async () => {
    const sysadmin = { name: 'System Administrator', members: [ADMIN.user, PEOPLE.second] };
    const first = {
      loginName: ADMIN.user,
      email: ADMIN.user,
      displayName: 'Administrator',
      password: ADMIN.password,
    };
    await world.apply({
      users: [first, second].map((user) => ({ ...user, enabled: true, confidentialClient: false })),
      roles: [sysadmin],
    });
  });

  test.each<[string, string, unknown?]>([
    ['DELETE', '/roles/sysadmin/members/'],
    ['DELETE', '/users/'],
    ['PATCH', '/users/', { enabled: false }],
    ['PATCH', '/users/', { confidentialClient: true }],
  ])('stays, whatever %s %s %j is tried', async (method, path, body) => {
    const admin = await world.as(ADMIN.user, ADMIN.password);
    expect((await admin('DELETE', `/roles/sysadmin/members/${PEOPLE.second}`)).status).toBe(204);
    const { status, body: problem } = await admin(method, `${path}${ADMIN.user}`, body);
    expect(status).toBe(409);
    expect(problem).toMatchObject({ detail: REFUSED });
    expect((await admin<User>('GET', `/users/${ADMIN.user}`)).body).toMatchObject({
      enabled: true,
      roles: expect.arrayContaining(['System Administrator']),
    });
  });

  test('stays though a disabled one and a confidential client hold the right too', async () => {
    const admin = await world.as(ADMIN.user, ADMIN.password);
    await admin('PATCH', `/users/${PEOPLE.second}`, { enabled: false });
    await admin('PUT', `/roles/sysadmin/members/${PEOPLE.service}`);
    expect((await admin('DELETE', `/roles/sysadmin/members/${ADMIN.user}`)).status).toBe(409);
  });

  test('stays when the right came by another role, which is deleted or stripped', async () => {
    const admin = await world.as(ADMIN.user, ADMIN.password);
    const { body } = await admin<{ id: string }>('POST', '/roles', {
      name: 'Owners',
      rights: ['System Administrator'],
    });
    await admin('PUT', `/roles/${body.id}/members/${ADMIN.user}`);
    for (const name of [PEOPLE.second, ADMIN.user])
      expect((await admin('DELETE', `/roles/sysadmin/members/${name}`)).status).toBe(204);
    expect((await admin('DELETE', `/roles/${body.id}`)).status).toBe(409);
    const stripped = { name: 'Owners', rights: ['User Management'] };
    expect((await admin('PUT', `/roles/${body.id}`, stripped, { 'if-match': '*' })).status).toBe(409);
    await admin('PUT', `/roles/sysadmin/members/${ADMIN.user}`);
    expect((await admin('DELETE', `/roles/${body.id}`)).status).toBe(204);
  });

  test('stays against apply too, and nothing of the file is applied', async () => {
    const admin = await world.as(ADMIN.user, ADMIN.password);
    const roles = [
      { name: 'Never', members: [] },
      { name: 'System Administrator', members: [] },
    ];
    for (const query of ['', '?dryRun']) {
      const { status, body } = await admin('PUT', `/declaration${query}`, { roles });
      expect(status).toBe(409);
      expect(body).toMatchObject({ detail: REFUSED });
    }
    expect((await admin('GET', '/roles?search=never')).body).toEqual({ items: [] });
  });

  test.each<[string, string, unknown?]>([
    ['DELETE', '/roles/sysadmin/members/'],
    ['PATCH', '/users/', { enabled: false }],
    ['DELETE', '/users/'],
  ])('is left when two administrators try %s %s %j on each other at once', async (method, path, body) => {
    const first = await world.as(ADMIN.user, ADMIN.password);
    const other = await world.as(PEOPLE.second);
    const all = await Promise.all([
      first(method, `${path}${PEOPLE.second}`, body),
      other(method, `${path}${ADMIN.user}`, body),
    ]);
    const statuses = all.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200 || status === 204)).toHaveLength(1);
    const holders = await world.core.store.read.roles.countHolders(world.tenant.id, 'System Administrator');
    expect(holders).toBe(1);
  });

  test('who was stripped can do nothing more at a server that has not heard of it yet', async () => {
    const twin = await world.twin();
    try {
      const stripped = await twin.as(PEOPLE.second);
      expect((await stripped('GET', '/roles')).status).toBe(200);
      const admin = await world.as(ADMIN.user, ADMIN.password);
      expect((await admin('DELETE', `/roles/sysadmin/members/${PEOPLE.second}`)).status).toBe(204);
      const grab = { name: 'Back door', rights: ['System Administrator'] };
      expect((await stripped('POST', '/roles', grab)).status).toBe(403);
    } finally {
      await twin.close();
    }
  });

  test('is left when ten administrators at two servers strip each other in a ring', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `ring${i}@acme.test`);
    await world.apply({ users: names.map((loginName) => ({ ...second, loginName })) });
    const twin = await world.twin();
    try {
      for (let round = 0; round < 3; round++) {
        await world.apply({ roles: [{ name: 'System Administrator', members: names }] });
        await twin.core.directory.catchUp();
        const ring = await Promise.all(names.map((name, i) => (i % 2 ? world : twin).as(name)));
        await Promise.all(
          ring.map((call, i) => call('DELETE', `/roles/sysadmin/members/${names[(i + 1) % names.length]}`)),
        );
        const holders = await world.core.store.read.roles.countHolders(
          world.tenant.id,
          'System Administrator',
        );
        expect(holders).toBeGreaterThan(0);
      }
    } finally {
      await twin.close();
    }
  });
});
