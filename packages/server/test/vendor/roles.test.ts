/** Roles as the vendor's clients manage them; every change also asserts its line (rule 13). */
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration, PASSWORD, PEOPLE } from '../admin/support/world.js';
import { ADMIN } from '../support/server.js';
import {
  messageOf,
  type QueryResult,
  resultOf,
  rowsOf,
  type Vendor,
  vendorAdmin,
  vendorAs,
} from './support.js';

describeAdministration('the vendor’s role calls', (world) => {
  let admin: Vendor;
  let plainId: string;
  beforeAll(async () => {
    admin = await vendorAdmin(world);
    plainId = await world.idOf('users', PEOPLE.plain);
  });

  const lastChange = async (id: string) => (await world.changes(`roles/${id}`))[0];
  const store = async (name: string, path = '/SaasManage/StoreRole') =>
    (await resultOf(admin<{ _RowKey: string }>(path, { Name: name })))._RowKey;
  const membersOf = async (id: string) =>
    rowsOf(
      await resultOf(
        admin<QueryResult>('/SaasManage/GetRoleMembers', `{"Args":{"Caching":-1},"name":"${id}"}`),
      ),
    );

  test.each([
    ['/SaasManage/StoreRole', '{"Description":"From Go","Name":"Go role"}', 'go', 'Go role'],
    ['/Roles/StoreRole', '{"Description":"From Python","Name":"Ark role"}', 'ark', 'Ark role'],
    ['/roles/storerole/', '{"Name":"PS role","RoleType":"PrincipalList"}', 'powershell', 'PS role'],
  ] as const)('%s answers the row key of the new role', async (path, body, client, name) => {
    const result = await resultOf(admin<{ _RowKey: string }>(path, body, { client }));
    expect(await lastChange(result._RowKey)).toMatchObject({ action: 'create', actor: ADMIN.user, name });
    expect(await messageOf(admin(path, body, { client }))).toMatch(/is taken/);
  });

  test('GetRole answers strings and a boolean, by id or by name', async () => {
    const id = await store('Readable');
    const body = `{"Args":{"Caching":-1},"name":"${id}","suppressPrincipalsList":true}`;
    const role = await resultOf(admin('/SaasManage/GetRole', body));
    expect(role).toEqual({
      _RowKey: id,
      Uuid: id,
      Name: 'Readable',
      ReadOnly: false,
      RoleType: 'PrincipalList',
      DirectoryServiceUuid: world.tenant.id,
    });
    expect(await resultOf(admin('/Roles/GetRole', { Name: 'readable' }))).toEqual(role);
    expect(await messageOf(admin('/SaasManage/GetRole', { name: 'nothing' }))).toMatch(/not found/);
  });

  test('UpdateRole renames, describes, and adds and takes out members; null comes back', async () => {
    const id = await store('Before');
    const rename = `{"Description":"Now","Name":"${id}","NewName":"After"}`;
    expect(await resultOf(admin('/Roles/UpdateRole', rename))).toBeNull();
    expect((await lastChange(id))?.fields).toEqual([
      { field: 'name', old: 'Before', new: 'After' },
      { field: 'description', old: '', new: 'Now' },
    ]);
    const change = (verb: string) => `{"Name":"${id}","Users":{"${verb}":["${plainId}"]}}`;
    expect(await resultOf(admin('/Roles/UpdateRole', change('Add')))).toBeNull();
    expect(await membersOf(id)).toEqual([{ Guid: plainId, Name: PEOPLE.plain, Type: 'User' }]);
    expect((await lastChange(id))?.fields).toEqual([{ field: 'members', old: null, new: PEOPLE.plain }]);
    expect(await resultOf(admin('/Roles/UpdateRole', change('Delete')))).toBeNull();
    expect(await membersOf(id)).toEqual([]);
  });

  test('UpdateRole of the PowerShell samples leaves out members that are null', async () => {
    const id = await store('Sampled');
    const body = `{"Name":"${id}","Description":"Sample","Users":{"Add":["${PEOPLE.plain}"]},"Groups":null,"Roles":{"Add":null}}`;
    await resultOf(admin('/saasmanage/updaterole', body, { client: 'powershellSamples' }));
    expect(await membersOf(id)).toHaveLength(1);
    const nested = { Name: id, Roles: { Add: ['everybody'] } };
    expect(await messageOf(admin('/saasmanage/updaterole', nested))).toMatch(/only users/);
  });

  test('AddUsersAndGroupsToRole takes names, RemoveUsersAndGroupsFromRole ids', async () => {
    const id = await store('Crew');
    const add = { Name: id, Users: [PEOPLE.plain] };
    await resultOf(admin('/SaasManage/AddUsersAndGroupsToRole', add, { client: 'ark' }));
    const listed = await resultOf(
      admin<QueryResult>(`/saasmanage/getrolemembers?name=${id}`, null, { client: 'powershell' }),
    );
    expect(rowsOf(listed)).toEqual([{ Guid: plainId, Name: PEOPLE.plain, Type: 'User' }]);
    await resultOf(admin('/SaasManage/RemoveUsersAndGroupsFromRole', { Name: id, Users: [plainId] }));
    expect(await membersOf(id)).toEqual([]);
    expect((await lastChange(id))?.fields).toEqual([{ field: 'members', old: PEOPLE.plain, new: null }]);
    const groups = { Name: id, Groups: ['Staff'] };
    expect(await messageOf(admin('/SaasManage/AddUsersAndGroupsToRole', groups))).toMatch(/only users/);
  });

  test('GetRoleApps lists what the role opens, its role in the query', async () => {
    const id = await world.idOf('roles', 'Developers');
    const path = `/saasManage/GetRoleApps?role=${id}`;
    const apps = rowsOf(await resultOf(admin<QueryResult>(path, '{}', { client: 'dotnet' })));
    expect(apps).toEqual([{ ID: expect.stringMatching(/^[0-9a-f-]{36}$/), Name: 'Tool' }]);
  });

  test('AssignSuperRights and UnAssignSuperRights take a bare list of roles and paths', async () => {
    const id = await store('Powerful');
    const script = `{"Args":{"Caching":-1},"Script":"@/lib/get_superrights.js(excludeRight:'')"}`;
    const all = rowsOf(await resultOf(admin<QueryResult>('/Redrock/Query', script)));
    const path = all.find(({ Description }) => Description === 'User Management')?.Path;
    const body = `[{"Path":"${path}","Role":"${id}"},{"Path":"/lib/rights/appman.json","Role":"${id}"}]`;
    expect(await resultOf(admin('/saasManage/AssignSuperRights', body))).toBeNull();
    const rights = async (argument: string) =>
      rowsOf(await resultOf(admin<QueryResult>('/Core/GetAssignedAdministrativeRights', { [argument]: id })));
    expect(await rights('role')).toEqual([
      { Description: 'User Management', Path: path },
      { Description: 'Application Management', Path: '/lib/rights/appman.json' },
    ]);
    expect((await lastChange(id))?.fields).toEqual([
      { field: 'rights', old: [], new: ['Application Management', 'User Management'] },
    ]);
    expect(await resultOf(admin('/Roles/UnAssignSuperRights', body))).toBeNull();
    expect(await rights('Role')).toEqual([]);
    const unknown = [{ Role: id, Path: '/lib/rights/everything.json' }];
    expect(await messageOf(admin('/Roles/AssignSuperRights', unknown))).toMatch(/no administrative right/);
  });

  test('rule 16: nobody gives a right that they lack, by these calls either', async () => {
    const id = await store('Tempting');
    const roles = await vendorAs(world, PEOPLE.roles);
    const body = [{ Role: id, Path: '/lib/rights/systemadministrator.json' }];
    const message = await messageOf(roles('/SaasManage/AssignSuperRights', body));
    expect(message).toMatch(/not authorized.*System Administrator/);
    const join = { Name: 'sysadmin', Users: [PEOPLE.users] };
    const users = await vendorAs(world, PEOPLE.users);
    expect(await messageOf(users('/SaasManage/AddUsersAndGroupsToRole', join))).toMatch(/not authorized/);
  });

  test('DeleteRole takes a name key, DeleteRoles a bare list', async () => {
    const first = await store('One');
    expect(await resultOf(admin('/SaasManage/DeleteRole', `{"Name":"${first}"}`))).toBeNull();
    expect(await lastChange(first)).toMatchObject({ action: 'delete', name: 'One' });
    const [second, third] = [await store('Two'), await store('Three')];
    const body = `["${second}","${third}"]`;
    expect(await resultOf(admin('/SaasManage/DeleteRoles', body, { client: 'powershell' }))).toBeNull();
    for (const id of [second, third]) expect(await lastChange(id)).toMatchObject({ action: 'delete' });
    expect(await messageOf(admin('/SaasManage/DeleteRole', { Name: 'sysadmin' }))).toMatch(/built-in/);
  });

  test('changes of several administrators at once all arrive', async () => {
    const id = await store('Busy');
    const second = await vendorAs(world, PEOPLE.second, PASSWORD);
    const names = ['usermanagement', 'roleman', 'appman', 'adminportallogin', 'readonlyusermanagement'];
    const rights = names.map((name) => `/lib/rights/${name}.json`);
    await Promise.all(
      rights.map((Path, index) =>
        resultOf((index % 2 ? admin : second)('/SaasManage/AssignSuperRights', [{ Role: id, Path }])),
      ),
    );
    const held = await resultOf(admin<QueryResult>('/Core/GetAssignedAdministrativeRights', { role: id }));
    expect(held.FullCount).toBe(names.length);
  });
});
