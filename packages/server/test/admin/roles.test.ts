/** Roles, their rights and their members over `/api/v1`; every change also asserts its line (rule 13). */
import type { App, Role, RoleSummary } from '@sallyport/contract';
import { expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, PEOPLE } from './support/world.js';

describeAdministration('roles', (world) => {
  const create = (name: string, more: object = {}) => world.admin<Role>('POST', '/roles', { name, ...more });

  test('are created, replaced as a whole with If-Match, and deleted', async () => {
    const { status, body, headers } = await create('Testers', { rights: ['Admin Portal Login'] });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Testers',
      description: '',
      rights: ['Admin Portal Login'],
      builtIn: false,
    });
    const path = `/roles/${body.id}`;
    const next = { name: 'Testers', description: 'Break things', rights: [] };
    expect((await world.admin('PUT', path, next)).status).toBe(428);
    expect((await world.admin('PUT', path, next, { 'if-match': '"9"' })).status).toBe(412);
    const tag = headers.get('etag') ?? '';
    const replaced = await world.admin<Role>('PUT', path, next, { 'if-match': tag });
    expect(replaced.body).toMatchObject({ description: 'Break things', rights: [], version: 2 });
    expect((await world.changes(`roles/${body.id}`))[0]).toMatchObject({
      actor: ADMIN.user,
      action: 'update',
      fields: [
        { field: 'description', old: '', new: 'Break things' },
        { field: 'rights', old: ['Admin Portal Login'], new: [] },
      ],
    });
    expect((await world.admin('DELETE', path)).status).toBe(204);
    expect((await world.admin('GET', path)).status).toBe(404);
    expect((await world.changes(`roles/${body.id}`))[0]).toMatchObject({ action: 'delete', name: 'Testers' });
  });

  test('have names that are unique without regard to case, and rights that exist', async () => {
    expect((await create('developers')).status).toBe(409);
    const unknown = await create('Odd', { rights: ['Everything'] });
    expect(unknown.status).toBe(400);
    expect(unknown.body).toMatchObject({ errors: [{ field: 'rights.0' }] });
  });

  test('have names that can be seen, of whole characters', async () => {
    for (const name of ['   ', '\u202e\u200b', 'half \ud800'])
      expect((await world.admin('POST', '/roles', { name })).status, JSON.stringify(name)).toBe(400);
  });

  test('that are built in keep name and rights, and stay', async () => {
    const { body } = await world.admin<Role>('GET', '/roles/sysadmin');
    const put = (change: object) =>
      world.admin(
        'PUT',
        '/roles/sysadmin',
        { name: body.name, description: body.description, rights: body.rights, ...change },
        { 'if-match': '*' },
      );
    expect((await put({ name: 'Root' })).body).toMatchObject({ status: 400, errors: [{ field: 'name' }] });
    expect((await put({ rights: [] })).body).toMatchObject({ status: 400, errors: [{ field: 'rights' }] });
    expect((await put({ description: 'Runs the place' })).status).toBe(200);
    for (const id of ['sysadmin', 'everybody'])
      expect((await world.admin('DELETE', `/roles/${id}`)).status).toBe(409);
  });

  test('have members, added and removed idempotently, each with its line', async () => {
    const { body: role } = await create('Crew');
    const member = `/roles/${role.id}/members/${PEOPLE.plain}`;
    for (let i = 0; i < 2; i++) expect((await world.admin('PUT', member)).status).toBe(204);
    const { body } = await world.admin('GET', `/roles/${role.id}/members`);
    expect(body).toMatchObject({ items: [{ loginName: PEOPLE.plain, displayName: 'Person plain' }] });
    const lines = await world.changes(`roles/${role.id}`);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      action: 'update',
      fields: [{ field: 'members', old: null, new: PEOPLE.plain }],
    });
    const listed = await world.admin<{ items: RoleSummary[] }>('GET', '/roles?search=crew');
    expect(listed.body.items).toMatchObject([{ name: 'Crew', memberCount: 1 }]);
    for (let i = 0; i < 2; i++) expect((await world.admin('DELETE', member)).status).toBe(204);
    expect((await world.changes(`roles/${role.id}`))[0]).toMatchObject({
      fields: [{ field: 'members', old: PEOPLE.plain, new: null }],
    });
    expect((await world.admin('PUT', `/roles/${role.id}/members/nobody@acme.test`)).status).toBe(404);
    expect((await world.admin('PUT', `/roles/nothing/members/${PEOPLE.plain}`)).status).toBe(404);
  });

  test('show every person in Everybody, whom nobody joins or leaves', async () => {
    const { body } = await world.admin<{ items: { loginName: string }[] }>(
      'GET',
      '/roles/everybody/members?limit=200',
    );
    const names = body.items.map(({ loginName }) => loginName);
    expect(names).toContain(PEOPLE.plain);
    expect(names).not.toContain(PEOPLE.service);
    expect((await world.admin('PUT', `/roles/everybody/members/${PEOPLE.service}`)).status).toBe(409);
  });

  test('give their rights at once, and take them at once', async () => {
    const person = await world.as(PEOPLE.plain);
    const { body: role } = await create('Readers', { rights: ['Read Only User Management'] });
    expect((await person('GET', '/users')).status).toBe(403);
    await world.admin('PUT', `/roles/${role.id}/members/${PEOPLE.plain}`);
    expect((await person('GET', '/users')).status).toBe(200);
    await world.admin('PUT', `/roles/${role.id}`, { name: 'Readers', rights: [] }, { 'if-match': '*' });
    expect((await person('GET', '/users')).status).toBe(403);
  });

  test('that are deleted leave the User Access of every app, with a line there', async () => {
    const { body: role } = await create('Short-lived');
    const app = {
      applicationId: 'brief',
      name: 'Brief',
      userAccess: { roles: ['Short-lived', 'Developers'] },
    };
    expect((await world.admin('POST', '/apps', app)).status).toBe(201);
    expect((await world.admin('DELETE', `/roles/${role.id}`)).status).toBe(204);
    expect((await world.admin<App>('GET', '/apps/brief')).body.userAccess.roles).toEqual(['Developers']);
    const [change] = await world.changes('apps/brief');
    expect(change?.fields.map(({ field }) => field)).toEqual(['userAccess.roles']);
  });
});
