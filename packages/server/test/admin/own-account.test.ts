/** What people may see and change of their own, and administrators of those below them. */
import type { Consent, Factor, Grant, Me, Session, TotpOffer } from '@sallyport/contract';
import { TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { type Caller, describeAdministration, PASSWORD, PEOPLE } from './support/world.js';

describeAdministration('my account', (world) => {
  const items = async <T>(call: Caller, path: string) => (await call<{ items: T[] }>('GET', path)).body.items;
  const linesOf = async (name: string) => world.changes(`users/${await world.idOf('users', name)}`);

  test('shows my profile and rights; of it I change the display name and nothing else (advisory 24)', async () => {
    const me = await world.as(PEOPLE.plain);
    expect((await me<Me>('GET', '/me')).body).toMatchObject({
      user: { loginName: PEOPLE.plain, roles: ['Developers'] },
      rights: [],
      tenant: { name: 'Acme' },
    });
    expect((await me<Me>('PATCH', '/me', { displayName: 'Plain P.' })).body.user.displayName).toBe(
      'Plain P.',
    );
    expect((await linesOf(PEOPLE.plain))[0]).toMatchObject({
      actor: PEOPLE.plain,
      fields: [{ field: 'displayName', old: 'Person plain', new: 'Plain P.' }],
    });
    for (const field of [
      'email',
      'loginName',
      'enabled',
      'confidentialClient',
      'roles',
      'rights',
      'id',
      'validAfter',
    ])
      expect((await me('PATCH', '/me', { [field]: 'x' })).status, field).toBe(400);
  });

  test('lists my sessions and ends one of them, never one of another', async () => {
    const [me, elsewhere, other] = await Promise.all(
      [PEOPLE.plain, PEOPLE.plain, PEOPLE.portal].map((n) => world.as(n)),
    );
    if (!me || !elsewhere || !other) throw new Error('nobody signed in');
    const sessions = await items<Session>(me, '/me/sessions');
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    const [theirs] = await items<Session>(other, '/me/sessions');
    expect((await me('DELETE', `/me/sessions/${theirs?.id}`)).status).toBe(404);
    const mine = (await items<Session>(elsewhere, '/me/sessions')).find(({ current }) => current);
    expect((await me('DELETE', `/me/sessions/${mine?.id}`)).status).toBe(204);
    expect((await elsewhere('GET', '/me')).status).toBe(401);
    expect((await me('GET', '/me')).status).toBe(200);
    expect((await linesOf(PEOPLE.plain))[0]).toMatchObject({
      actor: PEOPLE.plain,
      fields: [{ field: 'sessions' }],
    });
  });

  test('has its sessions ended by an administrator', async () => {
    const me = await world.as(PEOPLE.portal);
    const [session] = (await items<Session>(me, '/me/sessions')).filter(({ current }) => current);
    expect((await world.admin('DELETE', `/users/${PEOPLE.portal}/sessions/${session?.id}`)).status).toBe(204);
    expect((await me('GET', '/me')).status).toBe(401);
    expect((await linesOf(PEOPLE.portal))[0]).toMatchObject({
      actor: ADMIN.user,
      fields: [{ field: 'sessions' }],
    });
  });

  describe('password', () => {
    const change = (call: Caller, oldPassword: string, newPassword: string) =>
      call('PUT', '/me/password', { oldPassword, newPassword });

    test('is changed with the old one; every other session and every token ends', async () => {
      const me = await world.as(PEOPLE.readUsers);
      const elsewhere = await world.as(PEOPLE.readUsers);
      expect((await change(me, 'not the password', 'green hills far away')).body).toMatchObject({
        status: 400,
        errors: [{ field: 'oldPassword' }],
      });
      expect((await change(me, PASSWORD, '12345678')).body).toMatchObject({
        errors: [{ field: 'newPassword' }],
      });
      expect((await change(me, PASSWORD, 'green hills far away')).status).toBe(204);
      expect((await me('GET', '/me')).status).toBe(200);
      expect((await elsewhere('GET', '/me')).status).toBe(401);
      await expect(world.as(PEOPLE.readUsers)).rejects.toThrow();
      expect((await linesOf(PEOPLE.readUsers))[0]?.fields.map(({ field }) => field)).toContain('password');
    });

    test('guessed through it is slowed down like any sign-in (rule 11)', async () => {
      const me = await world.as(PEOPLE.apps);
      for (let i = 0; i < 6; i++) await change(me, `guess ${i}`, 'green hills far away');
      await expect(world.as(PEOPLE.apps)).rejects.toThrow('cannot sign in');
    });
  });

  test('takes an authenticator app up with the password and a code of it, and drops it with the password', async () => {
    const me = await world.as(PEOPLE.roles);
    const { body: offer } = await me<TotpOffer>('POST', '/me/factors/totp/offer');
    expect(offer.uri).toContain(`secret=${offer.secret}`);
    const code = new TOTP({ secret: offer.secret }).generate();
    const enrol = (password: string, answer: string) =>
      me<Factor>('POST', '/me/factors/totp', { password, secret: offer.secret, code: answer });
    expect((await enrol('not the password', code)).status).toBe(400);
    expect((await enrol(PASSWORD, code === '000000' ? '000001' : '000000')).status).toBe(400);
    const enrolled = await enrol(PASSWORD, code);
    expect(enrolled.status).toBe(201);
    expect(await items<Factor>(me, '/me/factors')).toEqual([enrolled.body]);
    expect((await linesOf(PEOPLE.roles))[0]).toMatchObject({
      fields: [{ field: 'factors', old: null, new: 'OATH' }],
    });
    expect(JSON.stringify(await linesOf(PEOPLE.roles))).not.toContain(offer.secret);
    const remove = (password: string) => me('POST', `/me/factors/${enrolled.body.id}/remove`, { password });
    expect((await remove('not the password')).status).toBe(400);
    expect((await remove(PASSWORD)).status).toBe(204);
    expect((await remove(PASSWORD)).status).toBe(404);
    expect(await items<Factor>(me, '/me/factors')).toEqual([]);
  });

  test('loses a factor to an administrator, which stands in the change log', async () => {
    await world.apply({
      users: [{ loginName: PEOPLE.plain, totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }],
    });
    const [factor] = await items<Factor>(world.admin, `/users/${PEOPLE.plain}/factors`);
    expect((await world.admin('DELETE', `/users/${PEOPLE.plain}/factors/${factor?.id}`)).status).toBe(204);
    expect((await linesOf(PEOPLE.plain))[0]).toMatchObject({
      actor: ADMIN.user,
      fields: [{ field: 'factors', old: 'OATH', new: null }],
    });
  });

  test('lists what clients may do for me, and takes it back at once', async () => {
    const me = await world.as(PEOPLE.plain);
    const byToken = world.calling({ authorization: `Bearer ${await world.tokenOf(PEOPLE.plain, 'all')}` });
    expect((await byToken('GET', '/me')).status).toBe(200);
    const [grant] = await items<Grant>(me, '/me/grants');
    expect(grant).toMatchObject({ applicationId: 'tool', appName: 'Tool', clientId: 'cli', scope: ['all'] });
    const other = await world.as(PEOPLE.portal);
    expect((await other('DELETE', `/me/grants/${grant?.id}`)).status).toBe(404);
    expect((await me('DELETE', `/me/grants/${grant?.id}`)).status).toBe(204);
    expect((await byToken('GET', '/me')).status).toBe(401);
    expect((await items<Grant>(me, '/me/grants')).map(({ id }) => id)).not.toContain(grant?.id);
    expect((await linesOf(PEOPLE.plain))[0]).toMatchObject({
      fields: [{ field: 'permissions', old: 'of cli', new: null }],
    });
  });

  test('withdraws a consent together with what it gave', async () => {
    const me = await world.as(PEOPLE.plain);
    const { store } = world.core;
    const app = await world.core.directory.app(world.tenant.id, 'tool');
    const userId = await world.idOf('users', PEOPLE.plain);
    const key = {
      tenantId: world.tenant.id,
      userId,
      appId: app?.id ?? '',
      clientId: 'https://client.test/a?b',
    };
    const now = Date.now();
    const grant = {
      ...key,
      id: 'grant-of-consent',
      sessionId: null,
      scope: 'all',
      authTime: now,
      createdAt: now,
    };
    await store.write(async (tx) => {
      await tx.consents.upsert({ ...key, scope: 'all whoami', grantedAt: now });
      await tx.grants.insert({
        ...grant,
        amr: 'UP',
        source: '192.0.2.1',
        claims: null,
        resource: null,
        jkt: null,
        expiresAt: now + 60_000,
        revokedAt: null,
      });
    });
    expect(await items<Consent>(me, '/me/consents')).toMatchObject([
      { applicationId: 'tool', clientId: 'https://client.test/a?b', scope: ['all', 'whoami'] },
    ]);
    const query = new URLSearchParams({ applicationId: 'tool', clientId: key.clientId });
    expect((await me('DELETE', '/me/consents')).status).toBe(400);
    expect((await me('DELETE', `/me/consents?${query}`)).status).toBe(204);
    expect((await me('DELETE', `/me/consents?${query}`)).status).toBe(404);
    expect(await items<Consent>(me, '/me/consents')).toEqual([]);
    expect((await store.read.grants.find(world.tenant.id, grant.id))?.revokedAt).not.toBeNull();
  });
});
