/** User Access by the vendor's grants: who is listed may run the app, and nobody else. protocol 7.4 */
import { beforeAll, expect, test } from 'vitest';
import { describeAdministration, PASSWORD, PEOPLE } from '../admin/support/world.js';
import { ADMIN } from '../support/server.js';
import { messageOf, resultOf, type Vendor, vendorAdmin } from './support.js';

interface Ace {
  Principal: string;
  PrincipalName: string;
  PrincipalType: string;
  Grant: number;
}

describeAdministration('the vendor’s permission calls', (world) => {
  let admin: Vendor;
  let key: string;
  let developers: string;
  beforeAll(async () => {
    admin = await vendorAdmin(world);
    key = await resultOf(admin<string>('/SaasManage/GetAppIDByServiceName', { Name: 'tool' }));
    developers = await world.idOf('roles', 'Developers');
  });

  const grant = (rights: string, more: object = {}) =>
    admin('/SaasManage/SetApplicationPermissions', {
      ID: key,
      PVID: key,
      RowKey: key,
      Grants: [{ Principal: 'Developers', PType: 'Role', PrincipalId: developers, Rights: rights, ...more }],
    });
  const aces = () =>
    resultOf(
      admin<Ace[]>('/Acl/GetRowAces', `{"ReduceSysadmin":true,"RowKey":"${key}","Table":"Application"}`, {
        client: 'idsec',
      }),
    );
  const mayGetToken = async () => {
    const fields = { grant_type: 'password', client_id: 'cli', username: PEOPLE.plain, password: PASSWORD };
    return (await world.form('/oauth2/token/tool', { ...fields, scope: 'all' })).status === 200;
  };
  const lastFields = async () => (await world.changes('apps/tool'))[0];

  test('GetRowAces reads View and Run as bits, in a list', async () => {
    expect(await aces()).toEqual([
      { Principal: developers, PrincipalName: 'Developers', PrincipalType: 'Role', Type: 'Role', Grant: 132 },
    ]);
    const whole = await resultOf(admin<Ace[]>('/Acl/GetRowAces', { RowKey: key, Table: 'Application' }));
    expect(whole[0]).toMatchObject({ Principal: 'sysadmin', Grant: 253 });
    expect(await messageOf(admin('/Acl/GetRowAces', { RowKey: key, Table: 'Server' }))).toMatch(/Table/);
  });

  test('None takes a role out and Execute lets it in again, at once and with a line', async () => {
    expect(await mayGetToken()).toBe(true);
    expect(await resultOf(grant('None'))).toBeNull();
    expect(await aces()).toEqual([]);
    expect(await mayGetToken()).toBe(false);
    expect(await lastFields()).toMatchObject({
      actor: ADMIN.user,
      fields: [{ field: 'userAccess.roles', old: [developers], new: [] }],
    });
    expect(await resultOf(grant('Grant,View,Execute'))).toBeNull();
    expect(await mayGetToken()).toBe(true);
  });

  test('Automatic runs the app as well, View alone does not', async () => {
    await resultOf(grant('View'));
    expect(await mayGetToken()).toBe(false);
    await resultOf(grant('View,Automatic'));
    expect(await mayGetToken()).toBe(true);
  });

  test('roles that the call does not name stay', async () => {
    await resultOf(grant('View,Execute', { Principal: 'Everybody', PrincipalId: 'everybody' }));
    expect((await aces()).map(({ PrincipalName }) => PrincipalName).sort()).toEqual([
      'Developers',
      'Everybody',
    ]);
    await resultOf(grant('None', { Principal: 'Everybody', PrincipalId: '' }));
    expect((await aces()).map(({ PrincipalName }) => PrincipalName)).toEqual(['Developers']);
  });

  test('a user or group is refused with what to do instead, and taking one out is no failure', async () => {
    const user = { Principal: PEOPLE.plain, PType: 'User', PrincipalId: 'x' };
    expect(await messageOf(grant('View,Execute', user))).toMatch(/a role that plain@acme.test is in/);
    expect(await resultOf(grant('None', user))).toBeNull();
    expect(await messageOf(grant('Fly'))).toMatch(/"fly" is no right/);
    expect(await messageOf(grant('Execute', { Principal: 'Nobody', PrincipalId: '' }))).toMatch(/not found/);
    expect(await aces()).toHaveLength(1);
  });
});
