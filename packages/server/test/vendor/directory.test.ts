/** The directory as the vendor's clients search it. protocol sections 4 and 7.1 */
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration, PEOPLE } from '../admin/support/world.js';
import {
  expectNoBlanks,
  messageOf,
  type QueryResult,
  resultOf,
  rowsOf,
  type Vendor,
  vendorAdmin,
  vendorAs,
} from './support.js';

interface Found {
  User: QueryResult<Record<string, string>>;
  Group: QueryResult;
  roles: QueryResult<Record<string, unknown>>;
}

const ARGS = {
  ...{ PageNumber: 1, PageSize: 100_000, Limit: 100_000, SortBy: '', Caching: -1 },
  ...{ Direction: '', Ascending: true },
};

describeAdministration('the vendor’s directory calls', (world) => {
  let admin: Vendor;
  beforeAll(async () => {
    admin = await vendorAdmin(world);
  });

  const search = (filters: object, args: object = ARGS, by = admin) =>
    resultOf(
      by<Found>(
        '/UserMgmt/DirectoryServiceQuery',
        { directoryServices: [world.tenant.id], ...filters, Args: args },
        { client: 'ark' },
      ),
    );
  const logins = ({ User }: Found) => rowsOf(User).map(({ SystemName }) => SystemName);
  const roleNames = ({ roles }: Found) => rowsOf(roles).map(({ Name }) => Name);

  test('GetDirectoryServices lists CDS, by GET as the SDKs ask and by POST', async () => {
    for (const method of ['GET', 'POST']) {
      const how = { method, client: 'ark' } as const;
      const result = await resultOf(admin<QueryResult>('/Core/GetDirectoryServices', null, how));
      expect(rowsOf(result)).toMatchObject([{ Service: 'CDS', directoryServiceUuid: world.tenant.id }]);
    }
  });

  test('GetCdsAliasesForTenant names each login suffix as the key of an entity', async () => {
    const result = await resultOf(admin<QueryResult>('/Core/GetCdsAliasesForTenant', null));
    expect(result.Results.map(({ Entities }) => Entities[0]?.Key)).toContain('acme.test');
  });

  test('users are found by a part of their names, in any case', async () => {
    const found = await search({ user: '{"DisplayName": {"_like": "PERSON second"}}' });
    expect(logins(found)).toEqual([PEOPLE.second]);
    expect(rowsOf(found.User)[0]).toMatchObject({
      InternalName: await world.idOf('users', PEOPLE.second),
      DistinguishedName: PEOPLE.second,
      EMail: PEOPLE.second,
      ServiceType: 'CDS',
      ServiceInstanceLocalized: expect.any(String),
    });
    expectNoBlanks(rowsOf(found.User));
    expect(found).toMatchObject({ Group: { FullCount: 0 }, roles: { FullCount: 0 } });
  });

  test('_and, _or, _eq and values with ignoreCase combine', async () => {
    const user = JSON.stringify({
      _and: [
        {
          _or: [
            { SystemName: { _eq: PEOPLE.apps.toUpperCase() } },
            { DisplayName: { _like: 'Person users' } },
          ],
        },
        { EMail: { _like: { value: 'USERS', ignoreCase: true } } },
      ],
    });
    expect(logins(await search({ user }))).toEqual([PEOPLE.users]);
  });

  test('one role is found by its exact name, also in a dictionary printed by Python', async () => {
    for (const roles of ['{"Name": {"_eq": "Developers"}}', "{'Name': {'_eq': 'Developers'}}"]) {
      const found = await search({ user: '{}', group: '{}', roles }, { ...ARGS, Limit: 1 });
      expect(rowsOf(found.roles)).toEqual([
        {
          _ID: await world.idOf('roles', 'Developers'),
          Name: 'Developers',
          AdministrativeRights: [],
          IsHidden: false,
        },
      ]);
      expect(found.User.Count).toBe(1);
      expect(found.User.FullCount).toBeGreaterThan(1);
    }
  });

  test('Python prints a name with an apostrophe in double quotes, and escapes what it does not print', async () => {
    const names = ["Tim O'Brien", 'a\u00a0b', '"it\'s"'];
    const users = names.map((displayName, at) => ({ loginName: `python${at}@acme.test`, displayName }));
    await world.apply({ users: users.map((user) => ({ ...user, email: user.loginName })) });
    const printed = [`"Tim O'Brien"`, "'a\\xa0b'", `'"it\\'s"'`];
    for (const [at, name] of printed.entries()) {
      const like = "{'_like': {'value': 'python', 'ignoreCase': True}}";
      const user = `{'_and': [{'DisplayName': {'_eq': ${name}}}, {'SystemName': ${like}}]}`;
      expect(logins(await search({ user })), user).toEqual([`python${at}@acme.test`]);
    }
  });

  test('quotes without an end are refused at once, however many', async () => {
    const began = performance.now();
    const text = `'${"\\'".repeat(100_000)}`;
    const asked = JSON.stringify({ user: text, Args: ARGS });
    expect(await messageOf(admin('/UserMgmt/DirectoryServiceQuery', asked))).toContain('is not a filter');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('rights of roles come with path and service', async () => {
    const roles = '{"Name": {"_like": {"value": "holders of role", "ignoreCase": true}}}';
    const [row] = rowsOf((await search({ roles })).roles);
    expect(row?.AdministrativeRights).toEqual([
      { Description: 'Role Management', Path: '/lib/rights/roleman.json', ServiceName: 'Sallyport' },
    ]);
  });

  test('a part that the caller may not read is empty; nothing readable is a refusal', async () => {
    const both = { user: '{}', roles: '{"Name": {"_eq": "Developers"}}' };
    const apps = await vendorAs(world, PEOPLE.apps);
    const found = await search(both, ARGS, apps);
    expect(roleNames(found)).toEqual(['Developers']);
    expect(logins(found)).toEqual([]);
    const plain = await vendorAs(world, PEOPLE.plain);
    expect(await messageOf(plain('/UserMgmt/DirectoryServiceQuery', both))).toMatch(/not authorized/);
  });

  test.each([
    ['{"Name": {"_regex": "x"}}', /_regex/],
    ['[1]', /not a filter/],
    ['no json', /not a filter/],
    ['{"_or": "x"}', /_or/],
    [`${'{"_and":['.repeat(30)}{}${']}'.repeat(30)}`, /too deep/],
  ])('a filter such as %s is refused with the reason', async (roles, reason) => {
    expect(await messageOf(admin('/UserMgmt/DirectoryServiceQuery', { roles }))).toMatch(reason);
  });

  test('roles and rights of oneself need no right, those of another the right to read them', async () => {
    const path = '/usermgmt/GetUsersRolesAndAdministrativeRights';
    const id = await world.idOf('users', PEOPLE.roles);
    const own = await resultOf((await vendorAs(world, PEOPLE.roles))<QueryResult>(path, ''));
    const names = rowsOf(own).map(({ Name }) => Name);
    expect(names).toEqual(['Everybody', 'Holders of Role Management']);
    const other = await resultOf(admin<QueryResult>(`${path}?id=${id}`, '{}', { client: 'java' }));
    expect(rowsOf(other)).toEqual(rowsOf(own));
    const plain = await vendorAs(world, PEOPLE.plain);
    expect(await messageOf(plain(path, { ID: id }))).toMatch(/not authorized/);
  });
});
