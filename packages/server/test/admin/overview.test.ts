/** What the portals gather: the apps of a role and of a user, the logs narrowed, the last day in numbers. */
import type {
  Activity,
  App,
  AppUsage,
  AuditEvent,
  Change,
  OwnApp,
  Page,
  TokenAnswer,
  TotpOffer,
} from '@sallyport/contract';
import { expect, test } from 'vitest';
import { describeAdministration, PEOPLE } from './support/world.js';

interface List<T> {
  items: T[];
}

describeAdministration('overviews', (world) => {
  test('the apps of a role are those whose User Access names it', async () => {
    const apps = async (role: string) =>
      (await world.admin<List<App>>('GET', `/roles/${await world.idOf('roles', role)}/apps`)).body.items;
    expect(await apps('Developers')).toMatchObject([
      { applicationId: 'tool', userAccess: { roles: ['Developers'] } },
    ]);
    expect(await apps('Holders of User Management')).toEqual([]);
    const stranger = await world.as(PEOPLE.portal);
    expect((await stranger('GET', `/roles/${await world.idOf('roles', 'Developers')}/apps`)).status).toBe(
      403,
    );
  });

  test('my apps are those that a role of mine opens, without what only administrators are told', async () => {
    const mine = async (person: string) =>
      (await (await world.as(person))<List<OwnApp>>('GET', '/me/apps')).body.items;
    expect(await mine(PEOPLE.plain)).toEqual([
      { applicationId: 'tool', name: 'Tool', category: 'Other', logo: null },
    ]);
    expect(await mine(PEOPLE.portal)).toEqual([]);
    await world.apply({ apps: [{ applicationId: 'tool', enabled: false }] });
    expect(await mine(PEOPLE.plain)).toEqual([]);
    await world.apply({ apps: [{ applicationId: 'tool', enabled: true }] });
  });

  test('what a token may do is answered for whoever reads apps, and why a bad one is good for nothing', async () => {
    const ask = (token: string) => world.admin<TokenAnswer>('POST', '/endpoints/token', { token });
    const { body } = await ask(await world.tokenOf(PEOPLE.plain, 'self whoami'));
    expect(body).toMatchObject({
      active: true,
      loginName: PEOPLE.plain,
      clientId: 'cli',
      applicationId: 'tool',
      scope: ['self', 'whoami'],
    });
    const opened = body.active ? body.opens.map(({ method, path }) => `${method} ${path}`) : [];
    expect(opened).toContain('GET /api/v1/me');
    expect(opened).toContain('POST /security/whoami');
    expect(opened.join()).not.toContain('/api/v1/users');

    const late = await world.tokenOf(PEOPLE.plain, 'whoami');
    await world.apply({ apps: [{ applicationId: 'tool', enabled: false }] });
    expect((await ask(late)).body).toEqual({ active: false, reason: 'its app is disabled or gone' });
    await world.apply({ apps: [{ applicationId: 'tool', enabled: true }] });
    expect((await ask('nothing')).body).toMatchObject({ active: false });
    const users = await world.as(PEOPLE.users);
    expect((await users('POST', '/endpoints/token', { token: late })).status).toBe(403);
  });

  test('the usage of an app counts clients and users whose grants are good, revoked ones left out', async () => {
    await world.apply({ apps: [{ applicationId: 'counted', name: 'Counted' }] });
    const usage = async (app: string) => (await world.admin<AppUsage>('GET', `/apps/${app}/usage`)).body;
    expect(await usage('counted')).toEqual({ clients: 0, users: 0 });
    await world.tokenOf(PEOPLE.plain, 'whoami');
    await world.tokenOf(PEOPLE.plain, 'self');
    expect(await usage('tool')).toEqual({ clients: 1, users: 1 });
    const { body } = await world.admin<List<{ id: string }>>('GET', `/users/${PEOPLE.plain}/grants`);
    for (const { id } of body.items) await world.admin('DELETE', `/users/${PEOPLE.plain}/grants/${id}`);
    expect(await usage('tool')).toEqual({ clients: 0, users: 0 });
    const users = await world.as(PEOPLE.users);
    expect((await users('GET', '/apps/tool/usage')).status).toBe(403);
  });

  test('the change log can be narrowed to a kind of object', async () => {
    const { items } = (await world.admin<Page<Change>>('GET', '/changes?object=roles&limit=200')).body;
    expect(items.length).toBeGreaterThan(3);
    expect(items.every(({ object }) => object.startsWith('roles/'))).toBe(true);
    expect((await world.admin<Page<Change>>('GET', '/changes?object=role')).body.items).toEqual([]);
  });

  test('the audit log can be narrowed to types, and searched by the reason', async () => {
    await expect(world.as(PEOPLE.plain, 'wrong')).rejects.toThrow();
    const events = async (query: string) =>
      (await world.admin<Page<AuditEvent>>('GET', `/events?${query}`)).body.items;
    const failures = await events('type=login.failure');
    expect(failures).toMatchObject([{ type: 'login.failure', userName: PEOPLE.plain }]);
    expect(new Set((await events('type=login.failure,login.success')).map(({ type }) => type))).toEqual(
      new Set(['login.failure', 'login.success']),
    );
    const word = failures[0]?.detail.split(' ').at(-1) ?? '';
    expect(await events(`search=${encodeURIComponent(word)}&type=login.failure`)).toEqual(failures);
    expect((await world.admin('GET', '/events?type=nothing')).status).toBe(400);
  });

  test('the last day is counted hour by hour, up to now', async () => {
    const read = async () => (await world.admin<Activity>('GET', '/events/activity')).body.hours;
    const sum = (hours: Activity['hours'], of: 'signIns' | 'tokens' | 'denials') =>
      hours.reduce((total, hour) => total + hour[of], 0);
    const before = await read();
    await world.tokenOf(PEOPLE.plain, 'whoami');
    await expect(world.as(PEOPLE.plain, 'wrong')).rejects.toThrow();
    const after = await read();
    expect(after).toHaveLength(24);
    expect(Date.now() - Date.parse(after[23]?.at ?? '')).toBeLessThan(3_600_000);
    expect(sum(after, 'tokens') - sum(before, 'tokens')).toBe(1);
    expect(sum(after, 'denials') - sum(before, 'denials')).toBe(1);
    const stranger = await world.as(PEOPLE.plain);
    expect((await stranger('GET', '/events/activity')).status).toBe(403);
  });

  test('an offered authenticator secret comes as a QR code of its URI', async () => {
    const person = await world.as(PEOPLE.plain);
    const { qr } = (await person<TotpOffer>('POST', '/me/factors/totp/offer')).body;
    expect(qr.length).toBeGreaterThan(20);
    expect(qr.every((row) => row.length === qr.length)).toBe(true);
    // The finder pattern at the top left, inside the quiet zone. ISO/IEC 18004 section 6.3.3
    const margin = qr.findIndex((row) => row.includes('1'));
    expect(qr[margin]?.slice(margin, margin + 8)).toBe('11111110');
  });
});
