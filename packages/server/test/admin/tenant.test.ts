/** The tenant's settings, its keys and the two logs over `/api/v1`. */
import type { AuditEvent, Change, Page, SigningKey, Tenant } from '@sallyport/contract';
import { expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, PEOPLE } from './support/world.js';

describeAdministration('the tenant', (world) => {
  test('is replaced as a whole with If-Match, and says so in the change log', async () => {
    const { body, headers } = await world.admin<Tenant>('GET', '/tenant');
    expect(body).toMatchObject({
      name: 'Acme',
      loginSuffixes: ['acme.test'],
      sessions: { idle: '12h', absolute: '7d' },
    });
    expect(body.code).toMatch(/^[A-Z]{3}\d{4}$/);
    const next = {
      name: 'Acme',
      loginSuffixes: ['acme.test', 'Acme.org', 'acme.ORG'],
      sessions: { idle: '90m' },
    };
    expect((await world.admin('PUT', '/tenant', next)).status).toBe(428);
    const tag = { 'if-match': headers.get('etag') ?? '' };
    const replaced = await world.admin<Tenant>('PUT', '/tenant', next, tag);
    expect(replaced.body).toMatchObject({
      loginSuffixes: ['acme.test', 'acme.ORG'],
      sessions: { idle: '90m', absolute: '7d' },
    });
    expect((await world.admin('PUT', '/tenant', next, tag)).status).toBe(412);
    const [change] = await world.changes('tenant');
    expect(change).toMatchObject({ actor: ADMIN.user, action: 'update' });
    expect(change?.fields.map(({ field }) => field)).toEqual(['loginSuffixes', 'sessions.idle']);
  });

  test('keeps the login suffixes that are in use', async () => {
    const { status, body } = await world.admin(
      'PUT',
      '/tenant',
      { name: 'Acme', loginSuffixes: ['other.test'] },
      { 'if-match': '*' },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ field: 'loginSuffixes', message: '"acme.test" is in use' }] });
    const none = { name: 'Acme', loginSuffixes: [] };
    expect((await world.admin('PUT', '/tenant', none, { 'if-match': '*' })).status).toBe(400);
  });

  test('keeps a suffix that a user takes up at another server at the same moment', async () => {
    const twin = await world.twin();
    try {
      const other = await twin.as(ADMIN.user, ADMIN.password);
      for (let round = 0; round < 8; round++) {
        const suffix = `round${round}.test`;
        await world.apply({ tenant: { loginSuffixes: ['acme.test', suffix] } });
        const loginName = `newcomer@${suffix}`;
        const user = { loginName, email: 'newcomer@acme.test', displayName: 'Newcomer' };
        const without = { name: 'Acme', loginSuffixes: ['acme.test'] };
        const [removed, created] = await Promise.all([
          world.admin('PUT', '/tenant', without, { 'if-match': '*' }),
          other('POST', '/users', user),
        ]);
        expect([removed.status, created.status]).not.toEqual([200, 201]);
        if (created.status === 201) await world.admin('DELETE', `/users/${loginName}`);
      }
    } finally {
      await twin.close();
    }
  });

  test('shows its keys without their private halves, and rotates them', async () => {
    const before = (await world.admin<{ items: SigningKey[] }>('GET', '/keys')).body.items;
    const { body } = await world.admin<{ items: SigningKey[] }>('POST', '/keys/rotate');
    expect(body.items.filter(({ state }) => state === 'active')).toHaveLength(1);
    expect(body.items.find(({ state }) => state === 'retired')?.kid).toBe(before[0]?.kid);
    expect(JSON.stringify(body)).not.toMatch(/private|sealed|PEM/i);
    expect((await world.changes(`keys/${before[0]?.kid}`))[0]).toMatchObject({
      actor: ADMIN.user,
      action: 'update',
    });
  });

  test('keeps a change log and an audit log, newest first, searched and paged', async () => {
    await world.admin('PATCH', `/users/${PEOPLE.plain}`, { description: 'For the log' });
    const page = async <T>(path: string) => (await world.admin<Page<T>>('GET', path)).body;
    const first = await page<Change>('/changes?limit=1');
    expect(first.items).toMatchObject([{ name: PEOPLE.plain, fields: [{ field: 'description' }] }]);
    const second = await page<Change>(`/changes?limit=1&after=${encodeURIComponent(first.next ?? '')}`);
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
    expect((await page<Change>('/changes?search=no-such-object')).items).toEqual([]);
    await expect(world.as(PEOPLE.plain, 'a wrong password')).rejects.toThrow();
    const [failure] = (await page<AuditEvent>('/events?search=login.failure')).items;
    expect(failure).toMatchObject({ type: 'login.failure', userName: PEOPLE.plain, source: '127.0.0.1' });
    expect(JSON.stringify(failure)).not.toContain('a wrong password');
  });
});
