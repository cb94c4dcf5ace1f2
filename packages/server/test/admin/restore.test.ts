/** Taking an object back to a version of the change log: a logged change like any other, by the same rules and rights. */
import type { App, Change, Restoration, Role, Tenant, User } from '@sallyport/contract';
import { expect, test } from 'vitest';
import { describeAdministration, type Faults, PASSWORD, PEOPLE } from './support/world.js';

describeAdministration('restoring a version', (world) => {
  const restore = (change: Change | undefined, query = '') =>
    world.admin<Restoration & Faults>('POST', `/changes/${change?.id}/restore${query}`);
  const apply = (declaration: object) => world.apply(declaration);
  const app = async (id: string) => (await world.admin<App>('GET', `/apps/${id}`)).body;

  test('makes an app what it was after that change, and says so in the log', async () => {
    const base = { applicationId: 'versions', name: 'First' };
    await apply({
      apps: [{ ...base, tokens: { lifetime: '20m' }, userAccess: { roles: ['Developers'] } }],
    });
    await apply({ apps: [{ ...base, name: 'Second', generalUsage: { redirects: ['https://rp.test/cb'] } }] });
    await apply({
      apps: [
        {
          ...base,
          name: 'Third',
          tokens: { lifetime: '1h' },
          generalUsage: { redirects: [], backchannelLogoutUri: 'https://rp.test/out' },
          userAccess: { roles: [] },
        },
      ],
    });
    const [third, second, created] = await world.changes('apps/versions');

    const { body: planned } = await restore(second, '?dryRun');
    expect(planned).toMatchObject({ object: 'apps/versions', action: 'update', notes: [] });
    expect(planned.fields.map(({ field }) => field).sort()).toEqual([
      'generalUsage.backchannelLogoutUri',
      'generalUsage.redirects',
      'name',
      'tokens.lifetime',
      'userAccess.roles',
    ]);
    expect((await app('versions')).name, 'a dry run leaves nothing behind').toBe('Third');

    expect((await restore(second)).status).toBe(200);
    expect(await app('versions')).toMatchObject({
      name: 'Second',
      tokens: { lifetime: '20m' },
      generalUsage: { redirects: ['https://rp.test/cb'], backchannelLogoutUri: null },
      userAccess: { roles: ['Developers'] },
    });
    const [entry] = await world.changes('apps/versions');
    expect(entry).toMatchObject({ action: 'update', actor: 'admin@acme.test' });
    expect(entry?.fields).toContainEqual({ field: 'restoredFrom', old: null, new: second?.at });

    expect((await restore(second)).body, 'once more changes nothing').toMatchObject({
      action: 'none',
      fields: [],
    });
    expect((await restore(third)).body.action).toBe('update');
    expect((await app('versions')).name).toBe('Third');
    await restore(created);
    expect(await app('versions')).toMatchObject({ name: 'First', generalUsage: { redirects: [] } });
  });

  test('brings back a deleted app; a role that is gone meanwhile stays away, and the answer says so', async () => {
    await apply({ roles: [{ name: 'Passing' }] });
    await apply({
      apps: [
        {
          applicationId: 'phoenix',
          name: 'Phoenix',
          scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
          userAccess: { roles: ['Developers', 'Passing'] },
        },
      ],
    });
    await world.admin('DELETE', '/apps/phoenix');
    await world.admin('DELETE', `/roles/${await world.idOf('roles', 'Passing')}`);
    const [deletion] = await world.changes('apps/phoenix');
    const { body } = await restore(deletion);
    expect(body.action).toBe('create');
    expect(body.notes.join()).toContain('roles of User Access that were deleted since');
    expect(await app('phoenix')).toMatchObject({
      name: 'Phoenix',
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Developers'] },
    });
  });

  test('of a role and a user takes settings back, never members, passwords or second factors', async () => {
    const ghost = 'ghost@acme.test';
    const person = { loginName: ghost, email: ghost, displayName: 'Ghost', password: PASSWORD };
    await apply({ users: [person], roles: [{ name: 'Shifts', description: 'Day', members: [ghost] }] });
    const role = await world.idOf('roles', 'Shifts');
    await apply({
      users: [{ loginName: ghost, displayName: 'Renamed', password: `${PASSWORD} too` }],
      roles: [{ name: 'Shifts', description: 'Night', rights: ['Admin Portal Login'], members: [] }],
    });
    const created = async (path: string) =>
      (await world.changes(path)).find(({ action }) => action === 'create');
    await restore(await created(`roles/${role}`));
    const read = (await world.admin<Role>('GET', `/roles/${role}`)).body;
    expect(read).toMatchObject({ description: 'Day', rights: [] });
    const { body: user } = await world.admin<User>('GET', `/users/${ghost}`);
    expect(user.roles).toEqual([]);

    await restore(await created(`users/${user.id}`));
    expect((await world.admin<User>('GET', `/users/${ghost}`)).body.displayName).toBe('Ghost');
    await expect(world.as(ghost, PASSWORD), 'the password is the new one').rejects.toThrow();
    await world.admin('DELETE', `/users/${ghost}`);
    const [deletion] = await world.changes(`users/${user.id}`);
    const { body } = await restore(deletion);
    expect(body.notes.join()).toContain('without password');
    expect((await world.admin<User>('GET', `/users/${ghost}`)).body).toMatchObject({
      displayName: 'Ghost',
      hasPassword: false,
    });
  });

  test('says what is no part of a version, rather than nothing', async () => {
    await apply({ roles: [{ name: 'Crew', members: [PEOPLE.service] }] });
    const [, joined] = await world.changes(`roles/${await world.idOf('roles', 'Crew')}`);
    await apply({ roles: [{ name: 'Crew', members: [] }] });
    const [left] = await world.changes(`roles/${await world.idOf('roles', 'Crew')}`);
    expect(left?.id).not.toBe(joined?.id);
    const { body } = await restore(joined);
    expect(body).toMatchObject({ action: 'none', notes: [expect.stringContaining('stay as they are')] });
  });

  test('of the tenant takes its settings back, but for a login suffix in use', async () => {
    const { body: before } = await world.admin<Tenant>('GET', '/tenant');
    await apply({ tenant: { name: 'Elsewhere', sessions: { idle: '2h' } } });
    await apply({ tenant: { loginSuffixes: ['acme.test', 'late.test'] } });
    await apply({ users: [{ loginName: 'x@late.test', email: 'x@late.test', displayName: 'X' }] });
    const [, renamed, ...older] = await world.changes('tenant');
    expect(renamed?.fields.map(({ field }) => field)).toContain('name');
    const { body } = await restore(older[0]);
    expect(body.notes.join()).toContain('"late.test" stays');
    const { body: after } = await world.admin<Tenant>('GET', '/tenant');
    expect(after).toMatchObject({ name: before.name, sessions: before.sessions });
    expect(after.loginSuffixes).toContain('late.test');
  });

  test('of the tenant takes profiles and rules back; a rule whose roles are gone stays away', async () => {
    await apply({ roles: [{ name: 'Night' }, { name: 'Day' }] });
    const rules = ['Night', 'Day'].map((role) => ({ roles: [role], profile: 'Two steps' }));
    const profiles = [{ name: 'Two steps', challenges: [['UP'], ['OATH', 'EMAIL']] }];
    await apply({ authentication: { profiles, rules } });
    const [set] = await world.changes('tenant');
    await apply({ authentication: { profiles: [], rules: [] } });
    await world.admin('DELETE', `/roles/${await world.idOf('roles', 'Day')}`);
    const { body } = await restore(set);
    expect(body.notes).toEqual(['rules whose roles or apps were deleted since stay away: 1']);
    expect((await world.admin<object>('GET', '/authentication')).body).toMatchObject({
      profiles,
      rules: [{ roles: ['Night'], profile: 'Two steps' }],
    });
    const [restored] = await world.changes('tenant');
    expect(restored?.fields.map(({ field }) => field)).toContain('authentication.rules');
    await apply({ authentication: { profiles: [], rules: [] } });
  });

  test('asks for the right to write that kind, and obeys delegation and the last administrator', async () => {
    const [change] = await world.changes('apps/tool');
    const readAll = await world.as(PEOPLE.readAll);
    expect((await readAll('POST', `/changes/${change?.id}/restore`)).status).toBe(403);
    expect((await readAll('POST', `/changes/${change?.id}/restore?dryRun`)).status).toBe(403);

    await apply({ roles: [{ name: 'Mighty', rights: ['User Management'] }] });
    await apply({ roles: [{ name: 'Mighty', rights: [] }] });
    const [, mighty] = await world.changes(`roles/${await world.idOf('roles', 'Mighty')}`);
    const roles = await world.as(PEOPLE.roles);
    expect((await roles('POST', `/changes/${mighty?.id}/restore`)).status, 'a right that they lack').toBe(
      403,
    );
  });

  test('answers 412 when the object is another than the one that was seen, and writes nothing', async () => {
    const named = (name: string) => apply({ apps: [{ applicationId: 'raced', name }] });
    await named('First');
    await named('Second');
    const [, created] = await world.changes('apps/raced');
    const post = (query: string, headers: Record<string, string>) =>
      world.admin<Restoration>('POST', `/changes/${created?.id}/restore${query}`, undefined, headers);
    const planned = await post('?dryRun', {});
    const seen = planned.headers.get('etag') ?? '';
    expect(seen, 'a plan has the tag of the app as it is').toBe(`"${(await app('raced')).version}"`);
    await named('Third');
    for (const query of ['', '?dryRun']) expect((await post(query, { 'if-match': seen })).status).toBe(412);
    expect((await app('raced')).name).toBe('Third');
    const now = `"${(await app('raced')).version}"`;
    const done = await post('', { 'if-match': now });
    expect(done).toMatchObject({ status: 200, body: { action: 'update' } });
    expect(done.headers.get('etag'), 'and what was done that of what it became').toBe(
      `"${(await app('raced')).version}"`,
    );
    await world.admin('DELETE', '/apps/raced');
    expect((await post('', { 'if-match': now })).status, 'gone meanwhile').toBe(412);
    const gone = await post('?dryRun', {});
    expect(gone).toMatchObject({ status: 200, body: { action: 'create', version: null } });
    expect(gone.headers.get('etag')).toBeNull();
  });

  test('of a role, a user and the tenant asks for the version that was seen as well', async () => {
    const mary = { loginName: 'mary@acme.test', email: 'mary@acme.test', displayName: 'Mary' };
    await apply({ roles: [{ name: 'Seen' }], users: [{ ...mary, password: PASSWORD }] });
    await apply({ roles: [{ name: 'Seen', description: 'x' }], users: [{ ...mary, displayName: 'M' }] });
    const { version } = (await world.admin<Tenant>('GET', '/tenant')).body;
    const name = `Renamed ${version}`;
    await world.admin('PATCH', '/tenant', { name });
    const objects = [
      `roles/${await world.idOf('roles', 'Seen')}`,
      `users/${await world.idOf('users', mary.loginName)}`,
      'tenant',
    ];
    for (const object of objects) {
      const [change] = await world.changes(object);
      const { status } = await world.admin('POST', `/changes/${change?.id}/restore`, undefined, {
        'if-match': '"999"',
      });
      expect(status, object).toBe(412);
    }
  });

  test('of an app finds it under another name, and leaves the app alone that has its name now', async () => {
    await apply({ apps: [{ applicationId: 'first-name', name: 'Old' }] });
    const [created] = await world.changes('apps/first-name');
    await rename('first-name', 'second-name');
    await apply({ apps: [{ applicationId: 'first-name', name: 'New' }] });
    const actions = async (id: string) => (await world.changes(`apps/${id}`)).map(({ action }) => action);
    expect(await actions('Second-Name')).toEqual(['update', 'create']);
    expect(await actions('first-name'), 'nothing of who was called so before').toEqual(['create']);

    const taken = await restore(created);
    expect(taken.status).toBe(409);
    expect(JSON.stringify(taken.body)).toContain('is taken');
    expect((await app('first-name')).name).toBe('New');
    await world.admin('DELETE', '/apps/first-name');
    expect((await restore(created)).body).toMatchObject({ object: 'apps/first-name', action: 'update' });
    expect((await app('first-name')).name).toBe('Old');
    expect((await world.admin('GET', '/apps/second-name')).status).toBe(404);
  });

  test('refuses what is no change, what is a key, and what belongs to an app', async () => {
    expect((await world.admin('POST', '/changes/nothing/restore')).status).toBe(404);
    await world.admin('POST', '/keys/rotate');
    const { body } = await world.admin<{ items: Change[] }>('GET', '/changes?object=keys');
    const refused = await restore(body.items[0]);
    expect(refused.status).toBe(409);
    await apply({ apps: [{ applicationId: 'before', name: 'Named' }] });
    await world.admin('POST', '/apps/before/registration-tokens', { name: 'Partners' });
    const { items } = (await world.admin<{ items: Change[] }>('GET', '/changes?search=Partners')).body;
    const token = items.find(({ object }) => object.startsWith('apps/'));
    const ofClient = await restore(token);
    expect(ofClient).toMatchObject({ status: 409 });
    expect(JSON.stringify(ofClient.body)).toContain('clients and tokens of an app cannot be taken back');
  });

  async function rename(from: string, applicationId: string): Promise<void> {
    const { id: _, createdAt: __, version: ___, logo: ____, ...input } = await app(from);
    await world.admin('PUT', `/apps/${from}`, { ...input, applicationId }, { 'if-match': '*' });
  }
});
