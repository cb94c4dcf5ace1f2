/** Redrock queries: the scripts of real clients and their near relatives are answered, anything else is refused. */
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration, PASSWORD, PEOPLE } from '../admin/support/world.js';
import { tryPassword } from '../login/dance.js';
import { ADMIN } from '../support/server.js';
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

const DATE = /^\/Date\(\d{13}\)\/$/;

describeAdministration('a Redrock query', (world) => {
  let admin: Vendor;
  beforeAll(async () => {
    await tryPassword(world, PEOPLE.plain, 'a wrong password');
    for (let i = 0; i < 2; i++) await tryPassword(world, PEOPLE.users, PASSWORD);
    admin = await vendorAdmin(world);
  });

  const query = (Script: string, Args?: object) =>
    resultOf(admin<QueryResult>('/Redrock/query', { Script, ...(Args && { Args }) }));
  const rows = async (script: string, args?: object) => rowsOf(await query(script, args));
  const refusal = (Script: string) => messageOf(admin('/Redrock/query', { Script }));

  test('of the Terraform provider finds one user, role or app by name', async () => {
    const bytes = (script: string) => `{"Args":{"Caching":-1},"Script":"${script}"}`;
    for (const [script, column, name] of [
      [`SELECT * FROM User WHERE 1=1 AND Username='${PEOPLE.plain}'`, 'Username', PEOPLE.plain],
      ["SELECT * FROM Role WHERE 1=1 AND Name='Developers'", 'Name', 'Developers'],
      ["SELECT * FROM Application WHERE 1=1 AND AppType='Web' AND Name='Tool'", 'Name', 'Tool'],
      [
        "SELECT * FROM Application WHERE 1=1 AND AppType='Web' AND WebAppType='OAuth' AND Name='Tool' AND ServiceName='tool'",
        'ServiceName',
        'tool',
      ],
    ] as const) {
      const result = await resultOf(admin<QueryResult>('/RedRock/query', bytes(script)));
      expect(rowsOf(result)).toHaveLength(1);
      expect(rowsOf(result)[0]).toMatchObject({ ID: expect.stringMatching(/-/), [column]: name });
      expectNoBlanks(rowsOf(result));
    }
  });

  test('of the identity SDKs answers each column named as a string, with the name in lower case', async () => {
    const script = `Select ID, Username, DisplayName, Email, MobileNumber, LastLogin from User WHERE Username='${PEOPLE.plain}'`;
    const body = JSON.stringify({ Script: script.replace('plain@', 'PLAIN@') });
    const result = await resultOf(admin<QueryResult>('/Redrock/query', body, { client: 'idsec' }));
    const [row] = rowsOf(result);
    expect(row).toMatchObject({ Username: PEOPLE.plain, Email: PEOPLE.plain, DisplayName: 'Person plain' });
    for (const column of ['ID', 'Username', 'DisplayName', 'Email', 'MobileNumber'])
      expect(typeof row?.[column]).toBe('string');
    expect(result.Columns.map(({ Name }) => Name)).toEqual(Object.keys(row ?? {}));
    expect(result.Results[0]?.Entities).toEqual([{ Type: 'User', Key: row?.ID, IsForeignKey: false }]);
    const byId = await rows(`Select ID, Username from User WHERE ID='${row?.ID}'`);
    expect(byId).toEqual([{ ID: row?.ID, Username: PEOPLE.plain }]);
  });

  test('of the Java sample, with unquoted keys, sorts in any case', async () => {
    const body = `{ Script: "Select * from Role WHERE Name = 'developers' ORDER BY Name COLLATE NOCASE" }`;
    const result = await resultOf(admin<QueryResult>('/redrock/query', body, { client: 'java' }));
    expect(rowsOf(result)).toMatchObject([{ Name: 'Developers' }]);
  });

  test('of the PowerShell module resolves principals and lists whole views', async () => {
    expect(await rows("SELECT ID FROM Role WHERE Name LIKE 'Developers'")).toEqual([
      { ID: await world.idOf('roles', 'Developers') },
    ]);
    expect(
      await rows(`SELECT InternalName as ID FROM DsUsers WHERE SystemName LIKE '${PEOPLE.second}'`),
    ).toEqual([{ ID: await world.idOf('users', PEOPLE.second) }]);
    expect(await rows('SELECT InternalName as ID FROM DsGroups')).toEqual([]);
    expect(await rows('select MachineName, ID from proxy')).toEqual([]);
    expect((await query('SELECT * FROM User')).FullCount).toBe(Object.keys(PEOPLE).length + 1);
    const named = await rows("SELECT Application.ID, Application.Name FROM Application WHERE Name='Tool'");
    expect(named).toEqual([{ ID: expect.any(String), Name: 'Tool' }]);
  });

  test('@@Web Applications PLV8 answers every column that a client casts, filtered and paged', async () => {
    const Args = {
      ...{ PageNumber: 1, PageSize: 10_000, Limit: 10_000 },
      ...{ FilterBy: ['Name', 'AppTypeDisplayName', 'Description', 'State'], FilterValue: 'TOOL' },
    };
    const body = { Script: '@@Web Applications PLV8', Args };
    const result = await resultOf(admin<QueryResult>('/Redrock/query', body, { client: 'idsec' }));
    expect(rowsOf(result)).toHaveLength(1);
    for (const column of [
      ...['ID', 'Name', 'DisplayName', 'Description', 'WebAppType', 'WebAppTypeDisplayName'],
      ...['AppTypeDisplayName', 'TemplateName', 'State'],
    ])
      expect(rowsOf(result)[0]?.[column]).toEqual(expect.stringMatching(/./));
    expect(await rows('@@Web Applications PLV8', { ...Args, FilterValue: 'nothing' })).toEqual([]);
    expect(await rows('@@Web Applications PLV8', { ...Args, PageNumber: 2, PageSize: 1 })).toEqual([]);
  });

  test('of the samples counts sign-ins by user, the most first', async () => {
    const script =
      "select NormalizedUser as User, Count(*) as Count from Event where EventType = 'Cloud.Core.Login' " +
      "and WhenOccurred >= DateFunc('now','-30') group by User order by count desc";
    const counted = await resultOf(
      admin<QueryResult<{ User: string; Count: number }>>('/redrock/query', { Script: script }),
    );
    const byUser = new Map(rowsOf(counted).map(({ User, Count }) => [User, Count]));
    expect(byUser.get(PEOPLE.users)).toBe(2);
    expect(byUser.has(PEOPLE.plain)).toBe(false);
    const counts = [...byUser.values()];
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    const unnamed = script.replace('as Count from', 'from');
    expect(rowsOf(await query(unnamed))).toEqual(rowsOf(counted));
  });

  test('of the log collector, JSON sent as a form, reads events between two instants, the oldest first', async () => {
    const stamp = (at: number) =>
      new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, '+0000');
    const between = (from: number, until: number) =>
      JSON.stringify({
        Script: `select * from Event where WhenOccurred between datefunc('${stamp(from)}') and datefunc('${stamp(until)}') ORDER BY WhenOccurred ASC`,
      });
    const now = Date.now();
    const how = { client: 'logstash' } as const;
    const recent = await resultOf(
      admin<QueryResult>('/Redrock/query', between(now - 3_600_000, now + 60_000), how),
    );
    const events = rowsOf(recent);
    expect(events.map(({ EventType }) => EventType)).toContain('Cloud.Core.LoginFail');
    for (const event of events) {
      expect(event.WhenOccurred).toMatch(DATE);
      expect(event.WhenLogged).toMatch(DATE);
    }
    expect(events.map(({ WhenOccurred = '' }) => WhenOccurred)).toEqual(
      events.map(({ WhenOccurred = '' }) => WhenOccurred).sort(),
    );
    expectNoBlanks(events);
    const older = admin<QueryResult>('/Redrock/query', between(now - 7_200_000, now - 3_600_000), how);
    expect((await resultOf(older)).FullCount).toBe(0);
  });

  test.each([
    ["Name LIKE 'dev%'", ['Developers']],
    ["Name LIKE '%EVE%OPER_'", ['Developers']],
    ["Name LIKE 'Dev!%%' ESCAPE '!'", []],
    ["Name NOT LIKE '%a%' AND ReadOnly = 0", ['Developers']],
    ["Name IN ('Developers', 'Everybody', 'x')", ['Developers', 'Everybody']],
    ["Name >= 'Dev' AND Name < 'Dew'", ['Developers']],
    ["Name BETWEEN 'Dev' AND 'Dew'", ['Developers']],
    ["(Name = 'Developers' OR ID = 'sysadmin') AND NOT ReadOnly = true", ['Developers']],
    ["lower(Name) = 'everybody'", ['Everybody']],
    ['COALESCE(Description, Name) IS NULL AND 1=1', []],
    ["Name <> 'Developers' AND Name IS NOT NULL AND ID = 'everybody'", ['Everybody']],
    ["Name || '!' = 'Developers!'", ['Developers']],
    ['Name = NULL', []],
  ])('filters roles where %s', async (condition, names) => {
    const found = await rows(`SELECT Name FROM Role WHERE ${condition} ORDER BY Name`);
    expect(found.map(({ Name }) => Name)).toEqual(names);
  });

  test('selects, sorts, limits and makes distinct as asked', async () => {
    const all = (await rows('SELECT r.Name FROM Role r ORDER BY r.Name')).map(({ Name }) => Name);
    expect((await rows('SELECT Name FROM Role ORDER BY 1 DESC')).map(({ Name }) => Name)).toEqual(
      [...all].reverse(),
    );
    const second = await rows('SELECT Name FROM Role ORDER BY Name LIMIT 1 OFFSET 1');
    expect(second.map(({ Name }) => Name)).toEqual([all[1]]);
    expect(await rows('SELECT Name FROM Role ORDER BY Name LIMIT 1, 1')).toEqual(second);
    expect(await rows('SELECT DISTINCT RoleType FROM Role')).toEqual([{ RoleType: 'PrincipalList' }]);
    const [displayed] = await rows(
      "Select *, COALESCE(Name, ID) AS DisplayName from Role WHERE Name='Developers'",
    );
    expect(displayed).toMatchObject({ Name: 'Developers', DisplayName: 'Developers' });
    const [counted] = await rows(
      'SELECT COUNT(*), MIN(Name) AS first, COUNT(DISTINCT RoleType) AS types FROM Role',
    );
    expect(counted).toEqual({ COUNT: all.length, first: all[0], types: 1 });
    expect(await rows("SELECT COUNT(*) AS n FROM Role WHERE Name = 'nothing'")).toEqual([{ n: 0 }]);
  });

  test('Args pages and sorts what the script selects', async () => {
    const names = (await rows('SELECT Name FROM Role ORDER BY Name')).map(({ Name }) => Name);
    const Args = { PageNumber: 2, PageSize: 3, Limit: 3, SortBy: 'Name', Ascending: false, Caching: -1 };
    const result = await query('SELECT Name FROM Role', Args);
    expect(rowsOf(result).map(({ Name }) => Name)).toEqual([...names].reverse().slice(3, 6));
    expect(result).toMatchObject({ Count: 3, FullCount: names.length });
  });

  test.each([
    ['DELETE FROM User', /only SELECT/],
    ["UPDATE User SET Email = 'x'", /only SELECT/],
    ['DROP TABLE users', /only SELECT/],
    ['PRAGMA table_info(users)', /only SELECT/],
    ["ATTACH DATABASE '/etc/passwd' AS x", /only SELECT/],
    ['SELECT Name FROM Role; DELETE FROM User', /after single statement/],
    ['SELECT * FROM users', /no view "users"; there are User, DsUsers/],
    ['SELECT * FROM sqlite_master', /no view/],
    ['SELECT * FROM main.User', /another schema/],
    ['SELECT * FROM Role, User', /joins/],
    ['SELECT * FROM Role JOIN User ON 1=1', /joins/],
    ['SELECT * FROM (SELECT * FROM Role)', /subquery/],
    ['SELECT Name FROM Role WHERE ID IN (SELECT ID FROM User)', /in select expr/],
    ['SELECT (SELECT 1) FROM Role', /subquery/],
    ['SELECT Name FROM Role UNION SELECT Username FROM User', /UNION/],
    ['WITH x AS (SELECT 1) SELECT * FROM x', /WITH/],
    ['VALUES (1)', /VALUES/],
    ['SELECT PasswordHash FROM User', /no column "PasswordHash"; it has ID/],
    ['SELECT User.Name FROM Role', /not the view/],
    ["SELECT load_extension('x') FROM Role", /no function load_extension/],
    ['SELECT randomblob(1000000000) FROM Role', /no function/],
    ["SELECT Name FROM Role WHERE Name GLOB '*'", /LIKE/],
    ['SELECT Name FROM Role GROUP BY Name HAVING COUNT(*) > 1', /HAVING/],
    ['SELECT Name, row_number() OVER () FROM Role', /no function|OVER/],
    ['SELECT Name FROM Role WHERE ReadOnly + 1 = 1', /operator Add/],
    ['SELECT Name FROM Role LIMIT Name', /whole number/],
    ['SELECT Name FROM Role ORDER BY 9', /position/],
    ["SELECT DateFunc('soon') FROM Role", /does not know the date/],
    ['SELEKT', /syntax error|near/],
    ['@/lib/other.js', /no saved script/],
    [`SELECT Name FROM Role WHERE ${'('.repeat(2000)}1=1${')'.repeat(2000)}`, /nests too deep/],
    [`SELECT Name FROM Role WHERE Name = '${'x'.repeat(10_000)}'`, /longer than/],
  ])('is refused with the reason: %s', async (script, reason) => {
    expect(await refusal(script)).toMatch(reason);
  });

  test('text is text: a quote, a comment or a statement within it finds nothing and does nothing', async () => {
    for (const text of ["x'' OR ''1''=''1", "''; DROP TABLE users; --", '%', '\\', '*/ --'])
      expect(await rows(`SELECT ID FROM Role WHERE Name = '${text}'`)).toEqual([]);
    expect((await query('SELECT ID FROM User')).FullCount).toBe(Object.keys(PEOPLE).length + 1);
  });

  test('reads what the caller may read and no more', async () => {
    const plain = await vendorAs(world, PEOPLE.plain);
    for (const view of ['User', 'DsUsers', 'Role', 'Application', 'Event'])
      expect(await messageOf(plain('/Redrock/query', { Script: `SELECT * FROM ${view}` }))).toMatch(
        /not authorized/,
      );
    const reader = await vendorAs(world, PEOPLE.readUsers);
    const users = await resultOf(reader<QueryResult>('/Redrock/query', { Script: 'SELECT * FROM User' }));
    expect(users.FullCount).toBeGreaterThan(1);
    expect(await messageOf(reader('/Redrock/query', { Script: 'SELECT * FROM Event' }))).toMatch(
      /not authorized/,
    );
  });

  test('shows no secret in any view', async () => {
    const everything = await Promise.all(
      ['User', 'DsUsers', 'Role', 'Application', 'Event'].map((view) => query(`SELECT * FROM ${view}`)),
    );
    const text = JSON.stringify(everything);
    for (const secret of [PASSWORD, ADMIN.password, 'argon2', 'a wrong password'])
      expect(text).not.toContain(secret);
  });
});
