/** Apps over `/api/v1`: whole documents, refused with every fault at once; every change asserts its line (rule 13). */

import type { App } from '@sallyport/contract';
import { describe, expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import { describeAdministration, type Faults } from './support/world.js';

const REPORTS = {
  applicationId: 'Reports',
  name: 'Reports',
  description: 'Shown to administrators only',
  generalUsage: { redirects: ['https://rp.test/cb', 'http://127.0.0.1/cb', 'com.acme.app:/cb'] },
  tokens: {
    type: 'opaque',
    authMethods: ['authCode', 'clientCreds'],
    lifetime: '20m',
    issueRefreshTokens: true,
  },
  scope: { definitions: [{ name: 'reports', description: 'Read', restRegex: ['api/v1/me', '/security/*'] }] },
  userAccess: { roles: ['Developers'] },
};

describeAdministration('apps', (world) => {
  const create = (app: object) => world.admin<App & Faults>('POST', '/apps', app);
  const faultsOf = async (app: object) => {
    const { status, body } = await create({ applicationId: 'faulty', name: 'Faulty', ...app });
    expect([400, 409]).toContain(status);
    return Object.fromEntries(body.errors.map(({ field, message }) => [field, message]));
  };

  test('are created with defaults, found whatever the case, replaced as a whole, and deleted', async () => {
    const { status, headers, body } = await create(REPORTS);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe('/api/v1/apps/Reports');
    expect(body).toMatchObject({
      ...REPORTS,
      template: 'OAuth2Client',
      enabled: true,
      generalUsage: {
        clientIdType: 'anything',
        mustBeOAuthClient: true,
        admitOldClients: false,
        issuer: 'default',
      },
      tokens: { refreshTokenLifetime: '365d', codeLifetime: '60s' },
    });
    expect((await world.changes('apps/Reports'))[0]).toMatchObject({ action: 'create', actor: ADMIN.user });

    const { id: _, createdAt: __, version: ___, logo: ____, errors: _____, ...read } = body;
    const same = await world.admin<App>('PUT', '/apps/REPORTS', read, { 'if-match': '"1"' });
    expect(same.body.version, 'what was read may be written back and changes nothing').toBe(1);

    const { tokens: dropped, ...rest } = REPORTS;
    expect(dropped.lifetime).toBe('20m');
    const replaced = await world.admin<App>('PUT', '/apps/reports', rest, { 'if-match': '"1"' });
    expect(replaced.body.tokens, 'a section left out takes its defaults').toMatchObject({
      type: 'JwtRS256',
      lifetime: '5h',
    });
    const [change] = await world.changes('apps/Reports');
    expect(change?.fields).toContainEqual({ field: 'tokens.lifetime', old: '20m', new: '5h' });

    expect((await world.admin('PUT', '/apps/reports', rest)).status).toBe(428);
    expect((await world.admin('PUT', '/apps/reports', rest, { 'if-match': '"1"' })).status).toBe(412);
    expect((await world.admin('PUT', '/apps/none', rest, { 'if-match': '*' })).status).toBe(404);
    expect((await world.admin('DELETE', '/apps/reports')).status).toBe(204);
    expect((await world.admin('GET', '/apps/reports')).status).toBe(404);
    expect((await world.changes('apps/Reports'))[0]).toMatchObject({ action: 'delete' });
  });

  describe('are refused', () => {
    test('with the faults of patterns and roles together, by their place', async () => {
      const definitions = [
        { name: 'good', restRegex: ['.*'] },
        { name: 'bad', restRegex: ['security/whoami', '(?=x)', '('] },
        { name: 'dear', restRegex: ['a{1,60}b{50}'] },
      ];
      const faults = await faultsOf({
        scope: { definitions },
        userAccess: { roles: ['Developers', 'Nobodies'] },
      });
      expect(Object.keys(faults).sort()).toEqual([
        'scope.definitions.1.restRegex.1',
        'scope.definitions.1.restRegex.2',
        'scope.definitions.2.restRegex.0',
        'userAccess.roles.1',
      ]);
      expect(faults['scope.definitions.1.restRegex.1']).toContain('not a linear-time regular expression');
    });

    test('with more patterns than one app may have compiled', async () => {
      const restRegex = Array.from({ length: 200 }, (_, i) => `path/${i}`);
      const definitions = Array.from({ length: 6 }, (_, i) => ({ name: `s${i}`, restRegex }));
      expect(await faultsOf({ scope: { definitions } })).toEqual({
        'scope.definitions': 'an app may have 1000 patterns in all',
      });
    });

    test('for an Auth Method nobody knows', async () => {
      expect(await faultsOf({ tokens: { authMethods: ['ropc'] } })).toMatchObject({
        'tokens.authMethods.0': expect.stringContaining('"ropc" is not one of authCode'),
      });
    });

    test('for an audience or claims without the template they belong to, and for a claim the server writes', async () => {
      const claims = [{ name: 'team', from: 'description' }];
      expect(
        await faultsOf({ generalUsage: { audience: 'https://api.test' }, tokens: { claims } }),
      ).toMatchObject({
        'generalUsage.audience': 'belongs to the template OAuth2Server',
        'tokens.claims': 'belongs to the template OAuth2Server',
      });
      const bad = [
        { name: 'scope', from: 'email' },
        { name: 'a', from: 'constant' },
        { name: 'b', from: 'email', value: 1 },
        { name: 'b', from: 'roles' },
      ];
      expect(
        Object.keys(await faultsOf({ template: 'OAuth2Server', tokens: { claims: bad } })).sort(),
      ).toEqual([0, 1, 2, 3].map((i) => `tokens.claims.${i}.${i === 1 || i === 2 ? 'value' : 'name'}`));
    });

    test('for an audience that is taken, or that is this server itself', async () => {
      const server = { template: 'OAuth2Server', generalUsage: { audience: 'https://api.test' } };
      expect((await create({ applicationId: 'Api', name: 'API', ...server })).status).toBe(201);
      expect(
        await faultsOf({ template: 'OAuth2Server', generalUsage: { audience: 'HTTPS://API.test/' } }),
      ).toEqual({
        'generalUsage.audience': 'is the audience of "Api"',
      });
      expect(
        await faultsOf({ template: 'OAuth2Server', generalUsage: { audience: `${world.url}/` } }),
      ).toMatchObject({
        'generalUsage.audience': expect.stringContaining("this server's own API"),
      });
      await world.admin('DELETE', '/apps/Api');
    });

    test.each([
      'https://*.rp.test/*',
      '*',
      'https://rp.test/cb#x',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://user@rp.test/cb',
      '/cb',
      'custom:/cb',
    ])('for the redirect %s (R12, rule 4)', async (redirect) => {
      expect(await faultsOf({ generalUsage: { redirects: [redirect] } })).toHaveProperty([
        'generalUsage.redirects.0',
      ]);
    });

    test('without a client where the Client ID Type is a list', async () => {
      expect(await faultsOf({ generalUsage: { clientIdType: 'list' } })).toHaveProperty([
        'generalUsage.allowedClients',
      ]);
    });

    test.each(['with space', 'a/b', '', 'x'.repeat(65), '.', '..', '.well-known', 'ünïcode'])(
      'for the Application ID %j',
      async (applicationId) => {
        expect(await faultsOf({ applicationId })).toHaveProperty(['applicationId']);
      },
    );

    test('for an Application ID that is taken, in any case', async () => {
      expect((await create({ applicationId: 'TOOL', name: 'x' })).status).toBe(409);
    });

    test('for scopes that are defined twice or built in, and for lifetimes out of bounds', async () => {
      const twice = [{ name: 'a' }, { name: 'a' }, { name: 'openid' }];
      expect(Object.keys(await faultsOf({ scope: { definitions: twice } }))).toEqual([
        'scope.definitions.1.name',
        'scope.definitions.2.name',
      ]);
      expect(await faultsOf({ tokens: { lifetime: '5 hours', codeLifetime: '11m' } })).toEqual({
        'tokens.lifetime': 'a number followed by s, m, h or d, as in 5h',
        'tokens.codeLifetime': 'between 1s and 10m',
      });
    });
  });

  test('never share an issuer, be it custom or the default of another (rule 10)', async () => {
    const own = (issuer: string) => ({ generalUsage: { issuer } });
    const first = await create({
      applicationId: 'first',
      name: 'First',
      ...own('https://id.acme.test/first'),
    });
    expect(first.status).toBe(201);
    const field = 'generalUsage.issuer';
    expect(await faultsOf(own('https://id.acme.test/first'))).toEqual({
      [field]: 'is the issuer of "first"',
    });
    for (const issuer of [`${world.url}/tool/`, `${world.url}/TOOL`])
      expect(await faultsOf(own(issuer))).toEqual({ [field]: 'is the default issuer of "tool"' });
    expect(await faultsOf(own(`${world.url}/first/`)), 'also of an app that has its own').toHaveProperty([
      field,
    ]);
    expect(await faultsOf(own('ftp://x'))).toHaveProperty([field]);
    expect(await faultsOf(own('https://x.test/?q'))).toHaveProperty([field]);

    expect(
      (await create({ applicationId: 'early', name: 'Early', ...own(`${world.url}/later/`) })).status,
    ).toBe(201);
    expect(await faultsOf({ applicationId: 'later' })).toEqual({
      applicationId: 'its default issuer is the issuer of "early"',
    });
  });

  test('lose nothing to two administrators who write at once', async () => {
    const app = { applicationId: 'contested', name: 'Contested' };
    await create(app);
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        world.admin('PUT', '/apps/contested', { ...app, name: `By ${i}` }, { 'if-match': '"1"' }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
    expect(await world.changes('apps/contested')).toHaveLength(2);
  });
});
