/**
 * Rule 16 and the table of rights in contract section 7, over every endpoint there is: a privilege that nobody
 * granted is not to be had (advisory 51, cases D01 and D02).
 */
import type { Endpoint, Role } from '@sallyport/contract';
import { RIGHTS } from '@sallyport/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { type Caller, describeAdministration, PASSWORD, PEOPLE, type Person } from './support/world.js';

/** Whom the contract lets do what; System Administrators may do all of it. Everyone else gets 403. */
const READERS_OF_USERS: Person[] = ['users', 'readUsers', 'readAll'];
const READERS_OF_TRAFFIC: Person[] = ['apps', 'users', 'readAll'];
const ALLOWED: Record<string, Person[]> = {
  'GET /users': READERS_OF_USERS,
  'POST /users': ['users'],
  'GET /users/{user}': READERS_OF_USERS,
  'PATCH /users/{user}': ['users'],
  'DELETE /users/{user}': ['users'],
  'PUT /users/{user}/password': ['users'],
  'POST /users/{user}/unlock': ['users'],
  'GET /users/{user}/factors': READERS_OF_USERS,
  'DELETE /users/{user}/factors/{id}': ['users'],
  'DELETE /users/{user}/factors': ['users'],
  'GET /users/{user}/sessions': READERS_OF_USERS,
  'DELETE /users/{user}/sessions/{id}': ['users'],
  'DELETE /users/{user}/sessions': ['users'],
  'GET /users/{user}/devices': READERS_OF_USERS,
  'DELETE /users/{user}/devices/{id}': ['users'],
  'GET /users/{user}/sign-in': READERS_OF_USERS,
  'POST /users/{user}/invitation': ['users'],
  'GET /users/{user}/grants': READERS_OF_USERS,
  'DELETE /users/{user}/grants/{id}': ['users'],
  'GET /users/{user}/consents': READERS_OF_USERS,
  'DELETE /users/{user}/consents': ['users'],
  'GET /roles': [...READERS_OF_USERS, 'roles', 'apps'],
  'POST /roles': ['roles'],
  'GET /roles/{role}': [...READERS_OF_USERS, 'roles', 'apps'],
  'PUT /roles/{role}': ['roles'],
  'DELETE /roles/{role}': ['roles'],
  'GET /roles/{role}/members': [...READERS_OF_USERS, 'roles', 'apps'],
  'GET /roles/{role}/apps': ['apps', 'readAll'],
  'PUT /roles/{role}/members/{user}': ['users'],
  'DELETE /roles/{role}/members/{user}': ['users'],
  'GET /apps': ['apps', 'readAll'],
  'POST /apps': ['apps'],
  'GET /apps/{applicationId}': ['apps', 'readAll'],
  'PUT /apps/{applicationId}': ['apps'],
  'DELETE /apps/{applicationId}': ['apps'],
  'PUT /apps/{applicationId}/logo': ['apps'],
  'DELETE /apps/{applicationId}/logo': ['apps'],
  'GET /apps/{applicationId}/usage': ['apps', 'readAll'],
  'GET /apps/{applicationId}/clients': ['apps', 'readAll'],
  'DELETE /apps/{applicationId}/clients/{clientId}': ['apps'],
  'GET /apps/{applicationId}/registration-tokens': ['apps', 'readAll'],
  'POST /apps/{applicationId}/registration-tokens': ['apps'],
  'DELETE /apps/{applicationId}/registration-tokens/{id}': ['apps'],
  'GET /apps/{applicationId}/postman': ['apps', 'readAll'],
  'GET /apps/{applicationId}/postman/environment': ['apps', 'readAll'],
  'GET /tenant': READERS_OF_USERS,
  'PUT /tenant': [],
  'GET /authentication': READERS_OF_USERS,
  'PUT /authentication': [],
  'GET /authentication/mechanisms': READERS_OF_USERS,
  'POST /authentication/forecast': READERS_OF_USERS,
  'GET /keys': ['readAll'],
  'POST /keys/rotate': [],
  'GET /declaration': ['readAll'],
  'PUT /declaration': ['readAll'],
  'GET /changes': ['readAll'],
  'POST /changes/{changeId}/restore': ['readAll'],
  'GET /events': ['readAll'],
  'GET /events/activity': ['readAll'],
  'GET /endpoints': ['apps', 'readAll'],
  'POST /endpoints/test': ['apps', 'readAll'],
  'POST /endpoints/token': ['apps', 'readAll'],
  'GET /traffic/recordings': READERS_OF_TRAFFIC,
  'POST /traffic/recordings': ['apps'],
  // What is not there is told to whoever may see what is; to change what is there takes the right of its kind.
  'POST /traffic/recordings/{id}/stop': READERS_OF_TRAFFIC,
  'DELETE /traffic/recordings/{id}': READERS_OF_TRAFFIC,
  'GET /traffic/flows': READERS_OF_TRAFFIC,
  'GET /traffic/flows/{id}': READERS_OF_TRAFFIC,
  'GET /traffic/flows/{id}/har': READERS_OF_TRAFFIC,
  'GET /traffic/explanations/{correlationId}': READERS_OF_TRAFFIC,
};
/** What everyone may ask: about themselves, and what the API is. */
const FOR_ALL = /^\w+ \/(me(\/.*)?|openapi\.json|docs|declaration\/schema)$/;

/** A body that passes the schema, and harms nothing where it is let through. */
const BODIES: Record<string, unknown> = {
  'POST /users': { loginName: 'x@nowhere.test', email: 'x@acme.test', displayName: 'X' },
  'PATCH /users/{user}': {},
  'PUT /users/{user}/password': { password: PASSWORD },
  'POST /roles': { name: 'Developers' },
  'PUT /roles/{role}': { name: 'Developers' },
  'POST /apps': { applicationId: 'tool', name: 'x' },
  'PUT /apps/{applicationId}': { applicationId: 'x', name: 'x' },
  'PUT /tenant': { name: 'Acme', loginSuffixes: ['acme.test'] },
  'PUT /authentication': {},
  'PUT /declaration': {},
  'POST /endpoints/test': { patterns: ['.*'] },
  'PUT /apps/{applicationId}/logo': 'no picture',
  'POST /endpoints/token': { token: 'none' },
  'POST /authentication/forecast': { user: 'nobody-at-all' },
  'POST /traffic/recordings': { kind: 'app', subject: 'nothing-at-all' },
  'POST /apps/{applicationId}/registration-tokens': { name: 'x' },
};

describeAdministration('delegation', (world) => {
  const callers = new Map<Person, Caller>();

  beforeAll(async () => {
    for (const person of Object.keys(PEOPLE) as Person[])
      if (person !== 'service') callers.set(person, await world.as(PEOPLE[person]));
    const form = {
      grant_type: 'client_credentials',
      client_id: PEOPLE.service,
      client_secret: PASSWORD,
      scope: 'all',
    };
    const { access_token } = (await (await world.form('/oauth2/token/tool', form)).json()) as {
      access_token: string;
    };
    callers.set('service', world.calling({ authorization: `Bearer ${access_token}` }));
  });

  const as = (person: Person): Caller => {
    const caller = callers.get(person);
    if (!caller) throw new Error(`${person} is not there`);
    return caller;
  };

  test('every endpoint of the API stands in this table, and nothing else does', async () => {
    const { body } = await world.admin<{ items: Endpoint[] }>('GET', '/endpoints');
    const own = body.items
      .filter(({ path }) => path.startsWith('/api/v1/'))
      .map(({ method, path }) => `${method} ${path.slice('/api/v1'.length)}`)
      .filter((endpoint) => !FOR_ALL.test(endpoint));
    expect(own.sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test.each(Object.keys(ALLOWED))(
    '%s is open to those with the right and to no one else',
    async (endpoint) => {
      const [method = '', template = ''] = endpoint.split(' ');
      const path = template.replace('{user}', 'nobody-at-all').replace(/\{\w+\}/g, 'nothing-at-all');
      const query =
        template.endsWith('/consents') && method === 'DELETE' ? '?applicationId=x&clientId=y' : '';
      for (const [person, call] of callers) {
        const { status, body } = await call(method, path + query, BODIES[endpoint], {
          'if-match': '*',
          ...(endpoint === 'PUT /apps/{applicationId}/logo' ? { 'content-type': 'image/png' } : {}),
        });
        if (ALLOWED[endpoint]?.includes(person))
          expect([200, 400, 404, 409], `${person}: ${status}`).toContain(status);
        else if (person === 'second') expect(status, 'a System Administrator').not.toBe(403);
        else
          expect({ person, status, body }).toMatchObject({
            status: 403,
            body: { detail: /you need the right/ },
          });
      }
    },
  );

  describe('nobody grants a right that they lack', () => {
    test.each(RIGHTS)('be it "%s" by Role Management', async (right) => {
      const { status } = await as('roles')('POST', '/roles', { name: `With ${right}`, rights: [right] });
      expect(status).toBe(right === 'Role Management' ? 201 : 403);
    });

    test('nor widens or narrows a role that holds more than they do', async () => {
      const id = await world.idOf('roles', 'Holders of User Management');
      const put = (rights: string[]) =>
        as('roles')(
          'PUT',
          `/roles/${id}`,
          { name: 'Holders of User Management', rights },
          { 'if-match': '*' },
        );
      expect((await put(['User Management', 'Role Management'])).status).toBe(403);
      expect((await put([])).status).toBe(403);
      expect((await as('roles')('DELETE', `/roles/${id}`)).status).toBe(403);
    });

    test('nor by making somebody, themselves included, a member of such a role (D02)', async () => {
      const id = await world.idOf('roles', 'Holders of Application Management');
      for (const user of [PEOPLE.users, PEOPLE.plain])
        for (const role of [id, 'sysadmin'])
          expect((await as('users')('PUT', `/roles/${role}/members/${user}`)).status).toBe(403);
      expect((await as('plain')('PUT', `/roles/sysadmin/members/${PEOPLE.plain}`)).status).toBe(403);
    });

    test('nor by a declaration', async () => {
      const roles = [{ name: 'Sneaky', rights: ['System Administrator'], members: [PEOPLE.roles] }];
      const sneaky = await as('roles')('PUT', '/declaration', { roles });
      expect(sneaky.status).toBe(403);
      expect(sneaky.body).toMatchObject({ errors: [{ field: 'roles.0' }] });
      const members = [{ name: 'System Administrator', members: [ADMIN.user, PEOPLE.second, PEOPLE.users] }];
      expect((await as('users')('PUT', '/declaration', { roles: members })).status).toBe(403);
      const { body } = await world.admin<Role & { items: unknown[] }>('GET', '/roles?search=sneaky');
      expect(body.items).toEqual([]);
    });
  });

  describe('nobody edits, resets or strips a user who holds a right that they lack', () => {
    const attempts: [string, string, unknown?][] = [
      ['PATCH', '', { email: 'mine@acme.test' }],
      ['PATCH', '', { enabled: false }],
      ['PATCH', '', { confidentialClient: true }],
      ['PUT', '/password', { password: 'now it is mine' }],
      ['PUT', '/password', { generate: true }],
      ['POST', '/unlock'],
      ['DELETE', ''],
    ];

    test.each(attempts)('%s %s %j', async (method, suffix, body) => {
      for (const user of [ADMIN.user, PEOPLE.apps, PEOPLE.readAll]) {
        const { status, body: problem } = await as('users')(method, `/users/${user}${suffix}`, body);
        expect(status, user).toBe(403);
        expect(problem).toMatchObject({ detail: `${user} holds an administrative right that you lack` });
      }
    });

    test('nor ends their sessions', async () => {
      const { body } = await as('users')<{ items: { id: string }[] }>(
        'GET',
        `/users/${PEOPLE.apps}/sessions`,
      );
      expect(body.items.length).toBeGreaterThan(0);
      const path = `/users/${PEOPLE.apps}/sessions/${body.items[0]?.id}`;
      expect((await as('users')('DELETE', path)).status).toBe(403);
    });

    test('nor asks by apply, not even by a dry run, whether a password is theirs', async () => {
      for (const password of [ADMIN.password, 'not their password'])
        for (const query of ['', '?dryRun'])
          expect(
            (
              await as('users')('PUT', `/declaration${query}`, {
                users: [{ loginName: ADMIN.user, password }],
              })
            ).status,
          ).toBe(403);
    });

    test('but everyone below is theirs to edit', async () => {
      const patch = await as('users')('PATCH', `/users/${PEOPLE.plain}`, { displayName: 'Plain Person' });
      expect(patch.status).toBe(200);
      const reset = await as('users')('PUT', `/users/${PEOPLE.readUsers}/password`, { password: PASSWORD });
      expect(reset.status).toBe(200);
    });
  });

  test('the change log of an object is open to whoever may read the object, the whole log is not', async () => {
    const statusOf = async (person: Person, object: string) =>
      (await as(person)('GET', `/changes?object=${object}`)).status;
    expect(await statusOf('apps', 'apps/tool')).toBe(200);
    expect(await statusOf('apps', 'users/x')).toBe(403);
    expect(await statusOf('users', 'users/x')).toBe(200);
    expect(await statusOf('users', 'keys/x')).toBe(403);
    expect(await statusOf('users', 'constructor')).toBe(403);
  });

  test('no answer holds a secret, whoever reads (D08)', async () => {
    for (const path of [
      '/users',
      `/users/${ADMIN.user}`,
      '/declaration',
      '/changes?limit=200',
      '/keys',
      '/events?limit=200',
    ])
      expect(JSON.stringify((await world.admin('GET', path)).body)).not.toMatch(
        /argon2|digest:|quiet rivers|PRIVATE/,
      );
  });
});
