/** Every call there is: behind the gate, behind the rights, and on the reference page. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '@sallyport/contract';
import { beforeAll, expect, test } from 'vitest';
import { CALLS, SIGN_IN_CALLS } from '../../src/http/vendor/calls.js';
import { vendorCallsPage } from '../../src/http/vendor/reference.js';
import { describeAdministration, PEOPLE } from '../admin/support/world.js';
import { messageOf, resultOf, type Vendor, vendorAdmin, vendorAs, vendorBy } from './support.js';

const PAGE = fileURLToPath(new URL('../../../../docs/reference/vendor-calls.md', import.meta.url));

/** What everybody may call: themselves, the tenant's outside, and what holds no data. */
const OPEN_TO_ALL = new Set([
  '/CDirectoryService/GetUser',
  '/UserMgmt/GetUserAttributes',
  '/UserMgmt/GetUserInfo',
  '/UserMgmt/GetUsersRolesAndAdministrativeRights',
  '/Core/GetDirectoryServices',
  '/Core/GetCdsAliasesForTenant',
  '/SaasManage/GetPaginatedTemplates',
  '/SaasManage/GetCustomWebAppTemplates',
  '/SaasManage/GetCategories',
  '/UPRest/GetUPData',
]);

/** Arguments with which an administrator's call gets as far as the rights. */
const ARGUMENTS = {
  ...{ ID: 'sysadmin', Name: 'sysadmin', role: 'sysadmin', _RowKey: 'tool', RowKey: 'tool', state: 'None' },
  ...{ username: PEOPLE.second, Users: [PEOPLE.second], Mail: 'a@acme.test', newPassword: 'long enough now' },
  ...{ Script: 'SELECT * FROM User', user: '{}', Description: 'x', Entities: [PEOPLE.second] },
  ...{ Grants: [{ Principal: 'Developers', PType: 'Role', Rights: 'None' }] },
};

function bodyFor(path: string): unknown {
  if (path.endsWith('SuperRights')) return [{ Role: 'sysadmin', Path: '/lib/rights/appman.json' }];
  if (path.endsWith('DeleteRoles')) return ['sysadmin'];
  if (path.endsWith('ChangeUser')) return { ID: PEOPLE.second, DisplayName: 'Changed' };
  if (path.endsWith('CreateUser')) return { ...ARGUMENTS, Name: 'x@acme.test' };
  if (path.endsWith('ImportAppFromTemplate')) return { ID: ['OAuth2ServerClient'] };
  return ARGUMENTS;
}

test('the reference page is what `npm run reference` makes of the calls', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(vendorCallsPage());
});

describeAdministration('every vendor call', (world) => {
  let admin: Vendor;
  beforeAll(async () => {
    admin = await vendorAdmin(world);
  });

  test('that answers is on the list, and the other way round', async () => {
    const { body } = await world.admin<{ items: Endpoint[] }>('GET', '/endpoints');
    const answering = body.items
      .filter(({ path }) => !/^\/(api\/|login|logout|my|manage|$)/.test(path))
      .map(({ method, path }) => `${method} ${path.toLowerCase()}`);
    const listed = [
      ...SIGN_IN_CALLS.filter(({ path }) => !/(Authentication|OobAuthStatus)$/.test(path)),
      ...CALLS,
    ].flatMap(({ path, methods = ['POST'] }) => methods.map((method) => `${method} ${path.toLowerCase()}`));
    expect(answering.sort()).toEqual(listed.sort());
  });

  test('is refused to a stranger with 401, the challenge and the envelope (rule 8)', async () => {
    const stranger = vendorBy(world, {});
    for (const { path } of CALLS) {
      const { success, Message } = await stranger(path, bodyFor(path), { status: 401 });
      expect({ path, success }).toEqual({ path, success: false });
      expect(Message).toEqual(expect.stringMatching(/./));
    }
  });

  test('is refused with 403 to a token whose scope does not open it (rule 8)', async () => {
    const token = await world.tokenOf(PEOPLE.plain, 'whoami');
    const narrow = vendorBy(world, { authorization: `Bearer ${token}` });
    for (const { path } of CALLS) {
      const { success } = await narrow(path, bodyFor(path), { status: 403 });
      expect({ path, success }).toEqual({ path, success: false });
    }
    await resultOf(narrow('/Security/WhoAmI/', null));
  });

  test('is refused to a person without the right, with status 200 and the word authorized (rule 8, D01)', async () => {
    const before = (await world.changes())[0]?.id;
    const plain = await vendorAs(world, PEOPLE.plain);
    const token = await world.tokenOf(PEOPLE.plain, 'all');
    for (const caller of [plain, vendorBy(world, { authorization: `Bearer ${token}` })])
      for (const { path } of CALLS)
        if (!OPEN_TO_ALL.has(path))
          expect({ path, message: await messageOf(caller(path, bodyFor(path))) }).toEqual({
            path,
            message: expect.stringMatching(/not authorized/),
          });
    expect((await world.changes())[0]?.id).toBe(before);
  });

  test('by cookie needs the native-client header, of either name (rule 12)', async () => {
    const cookie = await world.cookieOf(PEOPLE.plain);
    for (const { path } of CALLS) {
      const response = await world.fetch(path, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', origin: 'https://evil.test' },
        body: '{}',
      });
      expect({ path, status: response.status }).toEqual({ path, status: 403 });
    }
    const native = vendorBy(world, { cookie });
    for (const client of ['go', 'ark'] as const)
      await resultOf(native('/UPRest/GetUPData', '{}', { client }));
  });

  test('answers garbage with a reason and never with a 5xx', async () => {
    const garbage = [
      '[]',
      '""',
      '[[],{},null,1]',
      '{"ID":{"a":1},"Name":[[]],"_RowKey":{},"Users":{"Add":[{}]},"Grants":[1,null],"Script":[1],"user":{}}',
      '{"ID":"\\u0000","Name":"\\u0000","_RowKey":"\\u0000","Script":"\\u0000","role":"\\u0000","username":"\\u0000"}',
      `{"ID":"${'x'.repeat(5000)}","Name":"${'x'.repeat(5000)}","_RowKey":"${'x'.repeat(5000)}"}`,
      '{"__proto__":{"ID":"x"},"constructor":{"prototype":{"x":1}},"OAuthProfile":{"__proto__":{}}}',
    ];
    for (const { path } of CALLS)
      for (const body of garbage) {
        const { success, Message } = await admin(path, body);
        if (!success)
          expect({ path, body, Message }).toMatchObject({ Message: expect.stringMatching(/.{5}/) });
      }
    expect(({} as { ID?: string }).ID).toBeUndefined();
  });

  test('that does not exist says so in the envelope', async () => {
    for (const path of ['/SaasManage/NoSuchCall', '/Redrock/other', '/acl/x/', '/ExtData/GetColumns']) {
      const { success, Message } = await admin(path, '{}', { status: 404 });
      expect({ success, Message }).toEqual({ success: false, Message: 'There is no such call.' });
    }
  });
});
