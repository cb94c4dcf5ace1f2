/** Traps 1, 8 and 11 to 13: however a vendor's client writes its call, it is read, and answered in the envelope. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASES } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import { ADA, call, serverWithPeople, signIn, type WireEnvelope } from './dance.js';

describe('vendor calls', () => {
  let server: TestServer;
  let cookie: string;

  beforeAll(async () => {
    const [sqlite] = DATABASES;
    if (!sqlite) throw new Error('no database');
    server = await serverWithPeople(sqlite);
    ({ cookie } = await signIn(server));
  });
  afterAll(() => server.close());

  async function post(path: string, body: string | Buffer | null, headers: Record<string, string> = {}) {
    const response = await server.fetch(path, {
      method: 'POST',
      headers: { 'x-centrify-native-client': 'true', ...headers },
      ...(body === null ? {} : { body }),
    });
    return { response, envelope: (await response.json()) as WireEnvelope };
  }

  test.each([
    ['[]', '[]', 'application/json'],
    ['{}', '{}', 'application/json; charset=utf-8'],
    ['nothing', '', 'application/json'],
    ['an empty string', '""', 'application/json'],
    ['no content type', Buffer.from('{}'), undefined],
    [
      'stray keys',
      '{"": null, "textfield-1306-inputEl": "x", "jsutil-checkbox-9": true}',
      'application/json',
    ],
    ['a byte order mark', '\uFEFF{}', 'application/json'],
    ['prototype keys', '{"__proto__": {"a": 1}, "constructor": {"prototype": 1}}', 'application/json'],
    ['a form', 'a=1&b=2', 'application/x-www-form-urlencoded'],
  ])('whoami answers a body of %s', async (_title, body, type) => {
    const headers = { cookie, ...(type ? { 'content-type': type } : {}) };
    const { response, envelope } = await post('/security/whoami', body, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(envelope.Result.User).toBe(ADA.loginName);
  });

  test.each([
    ['unquoted keys', `{ User: "${ADA.loginName}", Version : "1.0" }`, ''],
    ['keys in another case', `{"USER": "${ADA.loginName}", "version": "1.0"}`, ''],
    ['the query alone', '', `?user=${ADA.loginName}&Version=1.0`],
    ['text that looks like a key', `{"Stray": "{a: 1, b: 2}", User: "${ADA.loginName}"}`, ''],
  ])('arguments are read from %s', async (_title, body, query) => {
    const headers = { 'content-type': 'application/json' };
    const { envelope } = await post(`/Security/StartAuthentication${query}`, body, headers);
    expect(envelope).toMatchObject({ success: true, Result: { Summary: 'NewPackage' } });
  });

  test.each([
    ['no JSON', '{"User": ', 400],
    ['garbage', '\u0000\u0001<xml/>', 400],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400],
    ['a string that never ends, full of quotes', `"${'\\"'.repeat(400_000)}`, 400],
    ['deep nesting', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400],
    ['too many bytes', `{"User": "${'x'.repeat(2 ** 20)}"}`, 413],
  ])('a body of %s is refused in the envelope (D07)', async (_title, body, status) => {
    const { response, envelope } = await post('/Security/StartAuthentication', body, {
      'content-type': 'application/json',
    });
    expect(response.status).toBe(status);
    expect(envelope).toMatchObject({ success: false, Result: null });
    expect(envelope.Message).toEqual(expect.stringMatching(/.{5}/));
  });

  test('an unknown call is 404 in the envelope, and nobody learns that unsigned', async () => {
    const { response, envelope } = await call(server, '/Security/NoSuchCall', {}, { cookie });
    expect(response.status).toBe(404);
    expect(envelope).toMatchObject({ success: false, Message: 'There is no such call.' });
    const anonymous = await call(server, '/SaasManage/NoSuchCall');
    expect(anonymous.response.status).toBe(401);
    expect(anonymous.response.headers.get('www-authenticate')).toMatch(/^Bearer .*resource_metadata=/);
    expect(anonymous.envelope.success).toBe(false);
  });

  test('a sign-in from a page of another site is refused (L01)', async () => {
    const body = JSON.stringify({ User: ADA.loginName, Version: '1.0' });
    const unwelcome: Record<string, string>[] = [
      { origin: 'https://evil.test', 'content-type': 'application/json' },
      { origin: 'https://evil.test', 'content-type': 'text/plain', 'x-centrify-native-client': '1' },
      { origin: 'null', 'content-type': 'text/plain' },
    ];
    for (const path of ['/Security/StartAuthentication', '/Security/AdvanceAuthentication'])
      for (const headers of unwelcome) {
        const response = await server.fetch(path, { method: 'POST', headers, body });
        expect(response.status).toBe(403);
      }
    const form = await server.form('/Security/StartAuthentication', { User: ADA.loginName });
    expect(form.status).toBe(403);
  });

  test('roles are rows with name, rights and id; those of others are not shown', async () => {
    const path = '/UserMgmt/GetUsersRolesAndAdministrativeRights';
    const { envelope } = await call(server, path, {}, { cookie });
    expect(envelope.Result).toMatchObject({ IsAggregate: false, Count: 1 });
    expect(envelope.Result.Results).toEqual([
      {
        Entities: [{ Type: 'Role', Key: 'everybody', IsForeignKey: false }],
        Row: expect.objectContaining({ ID: 'everybody', Name: 'Everybody', RoleName: 'Everybody' }),
      },
    ]);
    const other = await call(server, `${path}?ID=somebody-else`, {}, { cookie });
    expect(other.envelope.success).toBe(false);
  });

  test('login suffixes are the keys of the alias rows', async () => {
    const { envelope } = await call(server, '/Core/GetCdsAliasesForTenant', {}, { cookie });
    expect(JSON.stringify(envelope.Result.Results)).toContain('"Key":"acme.test"');
  });
});
