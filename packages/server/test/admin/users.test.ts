/** Users over `/api/v1`; every change also asserts its line in the change log (rule 13). */
import type { Change, CreatedUser, User } from '@sallyport/contract';
import { MASK } from '@sallyport/contract';
import { describe, expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, PASSWORD, PEOPLE, type World } from './support/world.js';

const input = (loginName: string, more: object = {}) => ({
  loginName,
  email: 'somebody@acme.test',
  displayName: 'Some Body',
  ...more,
});

const fieldsOf = (change: Change | undefined) =>
  Object.fromEntries((change?.fields ?? []).map(({ field, old, new: next }) => [field, [old, next]]));

describeAdministration('users', (world) => {
  const create = (body: object) => world.admin<CreatedUser>('POST', '/users', body);

  test('are created, listed, found by id and by login name, whatever its case', async () => {
    const { status, headers, body } = await create(input('grace@acme.test', { password: PASSWORD }));
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/users/${body.id}`);
    expect(headers.get('etag')).toBe('"1"');
    expect(body).toMatchObject({ loginName: 'grace@acme.test', enabled: true, hasPassword: true });
    expect(body).not.toHaveProperty('passwordHash');
    for (const name of [body.id, 'grace@acme.test', 'GRACE@Acme.test'])
      expect((await world.admin<User>('GET', `/users/${name}`)).body.id).toBe(body.id);
    const { body: found } = await world.admin('GET', '/users?search=grace');
    expect(found).toMatchObject({ items: [{ id: body.id }] });
    const [change] = await world.changes(`users/${body.id}`);
    expect(change).toMatchObject({
      actor: ADMIN.user,
      source: '127.0.0.1',
      action: 'create',
      name: body.loginName,
    });
    expect(fieldsOf(change)).toMatchObject({ loginName: [null, 'grace@acme.test'], password: [null, MASK] });
  });

  test('are refused with every fault at once, each named by its field', async () => {
    const { status, body } = await create({ loginName: 'no suffix', email: 'nope', surprise: 1 });
    expect(status).toBe(400);
    const { errors } = body as unknown as { errors: { field: string; message: string }[] };
    expect(errors.map(({ field }) => field).sort()).toEqual([
      'displayName',
      'email',
      'loginName',
      'surprise',
    ]);
    expect(errors.find(({ field }) => field === 'displayName')?.message).toBe('is required');
    expect(errors.find(({ field }) => field === 'surprise')?.message).toMatch(
      /^unknown key; there are: loginName, /,
    );
  });

  test('have a login name that ends in one of the suffixes of the tenant and is unique when folded', async () => {
    const foreign = await create(input('x@evil.test'));
    expect(foreign.status).toBe(400);
    expect(foreign.body).toMatchObject({
      errors: [{ field: 'loginName', message: 'must end in @acme.test' }],
    });
    expect((await create(input('x@notacme.test'))).status).toBe(400);
    expect((await create(input('taken@acme.test'))).status).toBe(201);
    for (const spelling of ['TAKEN@acme.test', 'ｔaken@acme.test'])
      expect((await create(input(spelling))).status, spelling).toBe(409);
    expect((await create(input('a:b@acme.test'))).status).toBe(400);
  });

  test('cannot be given what the server alone decides (D03, mass assignment)', async () => {
    for (const extra of [
      'id',
      'roles',
      'rights',
      'Roles',
      'AdminRights',
      'OauthClient',
      '_RowKey',
      'tenantId',
      'passwordHash',
      'validAfter',
      'version',
    ]) {
      expect((await create(input('mass@acme.test', { [extra]: 'x' }))).status, extra).toBe(400);
      expect((await world.admin('PATCH', `/users/${PEOPLE.plain}`, { [extra]: 'x' })).status, extra).toBe(
        400,
      );
    }
    const polluted =
      '{"loginName":"mass@acme.test","email":"a@acme.test","displayName":"x","__proto__":{"enabled":false}}';
    expect((await world.admin('POST', '/users', polluted)).status).toBe(400);
    expect(({} as { enabled?: unknown }).enabled).toBeUndefined();
  });

  test('are patched field by field, and nothing is written when nothing differs', async () => {
    const id = await world.idOf('users', PEOPLE.plain);
    const { body: before } = await world.admin<User>('GET', `/users/${id}`);
    const patched = await world.admin<User>('PATCH', `/users/${id}`, { description: 'Sits at the window' });
    expect(patched.body).toMatchObject({ description: 'Sits at the window', version: before.version + 1 });
    const [change] = await world.changes(`users/${id}`);
    expect(change).toMatchObject({ action: 'update', actor: ADMIN.user });
    expect(fieldsOf(change)).toEqual({ description: ['', 'Sits at the window'] });
    const again = await world.admin<User>('PATCH', `/users/${id}`, { description: 'Sits at the window' });
    expect(again.body.version).toBe(patched.body.version);
    expect((await world.changes(`users/${id}`))[0]?.id).toBe(change?.id);
  });

  test('are not overwritten by who saw an older version', async () => {
    const id = await world.idOf('users', PEOPLE.plain);
    const { headers } = await world.admin<User>('GET', `/users/${id}`);
    const tag = headers.get('etag') ?? '';
    const patch = (displayName: string, match: string) =>
      world.admin('PATCH', `/users/${id}`, { displayName }, { 'if-match': match });
    expect((await patch('First', tag)).status).toBe(200);
    const late = await patch('Second', tag);
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ title: 'Precondition Failed' });
    expect((await patch('Third', 'W/"1"')).status).toBe(412);
    expect((await patch('Fourth', '*')).status).toBe(200);
    expect((await world.admin('DELETE', `/users/${id}`, undefined, { 'if-match': tag })).status).toBe(412);
  });

  test('racing for one version: one of twenty patches with the same tag wins', async () => {
    const id = await world.idOf('users', PEOPLE.portal);
    const { headers } = await world.admin<User>('GET', `/users/${id}`);
    const match = { 'if-match': headers.get('etag') ?? '' };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        world.admin('PATCH', `/users/${id}`, { displayName: `Racer ${i}` }, match),
      ),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(19);
  });

  test('are deleted with everything of theirs', async () => {
    const { body } = await create(input('gone@acme.test', { password: PASSWORD }));
    const gone = await world.as('gone@acme.test');
    expect((await world.admin('DELETE', `/users/${body.id}`)).status).toBe(204);
    expect((await world.admin('GET', `/users/${body.id}`)).status).toBe(404);
    expect((await gone('GET', '/me')).status).toBe(401);
    expect((await world.changes(`users/${body.id}`))[0]).toMatchObject({
      action: 'delete',
      name: 'gone@acme.test',
    });
  });

  test('who are disabled lose every session and token at once, and do not get them back', async () => {
    const person = await world.as(PEOPLE.plain);
    const token = await world.tokenOf(PEOPLE.plain, 'all');
    const byToken = world.calling({ authorization: `Bearer ${token}` });
    await world.admin('PATCH', `/users/${PEOPLE.plain}`, { enabled: false });
    const id = await world.idOf('users', PEOPLE.plain);
    expect(
      await world.core.store.read.sessions.ofUser(world.tenant.id, id),
      'whatever the clocks say',
    ).toEqual([]);
    expect((await person('GET', '/me')).status).toBe(401);
    expect((await byToken('GET', '/me')).status).toBe(401);
    await world.admin('PATCH', `/users/${PEOPLE.plain}`, { enabled: true });
    expect((await person('GET', '/me')).status).toBe(401);
    expect((await byToken('GET', '/me')).status).toBe(401);
    expect((await (await world.as(PEOPLE.plain))('GET', '/me')).status).toBe(200);
  });

  describe('have passwords', () => {
    const setPassword = (name: string, body: object, by = world.admin) =>
      by<{ generatedPassword: string | null }>('PUT', `/users/${name}/password`, body);

    test('that keep to the policy, with the reason at the field', async () => {
      for (const password of ['short', '12345678', PEOPLE.plain]) {
        const { status, body } = await setPassword(PEOPLE.plain, { password });
        expect(status).toBe(400);
        expect(body).toMatchObject({ errors: [{ field: 'password' }] });
        expect(JSON.stringify(body)).not.toContain(`"${password}"`);
        expect((await create(input(PEOPLE.plain, { password }))).status).toBe(400);
      }
    });

    test('whose change signs out everywhere and stands masked in the change log', async () => {
      const id = await world.idOf('users', PEOPLE.portal);
      const person = await world.as(PEOPLE.portal);
      const { status, body } = await setPassword(id, { password: 'violet evening tea' });
      expect(status).toBe(200);
      expect(body).toEqual({ generatedPassword: null });
      expect((await person('GET', '/me')).status).toBe(401);
      await expect(world.as(PEOPLE.portal)).rejects.toThrow('cannot sign in');
      expect((await (await world.as(PEOPLE.portal, 'violet evening tea'))('GET', '/me')).status).toBe(200);
      const [change] = await world.changes(`users/${id}`);
      expect(fieldsOf(change)).toMatchObject({ password: [MASK, MASK] });
      expect(JSON.stringify(change)).not.toMatch(/argon2|violet/);
      await setPassword(id, { password: PASSWORD });
    });

    test('that Sallyport makes on demand and shows once', async () => {
      const made = await create(input('fresh@acme.test', { generatePassword: true }));
      expect(made.body.generatedPassword).toMatch(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
      expect(
        (await (await world.as('fresh@acme.test', made.body.generatedPassword ?? ''))('GET', '/me')).status,
      ).toBe(200);
      const reset = await setPassword('fresh@acme.test', { generate: true });
      expect(reset.body.generatedPassword).not.toBe(made.body.generatedPassword);
      const both = input('both@acme.test', { generatePassword: true, password: PASSWORD });
      expect((await create(both)).status).toBe(400);
      expect((await setPassword('fresh@acme.test', { generate: true, password: PASSWORD })).status).toBe(400);
    });

    test('or, for a confidential client, a generated secret of 256 bits that works as such', async () => {
      const { body } = await create(
        input('robot@acme.test', { confidentialClient: true, generatePassword: true }),
      );
      const secret = body.generatedPassword ?? '';
      expect(secret).toMatch(/^[\w-]{43}$/);
      await world.admin('PUT', `/roles/${await world.idOf('roles', 'Developers')}/members/robot@acme.test`);
      const token = (password: string) =>
        world.form('/oauth2/token/tool', {
          grant_type: 'client_credentials',
          client_id: 'robot@acme.test',
          client_secret: password,
          scope: 'whoami',
        });
      expect((await token(secret)).status).toBe(200);
      expect((await token(`${secret}x`)).status).toBe(401);
      const { body: next } = await setPassword('robot@acme.test', { generate: true });
      expect((await token(secret)).status).toBe(401);
      expect((await token(next.generatedPassword ?? '')).status).toBe(200);
      await expect(world.as('robot@acme.test', next.generatedPassword ?? '')).rejects.toThrow();
    });
  });

  test('who become a confidential client are signed out', async () => {
    await create(input('turned@acme.test', { password: PASSWORD }));
    const person = await world.as('turned@acme.test');
    expect((await world.admin('PATCH', '/users/turned@acme.test', { confidentialClient: true })).status).toBe(
      200,
    );
    expect((await person('GET', '/me')).status).toBe(401);
  });

  test('are unlocked, which stands in the change log', async () => {
    const id = await world.idOf('users', PEOPLE.readUsers);
    for (let i = 0; i < 6; i++) await expect(world.as(PEOPLE.readUsers, 'wrong')).rejects.toThrow();
    await expect(world.as(PEOPLE.readUsers)).rejects.toThrow();
    expect((await world.admin('POST', `/users/${id}/unlock`)).status).toBe(204);
    expect((await (await world.as(PEOPLE.readUsers))('GET', '/me')).status).toBe(200);
    expect(fieldsOf((await world.changes(`users/${id}`))[0])).toEqual({ lock: ['failed sign-ins', null] });
  });

  test('are paged by cursor without loss or repetition', async () => {
    const seen = await walk(world, '/users?limit=2');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(await walk(world, '/users?limit=200'));
    expect((await world.admin('GET', '/users?limit=0')).status).toBe(400);
    expect((await world.admin('GET', '/users?limit=201')).status).toBe(400);
    expect([200, 400]).toContain((await world.admin('GET', '/users?after=garbage')).status);
  });
});

async function walk(world: World, path: string): Promise<string[]> {
  const names: string[] = [];
  for (let after = ''; ; ) {
    const { body } = await world.admin<{ items: User[]; next?: string }>(
      'GET',
      `${path}${after && `&after=${encodeURIComponent(after)}`}`,
    );
    names.push(...body.items.map((user) => user.loginName));
    if (body.next === undefined) return names;
    after = body.next;
  }
}
