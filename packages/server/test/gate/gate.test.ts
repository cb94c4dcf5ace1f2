/** Rules 7, 8, 12 and 15 at the door of every REST call, over HTTP. */
import { request as httpRequest } from 'node:http';
import type { AuditEvent, Page } from '@sallyport/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeAdministration, PASSWORD, PEOPLE, type World } from '../admin/support/world.js';
import { ADMIN } from '../support/server.js';

const lines: string[] = [];

/** Sends the request target as it stands, which `fetch` would tidy up first. */
function raw(world: World, target: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const { hostname, port, host } = new URL(world.url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, path: target, method, headers: { host, ...headers } },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

describeAdministration(
  'the gate',
  (world) => {
    let narrow: { authorization: string };
    let wide: { authorization: string };

    beforeAll(async () => {
      narrow = { authorization: `Bearer ${await world.tokenOf(PEOPLE.plain, 'whoami')}` };
      wide = { authorization: `Bearer ${await world.tokenOf(PEOPLE.plain, 'all')}` };
    });

    const denials = async () =>
      (await world.admin<Page<AuditEvent>>('GET', '/events?search=call.denied')).body.items;
    const metadata = () => `resource_metadata="${world.url}/.well-known/oauth-protected-resource"`;

    describe('without a good credential answers 401', () => {
      test('naming the metadata and no error when nothing was presented', async () => {
        const { status, headers, body } = await world.calling({})('GET', '/users');
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toBe(`Bearer ${metadata()}`);
        expect(headers.get('content-type')).toContain('application/problem+json');
        expect(body).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401 });
      });

      test('naming invalid_token when a token was presented', async () => {
        for (const token of ['nonsense', 'a.b.c', `${narrow.authorization.slice(7)}x`]) {
          const { status, headers } = await world.calling({ authorization: `Bearer ${token}` })('GET', '/me');
          expect(status).toBe(401);
          expect(headers.get('www-authenticate')).toMatch(
            /^Bearer error="invalid_token", error_description=/,
          );
          expect(headers.get('www-authenticate')).toContain(metadata());
        }
      });

      test('for every header that is not exactly one Bearer token (lesson 53)', async () => {
        const token = wide.authorization.slice(7);
        for (const authorization of ['Bearer', 'Bearer ', `Bearer ${token} ${token}`, `Bearer ${token},x`])
          expect((await world.calling({ authorization })('GET', '/me')).status, authorization).toBe(401);
        for (const authorization of [
          `Bearer\t${token}`,
          `Bearer=${token}`,
          `Bearer:${token}`,
          `Basic ${token}`,
        ])
          expect((await world.calling({ authorization })('GET', '/me')).status, authorization).toBe(401);
        for (const authorization of [`bearer ${token}`, `BEARER  ${token}`])
          expect((await world.calling({ authorization })('GET', '/me')).status, authorization).toBe(200);
      });

      test('even beside a good cookie, when the bearer is bad', async () => {
        const cookie = await world.cookieOf(PEOPLE.plain);
        const { status } = await world.calling({ cookie, authorization: 'Bearer nonsense' })('GET', '/me');
        expect(status).toBe(401);
      });

      test('for unknown paths too, and 404 once the caller is known', async () => {
        expect((await world.calling({})('GET', '/nothing/here')).status).toBe(401);
        const { status, body } = await world.admin('GET', '/nothing/here');
        expect(status).toBe(404);
        expect(body).toMatchObject({ status: 404, title: 'Not Found' });
      });
    });

    test('lets a session in by its handle, by its cookie, and by the cookie value as bearer', async () => {
      const cookie = await world.cookieOf(PEOPLE.plain);
      const value = cookie.replace('.ASPXAUTH=', '');
      const ways: Record<string, string>[] = [{ cookie }, { authorization: `Bearer ${value}` }];
      for (const headers of ways) {
        const { status, body } = await world.calling(headers)('GET', '/me');
        expect(status).toBe(200);
        expect(body).toMatchObject({ user: { loginName: PEOPLE.plain } });
      }
    });

    describe('for a token whose scopes do not open the call answers 403', () => {
      test('insufficient_scope: general to the caller, exact to the operator', async () => {
        lines.length = 0;
        const { status, headers, body } = await world.calling(narrow)('GET', '/me');
        expect(status).toBe(403);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", /);
        expect(JSON.stringify(body)).not.toMatch(/whoami|"all"|tool/);
        const [event] = await denials();
        expect(event).toMatchObject({ type: 'call.denied', userName: PEOPLE.plain, clientId: 'cli' });
        expect(event?.detail).toContain('GET /api/v1/me');
        const reason = 'scope "whoami" does not open "api/v1/me"; it would need one of all, self';
        expect(event?.detail).toContain(reason);
        expect(lines.join()).toContain('it would need one of all, self');
        expect(lines.join()).not.toContain(narrow.authorization.slice(7));
      });

      test('in the envelope on the vendor paths', async () => {
        const answered = await world.fetch('/core/GetCdsAliasesForTenant', {
          method: 'POST',
          headers: narrow,
        });
        expect(answered.status).toBe(403);
        expect(await answered.json()).toMatchObject({ success: false, Result: null });
      });

      test('whatever the case of the path, while what is open stays open (S03)', async () => {
        expect(await raw(world, '/SECURITY/WhoAmI', narrow)).toBe(200);
        expect(await raw(world, '/Security/whoami/', narrow)).toBe(200);
        expect(await raw(world, '/API/V1/ME', narrow)).toBe(403);
      });

      test.each([
        '/security/whoami/../../api/v1/me',
        '/security/whoami/%2e%2e/%2e%2e/api/v1/me',
        '//api//v1//me',
        '/security/whoami/..;/..;/api/v1/me',
        '/security/whoami%00/../../api/v1/me',
        '/security/whoami%2f..%2f..%2fapi/v1/me',
        '/security\\..\\api/v1/me',
        '/%61pi/v1/%256de',
      ])('or 400 to %s, which two readers could take for two paths (S01, S02, S05)', async (target) => {
        expect([400, 403, 404]).toContain(await raw(world, target, narrow));
        expect([400, 404]).toContain(await raw(world, target, wide));
      });

      test.each(['/api/v1/me.', '/api/v1/me%20', '/api/v1/me%0a', '/api/v1/me?x=/security/whoami'])(
        'to %s (S05, advisory 30)',
        async (target) => {
          expect([400, 403]).toContain(await raw(world, target, narrow));
        },
      );

      test('whatever other headers say of path or method (S07)', async () => {
        const headers = {
          ...narrow,
          'x-original-url': '/security/whoami',
          'x-rewrite-url': '/security/whoami',
          'x-http-method-override': 'GET',
          'x-forwarded-prefix': '/security/whoami',
        };
        expect(await raw(world, '/api/v1/me', headers)).toBe(403);
      });

      test('to an absolute-form target judged by its path alone (S09)', async () => {
        expect(await raw(world, `${world.url}/security/whoami`, narrow)).toBe(200);
        expect(await raw(world, `${world.url}/api/v1/me`, narrow)).toBe(403);
        expect(await raw(world, 'http://evil.test/security/whoami', narrow)).toBe(421);
      });
    });

    test('refuses at once what a scope no longer opens (S08)', async () => {
      const { body, headers } = await world.admin('GET', '/apps/tool');
      const { id: _, createdAt: __, version: ___, logo: ____, ...app } = body as { [key: string]: unknown };
      expect((await world.calling(wide)('GET', '/me')).status).toBe(200);
      const scope = { definitions: [{ name: 'all', restRegex: ['security/whoami'] }] };
      const tag = { 'if-match': headers.get('etag') ?? '' };
      expect((await world.admin('PUT', '/apps/tool', { ...app, scope }, tag)).status).toBe(200);
      expect((await world.calling(wide)('GET', '/me')).status).toBe(403);
      expect((await world.admin('PUT', '/apps/tool', app, { 'if-match': '*' })).status).toBe(200);
      expect((await world.calling(wide)('GET', '/me')).status).toBe(200);
    });

    test('opens with .* no more than the rights of the user (S10)', async () => {
      const { status, body } = await world.calling(wide)('GET', '/users');
      expect(status).toBe(403);
      expect(body).toMatchObject({ detail: 'you need the right "Read Only User Management"' });
    });

    test('writes down whose call lacked which right, by token and by session, on both kinds of paths', async () => {
      const cookie = await world.cookieOf(PEOPLE.plain);
      const lacking = [
        await world.calling(wide)('GET', '/users'),
        await world.calling({ cookie })('GET', '/roles'),
      ];
      expect(lacking.map(({ status }) => status)).toEqual([403, 403]);
      const call = await world.fetch('/CDirectoryService/GetUsers', { method: 'POST', headers: wide });
      expect(await call.json()).toMatchObject({ success: false });
      const who = { type: 'call.denied', userName: PEOPLE.plain };
      expect((await denials()).slice(0, 3)).toMatchObject([
        {
          ...{ ...who, clientId: 'cli', appId: expect.any(String) },
          detail: 'POST /CDirectoryService/GetUsers: you need the right "Read Only User Management"',
        },
        {
          ...{ ...who, clientId: null, appId: null },
          detail: 'GET /api/v1/roles: you need the right "Role Management"',
        },
        {
          ...{ ...who, clientId: 'cli', appId: expect.any(String) },
          detail: 'GET /api/v1/users: you need the right "Read Only User Management"',
        },
      ]);
      const { correlationId } = (await denials())[1] ?? {};
      const { body } = await world.admin('GET', `/traffic/explanations/${correlationId}`);
      expect(body).toMatchObject({
        events: [{ check: { check: 'rights', outcome: 'refused' }, remedy: { remedy: 'roleRights' } }],
      });
    });

    test('keeps to its scope whatever the rights of the user', async () => {
      const fields = {
        grant_type: 'password',
        client_id: 'cli',
        username: ADMIN.user,
        password: ADMIN.password,
      };
      const answered = await world.form('/oauth2/token/tool', { ...fields, scope: 'whoami' });
      const { access_token } = (await answered.json()) as { access_token: string };
      expect((await world.calling({ authorization: `Bearer ${access_token}` })('GET', '/users')).status).toBe(
        403,
      );
    });

    describe('with a cookie, for what changes something', () => {
      const patch = (headers: Record<string, string>) =>
        world.calling(headers)('PATCH', '/me', { displayName: 'Plain' });
      let cookie: string;
      beforeAll(async () => {
        cookie = await world.cookieOf(PEOPLE.plain);
      });

      test('refuses a foreign Origin, and writes it down (L15)', async () => {
        for (const origin of [
          'https://evil.test',
          `${world.url}.evil.test`,
          world.url.replace(/:\d+$/, ':1'),
        ]) {
          const { status, body } = await patch({ cookie, origin });
          expect(status, origin).toBe(403);
          expect(body).toMatchObject({ detail: 'a page of another site may not do this for you' });
          expect((await denials())[0]?.detail).toContain(`from origin ${origin}`);
        }
        const withHeader = { cookie, origin: 'https://evil.test', 'x-centrify-native-client': '1' };
        expect((await patch(withHeader)).status).toBe(403);
      });

      test('refuses a null or absent Origin without the native-client header, whose value is any', async () => {
        expect((await patch({ cookie })).status).toBe(403);
        expect((await patch({ cookie, origin: 'null' })).status).toBe(403);
        expect((await patch({ cookie, 'x-centrify-native-client': 'Yes' })).status).toBe(200);
        expect((await patch({ cookie, 'X-IDAP-NATIVE-CLIENT': 'true' })).status).toBe(200);
      });

      test('lets its own pages pass, and reading pass from anywhere', async () => {
        expect((await patch({ cookie, origin: world.url })).status).toBe(200);
        expect((await world.calling({ cookie })('GET', '/me')).status).toBe(200);
      });

      test('asks nothing of a bearer', async () => {
        expect((await patch({ ...wide, origin: 'https://evil.test' })).status).toBe(200);
      });
    });

    test('lets no token change a password or a factor of its user (rule 15)', async () => {
      const change = { oldPassword: PASSWORD, newPassword: 'another quiet river' };
      expect((await world.calling(wide)('PUT', '/me/password', change)).status).toBe(403);
      expect((await world.calling(wide)('POST', '/me/factors/totp/offer')).status).toBe(403);
    });
  },
  { log: (line) => lines.push(line) },
);
