/** Users as the vendor's clients manage them; every change also asserts its line (rule 13). */
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration, PASSWORD, PEOPLE } from '../admin/support/world.js';
import { tryPassword } from '../login/dance.js';
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

const UUID = /^[0-9a-f-]{36}$/;

describeAdministration('the vendor’s user calls', (world) => {
  let admin: Vendor;
  beforeAll(async () => {
    admin = await vendorAdmin(world);
  });

  const lastChange = async (id: string) => (await world.changes(`users/${id}`))[0];
  const create = (name: string, more: object = {}) =>
    resultOf(
      admin<string>('/CDirectoryService/CreateUser', {
        Name: name,
        Mail: name,
        DisplayName: `Made ${name}`,
        Password: PASSWORD,
        ...more,
      }),
    );

  test('CreateUser of the Terraform provider makes a confidential client and answers its id', async () => {
    const body =
      '{"DisplayName":"Vault","Mail":"vault@acme.test","Name":"vault@acme.test","OauthClient":true,' +
      `"Password":"${PASSWORD}","PasswordNeverExpire":true,"ReportsTo":"","confirmPassword":"${PASSWORD}"}`;
    const id = await resultOf(admin<string>('/CDirectoryService/CreateUser', body, { client: 'go' }));
    expect(id).toMatch(UUID);
    const change = await lastChange(id);
    expect(change).toMatchObject({ actor: ADMIN.user, action: 'create', name: 'vault@acme.test' });
    expect(change?.fields).toContainEqual({ field: 'confidentialClient', old: null, new: true });
    expect(JSON.stringify(change)).not.toContain(PASSWORD);
    const person = await tryPassword(world, 'vault@acme.test', PASSWORD);
    expect(person.envelope.Result.Summary).toBe('Failure');
  });

  test('CreateUser of the PowerShell module, with booleans as strings and stray keys, makes a person', async () => {
    const body = `{
      "Name":  "new@acme.test", "LoginName":  "new", "Mail":  "new@acme.test", "DisplayName":  "New Person",
      "Password":  "${PASSWORD}", "confirmPassword":  "${PASSWORD}", "PasswordNeverExpire":  "False",
      "ForcePasswordChangeNext":  "False", "InEverybodyRole":  "True", "InSysAdminRole":  "False",
      "OauthClient":  "false", "SendEmailInvite":  "False", "Description":  "", "OfficeNumber":  "",
      "fileName":  "", "ID":  "", "state":  "None", "jsutil-checkbox-2598-inputEl": false, "": null
    }`;
    const how = { client: 'powershell' } as const;
    const id = await resultOf(admin<string>('/CDirectoryService/CreateUser', body, how));
    expect(id).toMatch(UUID);
    const signedIn = await tryPassword(world, 'new@acme.test', PASSWORD);
    expect(signedIn.envelope.Result).toMatchObject({ Summary: 'LoginSuccess', UserId: id });
  });

  test.each([
    ['a foreign suffix', { Name: 'x@elsewhere.test' }, /must end in @/],
    ['a taken name', { Name: PEOPLE.plain }, /is taken/],
    ['a password that everybody tries', { Password: 'password123' }, /everybody tries/],
    ['two different passwords', { confirmPassword: 'another' }, /confirmPassword/],
    ['no mail address', { Mail: undefined }, /email: is required/],
    ['a place among the administrators', { InSysAdminRole: 'true' }, /InSysAdminRole/],
    ['an unknown state', { state: 'Asleep' }, /state/],
  ])('CreateUser with %s fails with the reason, and makes nobody', async (_title, fault, reason) => {
    const good = { Name: 'odd@acme.test', Mail: 'odd@acme.test', DisplayName: 'Odd', Password: PASSWORD };
    const message = await messageOf(admin('/CDirectoryService/CreateUser', { ...good, ...fault }));
    expect(message).toMatch(reason);
    expect(await messageOf(admin('/CDirectoryService/GetUserByName', { username: good.Name }))).toMatch(
      /not found/,
    );
  });

  test('ChangeUser writes the fields present alone, and null comes back', async () => {
    const id = await create('change@acme.test');
    const body =
      `{"LoginName":"change","Mail":"other@acme.test","DisplayName":"Made change@acme.test","CloudState":false,` +
      `"OauthClient":false,"fileName":"","ID":"${id}","state":"None","Name":"change@acme.test","Password":"undefined"}`;
    expect(await resultOf(admin('/CDirectoryService/ChangeUser', body))).toBeNull();
    expect((await lastChange(id))?.fields).toEqual([
      { field: 'email', old: 'change@acme.test', new: 'other@acme.test' },
    ]);
    const signedIn = await tryPassword(world, 'change@acme.test', PASSWORD);
    expect(signedIn.envelope.Result.Summary).toBe('LoginSuccess');
  });

  test('InviteUsers mails each user, by id or name, and puts them into the role; without mail it says so', async () => {
    const id = await create('invited@acme.test');
    const invite = (body: object) => admin('/UserMgmt/InviteUsers', body);
    const entities = [{ Type: 'User', Guid: id, Name: 'invited@acme.test' }];
    expect(await messageOf(invite({ EmailInvite: true, Entities: entities }))).toMatch(/mail/);
    expect(await messageOf(invite({ EmailInvite: false, Entities: entities }))).toMatch(/EmailInvite/);
    expect(await messageOf(invite({ EmailInvite: true, Entities: [{}] }))).toMatch(/Entities/);
    expect(await messageOf(invite({ Role: 'nobody knows', Entities: [id] }))).toMatch(/not found/i);
  });

  test('MobileNumber is the telephone number of the profile, and an empty one takes it away', async () => {
    const id = await create('phone@acme.test', { MobileNumber: '+44 20 7946 0000' });
    const read = async () =>
      resultOf(admin<Record<string, unknown>>('/CDirectoryService/GetUser', { ID: id }));
    expect((await read()).MobileNumber).toBe('+44 20 7946 0000');
    await resultOf(admin('/CDirectoryService/ChangeUser', { ID: id, DisplayName: 'With a phone' }));
    expect((await read()).MobileNumber).toBe('+44 20 7946 0000');
    await resultOf(admin('/CDirectoryService/ChangeUser', { ID: id, MobileNumber: '' }));
    expect(await read()).not.toHaveProperty('MobileNumber');
  });

  test('ChangeUser with a password sets it', async () => {
    const id = await create('change2@acme.test');
    const next = 'another long sentence';
    await resultOf(admin('/CDirectoryService/ChangeUser', { ID: id, Password: next }));
    const signedIn = await tryPassword(world, 'change2@acme.test', next);
    expect(signedIn.envelope.Result.Summary).toBe('LoginSuccess');
    expect((await lastChange(id))?.fields.map(({ field }) => field)).toContain('password');
  });

  test('ForcePasswordChangeNext alone has the password changed at the next sign-in, and tells so', async () => {
    const id = await create('force@acme.test');
    const told = async () =>
      (await resultOf(admin<Record<string, unknown>>('/UserMgmt/GetUserAttributes', { ID: id })))
        .ForcePasswordChangeNext;
    const change = (value: unknown) =>
      resultOf(admin('/CDirectoryService/ChangeUser', { ID: id, ForcePasswordChangeNext: value }));
    await change('True');
    expect(await told()).toBe('True');
    expect((await tryPassword(world, 'force@acme.test', PASSWORD)).envelope.Result.Summary).toBe(
      'NewPackage',
    );
    await resultOf(admin('/CDirectoryService/ChangeUser', { ID: id, DisplayName: 'Still forced' }));
    expect(await told()).toBe('True');
    await change(false);
    expect(await told()).toBe('False');
  });

  test('telephone numbers and whom a user reports to are kept, answered and taken away', async () => {
    const numbers = { MobileNumber: '+49 1', OfficeNumber: '+49 2', HomeNumber: '+49 3', ReportsTo: 'Grace' };
    const id = await create('numbers@acme.test', numbers);
    const told = () => resultOf(admin<Record<string, unknown>>('/UserMgmt/GetUserAttributes', { ID: id }));
    expect(await told()).toMatchObject(numbers);
    const { OfficeNumber: _, ...others } = numbers;
    await resultOf(admin('/CDirectoryService/ChangeUser', { ID: id, OfficeNumber: '' }));
    expect(await told()).toMatchObject(others);
    expect(await told()).not.toHaveProperty('OfficeNumber');
  });

  test('GetUser refuses an ID that is no text, rather than answer the caller', async () => {
    expect(await messageOf(admin('/CDirectoryService/GetUser', { ID: ['somebody'] }))).toMatch(
      /^ID: is no text/,
    );
  });

  test('SetUserState locks a user out and lets them in again', async () => {
    const id = await create('state@acme.test');
    const attempt = async () =>
      (await tryPassword(world, 'state@acme.test', PASSWORD)).envelope.Result.Summary;
    const how = { client: 'dotnet' } as const;
    expect(
      await resultOf(admin('/cdirectoryservice/setuserstate', { ID: id, state: 'Locked' }, how)),
    ).toBeNull();
    expect((await lastChange(id))?.fields).toContainEqual({ field: 'enabled', old: true, new: false });
    expect(await attempt()).toBe('Failure');
    await resultOf(admin('/cdirectoryservice/setuserstate', { ID: id, state: 'None' }, how));
    expect(await attempt()).toBe('LoginSuccess');
  });

  test('GetUserAttributes answers the types that clients assert, and no blanks', async () => {
    const id = await create('read@acme.test', { ForcePasswordChangeNext: true, Description: '' });
    const user = await resultOf(
      admin<Record<string, unknown>>('/UserMgmt/GetUserAttributes', `{"ID":"${id}"}`),
    );
    expect(user).toMatchObject({
      Uuid: id,
      Name: 'read@acme.test',
      Mail: 'read@acme.test',
      DisplayName: 'Made read@acme.test',
      Alias: 'acme.test',
      State: 'None',
      OauthClient: false,
      InEverybodyRole: true,
      ForcePasswordChangeNext: 'True',
      LastPasswordChangeDate: '/Date(-62135596800000)/',
      CreateDate: expect.stringMatching(/^\/Date\(\d{13}\)\/$/),
    });
    expect(user).not.toHaveProperty('Description');
    expect(Object.values(user)).not.toContain(null);
  });

  test('a missing user is a failure with status 200 that says so', async () => {
    const message = await messageOf(admin('/UserMgmt/GetUserAttributes', { ID: 'nobody' }));
    expect(message).toMatch(/not found/);
  });

  test('GetUser by GET, in any case and with a trailing slash, is the caller; others need the right', async () => {
    const plain = await vendorAs(world, PEOPLE.plain);
    const how = { method: 'GET', client: 'java' } as const;
    for (const path of ['/CDirectoryService/GetUser', '/cdirectoryservice/getuser/']) {
      const own = await resultOf(plain<{ Name: string; Uuid: string }>(path, null, how));
      expect(own.Name).toBe(PEOPLE.plain);
      const byId = await resultOf(plain<{ Uuid: string }>(`/UserMgmt/GetUserInfo?ID=${own.Uuid}`, null));
      expect(byId.Uuid).toBe(own.Uuid);
    }
    const other = await world.idOf('users', PEOPLE.second);
    const message = await messageOf(plain('/CDirectoryService/GetUser', `{"ID":"${other}"}`));
    expect(message).toMatch(/not authorized.*Read Only User Management/);
  });

  test('GetUsers pages through everybody', async () => {
    const body = (page: number) => ({ Args: { PageNumber: page, PageSize: 4, Limit: 4, SortBy: 'Name' } });
    const first = await resultOf(admin<QueryResult>('/CDirectoryService/GetUsers', body(1)));
    const second = await resultOf(admin<QueryResult>('/CDirectoryService/GetUsers', body(2)));
    expect(first.FullCount).toBeGreaterThan(8);
    const names = [...rowsOf(first), ...rowsOf(second)].map(({ Name }) => Name);
    expect(new Set(names).size).toBe(8);
  });

  test('ResetUserPassword sets the password and voids the sessions', async () => {
    const id = await create('reset@acme.test');
    const before = await vendorAs(world, 'reset@acme.test');
    const next = 'another long sentence';
    const body = `{"ID":"${id}","newPassword":"${next}"}`;
    expect(await resultOf(admin('/UserMgmt/ResetUserPassword', body))).toBeNull();
    await before('/Security/Whoami', null, { status: 401 });
    expect((await tryPassword(world, 'reset@acme.test', next)).envelope.Result.Summary).toBe('LoginSuccess');
    const { LastPasswordChangeDate, CreateDate } = await resultOf(
      admin<Record<string, string>>('/UserMgmt/GetUserAttributes', { ID: id }),
    );
    const millisecondsOf = (date = '') => Number(/-?\d+/.exec(date)?.[0]);
    expect(millisecondsOf(LastPasswordChangeDate)).toBeGreaterThanOrEqual(millisecondsOf(CreateDate));
    expect(JSON.stringify(await lastChange(id))).not.toContain(next);
  });

  test.each([
    ['/UserMgmt/RemoveUser', (id: string) => ({ ID: id }), 'go'],
    ['/CDirectoryService/DeleteUser', (id: string) => ({ ID: id }), 'idsec'],
    ['/UserMgmt/RemoveUsers', (id: string) => ({ Users: [id] }), 'idsec'],
    ['/UserMgmt/RemoveUsers', (id: string) => ({ Users: [[id]] }), 'ark'],
  ] as const)('%s removes the user (%#)', async (path, body, client) => {
    const id = await create('gone@acme.test');
    expect(await resultOf(admin(path, body(id), { client }))).toBeNull();
    expect(await lastChange(id)).toMatchObject({ action: 'delete', actor: ADMIN.user });
    expect(await messageOf(admin(path, body(id), { client }))).toMatch(/not found/);
  });
});
