/** The declarative file, contract section 4, over `GET` and `PUT /api/v1/declaration`. */
import type { App, Declaration, DeclarationResult, User } from '@sallyport/contract';
import { MASK } from '@sallyport/contract';
import { describe, expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, type Faults, PASSWORD, PEOPLE } from './support/world.js';

const person = (loginName: string, more: object = {}) => ({
  loginName,
  email: 'somebody@acme.test',
  displayName: 'Some Body',
  ...more,
});

describeAdministration('the declaration', (world) => {
  const apply = (document: unknown, query = '') =>
    world.admin<DeclarationResult & Faults>('PUT', `/declaration${query}`, document);
  const changesOf = async (document: unknown, query = '') => {
    const { status, body } = await apply(document, query);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.changes;
  };
  const faultsOf = async (document: unknown) => {
    const { status, body } = await apply(document);
    expect(status, JSON.stringify(body)).toBe(400);
    return Object.fromEntries(body.errors.map(({ field, message }) => [field, message]));
  };
  const exported = async () => (await world.admin<Declaration>('GET', '/declaration')).body;
  const lineCount = async () => (await world.changes()).length;

  const WALKTHROUGH = {
    tenant: { name: 'Acme Works', loginSuffixes: ['acme.test', 'reports.test'] },
    roles: [{ name: 'Analysts', description: 'Read numbers', rights: [], members: ['mary@reports.test'] }],
    users: [
      person('mary@reports.test', { password: PASSWORD, totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }),
    ],
    apps: [
      {
        applicationId: 'numbers',
        name: 'Numbers',
        generalUsage: { redirects: ['http://127.0.0.1/cb'] },
        scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
        userAccess: { roles: ['Analysts'] },
      },
    ],
  };

  test('creates what it names, references to objects of the same file included, and is idempotent', async () => {
    const changes = await changesOf(WALKTHROUGH);
    expect(changes.map(({ object, action }) => [object, action])).toEqual([
      ['tenant', 'update'],
      ['users/mary@reports.test', 'create'],
      ['roles/Analysts', 'create'],
      ['apps/numbers', 'create'],
    ]);
    expect(changes[0]?.fields).toEqual(['name', 'loginSuffixes']);
    expect(changes[1]?.fields).toEqual(expect.arrayContaining(['loginName', 'password', 'totpSecret']));
    expect(changes[1]?.fields).not.toContain('validAfter');
    expect(changes[2]?.fields).toContain('members');
    expect((await world.admin<User>('GET', '/users/mary@reports.test')).body).toMatchObject({
      roles: ['Analysts'],
      factors: ['OATH'],
    });
    expect((await world.changes('apps/numbers'))[0]).toMatchObject({ actor: ADMIN.user, action: 'create' });

    const before = await lineCount();
    expect(await changesOf(WALKTHROUGH), 'a second run changes nothing').toEqual([]);
    expect(await lineCount()).toBe(before);
  });

  test('exports without secrets, and what it exports changes nothing', async () => {
    const document = await exported();
    expect(JSON.stringify(document)).not.toMatch(/password|totpSecret|argon2|sealed/i);
    expect(document.roles).toContainEqual(
      expect.objectContaining({ name: 'Developers', members: expect.any(Array) }),
    );
    expect(await changesOf(document)).toEqual([]);
    expect(await changesOf(document, '?prune')).toEqual([]);
  });

  test('lets an absent key keep its value, replaces lists whole, and gives a new object the defaults', async () => {
    await changesOf({
      apps: [{ applicationId: 'kept', name: 'Kept', tokens: { lifetime: '7m', type: 'opaque' } }],
    });
    const changes = await changesOf({ apps: [{ applicationId: 'KEPT', tokens: { type: 'JwtRS256' } }] });
    expect(changes).toEqual([
      { object: 'apps/KEPT', action: 'update', fields: expect.arrayContaining(['tokens.type']) },
    ]);
    const { body } = await world.admin<App>('GET', '/apps/kept');
    expect(body).toMatchObject({
      name: 'Kept',
      tokens: { lifetime: '7m', type: 'JwtRS256', codeLifetime: '60s' },
    });

    await changesOf({ roles: [{ name: 'Listed', members: [PEOPLE.plain, PEOPLE.portal] }] });
    expect(await changesOf({ roles: [{ name: 'Listed', members: [PEOPLE.portal] }] })).toEqual([
      { object: 'roles/Listed', action: 'update', fields: ['members'] },
    ]);
    expect(await changesOf({ roles: [{ name: 'listed', description: 'Now described' }] })).toHaveLength(1);
    const { body: members } = await world.admin<{ items: { loginName: string }[] }>(
      'GET',
      `/roles/${await world.idOf('roles', 'listed')}/members`,
    );
    expect(members.items.map(({ loginName }) => loginName)).toEqual([PEOPLE.portal]);
  });

  test('writes a password or an authenticator secret only when it does not verify against what is stored', async () => {
    const loginName = 'stable@acme.test';
    const totpSecret = 'MZXW6YTBOJRGC6TGMZXW6YTBOJRGC6TG';
    await changesOf({ users: [person(loginName, { password: PASSWORD, totpSecret })] });
    const id = await world.idOf('users', loginName);
    const before = await world.core.store.read.users.find(world.tenant.id, id);
    expect(
      await changesOf({ users: [{ loginName, password: PASSWORD, totpSecret: totpSecret.toLowerCase() }] }),
    ).toEqual([]);
    expect(await world.core.store.read.users.find(world.tenant.id, id)).toEqual(before);
    expect(await changesOf({ users: [{ loginName, password: 'a different quiet river' }] })).toEqual([
      { object: `users/${loginName}`, action: 'update', fields: ['password'] },
    ]);
    expect((await world.changes(`users/${id}`))[0]?.fields).toContainEqual({
      field: 'password',
      old: MASK,
      new: MASK,
    });
    expect(
      await changesOf({ users: [{ loginName, totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }] }),
    ).toEqual([{ object: `users/${loginName}`, action: 'update', fields: ['totpSecret'] }]);
    expect((await world.admin<User>('GET', `/users/${loginName}`)).body.factors).toEqual(['OATH']);
  });

  test('keeps a login suffix that is in use, with a note', async () => {
    await changesOf({ tenant: { loginSuffixes: ['acme.test', 'reports.test', 'unused.test'] } });
    await changesOf({ users: [person('stays@reports.test')] });
    const { body } = await apply({ tenant: { loginSuffixes: ['acme.test'] } });
    expect(body.notes).toEqual(['the login suffix "reports.test" stays: login names end in it']);
    expect((await exported()).tenant?.loginSuffixes).toEqual(['acme.test', 'reports.test']);
    const again = await apply({ tenant: { loginSuffixes: ['acme.test'] } });
    expect(again.body.changes).toEqual([]);
  });

  test('plans without changing anything, and plans exactly what it then does', async () => {
    const document = {
      roles: [{ name: 'Planned', rights: ['Admin Portal Login'], members: ['planned@acme.test'] }],
      users: [person('planned@acme.test', { password: PASSWORD })],
    };
    const before = await lineCount();
    const plan = await changesOf(document, '?dryRun=true');
    expect(plan).toHaveLength(2);
    expect(await lineCount()).toBe(before);
    expect((await world.admin('GET', '/users/planned@acme.test')).status).toBe(404);
    expect(await changesOf(document, '?dryRun=false')).toEqual(plan);
  });

  test('prunes only under the top keys present, and never what is built in, the actor or the last administrator', async () => {
    await changesOf({
      apps: [{ applicationId: 'doomed', name: 'Doomed' }],
      roles: [{ name: 'Doomed', rights: [] }],
      users: [person('doomed@acme.test')],
    });
    const whole = await exported();
    const apps = whole.apps?.filter((app) => app.applicationId !== 'doomed');
    expect(await changesOf({ apps }, '?prune')).toEqual([
      { object: 'apps/doomed', action: 'delete', fields: expect.any(Array) },
    ]);
    const roles = whole.roles?.filter(
      ({ name }) => !['Doomed', 'System Administrator', 'Everybody'].includes(name),
    );
    expect((await changesOf({ roles }, '?prune')).map(({ object }) => object)).toEqual(['roles/Doomed']);
    const users = whole.users?.filter(
      ({ loginName }) => loginName !== 'doomed@acme.test' && loginName !== ADMIN.user,
    );
    const pruned = await apply({ users }, '?prune');
    expect(pruned.body.changes.map(({ object }) => object)).toEqual(['users/doomed@acme.test']);
    expect(pruned.body.notes).toEqual([`users/${ADMIN.user} stays: nobody prunes themselves`]);

    const others = { users: users?.filter(({ loginName }) => loginName !== PEOPLE.second) };
    const { declarations } = world.core.admin;
    const options = { dryRun: true, prune: true };
    const local = await declarations.apply(world.tenant, world.operator, others, options);
    expect(local.notes, 'of two administrators, one may go').toHaveLength(1);
    expect(local.notes[0]).toContain('it is the last administrator');
  });

  describe('is refused, and nothing at all is applied,', () => {
    test('for unknown keys at every depth, naming those that there are, or where one stands', async () => {
      const unknown = (keys: string) => expect.stringMatching(`^unknown key; there are: (.*, )?${keys}`);
      expect(
        await faultsOf({
          surprise: 1,
          tenant: { nam: 'x', registration: {}, sessions: { idel: '1h' } },
          users: [{ loginName: 'a@acme.test', mail: 'x' }],
          roles: [{ name: 'x', member: [] }],
          apps: [
            {
              applicationId: 'x',
              generalUsage: { redirect: [] },
              tokens: { authMethods: ['ropc'] },
              scope: { definitions: [{ name: 'a', regex: [] }] },
            },
          ],
        }),
      ).toEqual({
        surprise: unknown('tenant, roles, users, apps, authentication'),
        'tenant.nam': unknown('name, loginSuffixes'),
        'tenant.registration': 'is set for each app: apps[].generalUsage.registration',
        'tenant.sessions.idel': unknown('idle, absolute'),
        'users.0.mail': unknown('email'),
        'roles.0.member': unknown('name, description, rights, members'),
        'apps.0.generalUsage.redirect': unknown('redirects'),
        'apps.0.tokens.authMethods.0': expect.stringContaining('"ropc" is not one of'),
        'apps.0.scope.definitions.0.regex': unknown('name, description, restRegex'),
      });
    });

    test('with the faults of all objects together, each by its path', async () => {
      const before = await exported();
      expect(
        await faultsOf({
          tenant: { name: 'Never stored' },
          users: [person('fine@acme.test'), person('odd@elsewhere.test'), { loginName: 'half@acme.test' }],
          roles: [
            { name: 'Fine' },
            { name: 'Odd', members: ['fine@acme.test', 'ghost@acme.test'] },
            { name: 'Everybody', members: [PEOPLE.service] },
            { name: 'System Administrator', rights: [] },
          ],
          apps: [
            { applicationId: 'nameless' },
            { applicationId: 'odd', name: 'Odd', userAccess: { roles: ['Fine', 'Ghosts'] } },
            { applicationId: 'listed', name: 'Listed', generalUsage: { clientIdType: 'list' } },
            {
              applicationId: 'worse',
              name: 'Worse',
              scope: { definitions: [{ name: 'a', restRegex: ['('] }] },
            },
          ],
        }),
      ).toEqual({
        'users.1.loginName': expect.stringContaining('must end in'),
        'users.2.email': 'is required',
        'users.2.displayName': 'is required',
        'roles.1.members.1': 'there is no user "ghost@acme.test"',
        'roles.2': expect.stringContaining('Everybody'),
        'roles.3.rights': 'of a built-in role are fixed',
        'apps.0.name': 'is required',
        'apps.1.userAccess.roles.1': 'there is no role "Ghosts"',
        'apps.2.generalUsage.allowedClients': expect.any(String),
        'apps.3.scope.definitions.0.restRegex.0': expect.stringContaining('missing closing'),
      });
      expect(await exported()).toEqual(before);
    });

    test('for an object declared twice, and for a weak password', async () => {
      expect(
        await faultsOf({
          users: [{ loginName: PEOPLE.plain }, { loginName: PEOPLE.plain.toUpperCase() }],
          apps: [{ applicationId: 'tool' }, { applicationId: 'TOOL' }],
        }),
      ).toEqual({
        'users.1.loginName': expect.stringContaining('declared twice'),
        'apps.1.applicationId': expect.stringContaining('declared twice'),
      });
      const faults = await faultsOf({ users: [person('weak@acme.test', { password: '12345678' })] });
      expect(faults).toEqual({ 'users.0.password': expect.any(String) });
    });

    test('as anything but an object', async () => {
      for (const document of ['[]', '"x"', '1', 'null', 'true'])
        expect((await apply(document)).status, document).toBe(400);
      expect((await apply({}, '?dryRun=maybe')).status).toBe(400);
    });
  });

  test('needs the right to each top key, and each right only to its own', async () => {
    const [users, apps, plain] = await Promise.all(
      [PEOPLE.users, PEOPLE.apps, PEOPLE.plain].map((name) => world.as(name)),
    );
    const put = async (call: typeof users, document: unknown) =>
      (await call?.('PUT', '/declaration', document))?.status;
    expect(await put(users, { users: [{ loginName: PEOPLE.plain, description: 'By users' }] })).toBe(200);
    expect(await put(users, { apps: [] })).toBe(403);
    expect(await put(apps, { apps: [{ applicationId: 'tool', description: 'By apps' }] })).toBe(200);
    expect(await put(apps, { users: [] })).toBe(403);
    expect(
      await put(users, {
        roles: [
          { name: 'Developers', members: [PEOPLE.plain, PEOPLE.service, ADMIN.user, PEOPLE.readUsers] },
        ],
      }),
    ).toBe(200);
    expect(await put(users, { roles: [{ name: 'Brand new' }] })).toBe(403);
    for (const document of [{}, { apps: [] }, { tenant: {} }]) expect(await put(plain, document)).toBe(403);
  });

  test('applied ten times at once creates each object once', async () => {
    const document = {
      users: [person('once@acme.test')],
      roles: [{ name: 'Once', members: ['once@acme.test'] }],
    };
    const all = await Promise.all(Array.from({ length: 10 }, () => apply(document)));
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(all.filter(({ body }) => body.changes.length > 0)).toHaveLength(1);
  });

  test('is described by a JSON Schema that knows every key', async () => {
    const { body } = await world.admin<{ properties: object }>('GET', '/declaration/schema');
    expect(Object.keys(body.properties)).toEqual(
      expect.arrayContaining(['tenant', 'roles', 'users', 'apps']),
    );
    expect(JSON.stringify(body)).toContain('refreshTokenLifetime');
    expect(JSON.stringify(body)).not.toContain('"default":"5h"');
  });
});
