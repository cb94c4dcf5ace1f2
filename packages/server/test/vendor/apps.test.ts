/** Apps as the vendor's clients manage them, the merge rule above all; every change asserts its line (rule 13). */
import type { App } from '@sallyport/contract';
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

type Document = Record<string, unknown> & { OAuthProfile: Record<string, unknown> };

describeAdministration('the vendor’s app calls', (world) => {
  let admin: Vendor;
  let made = 0;
  beforeAll(async () => {
    admin = await vendorAdmin(world);
  });

  const read = (key: string) =>
    resultOf(admin<Document>('/SaasManage/GetApplication', `{"_RowKey":"${key}"}`));
  const update = (key: string, body: object) =>
    admin('/SaasManage/UpdateApplicationDE', { _RowKey: key, ...body });
  const own = async (applicationId: string) => (await world.admin<App>('GET', `/apps/${applicationId}`)).body;
  const lastChange = async (id: string) => (await world.changes(`apps/${id}`))[0];

  async function imported(): Promise<string> {
    const body = '{"ID":["OAuth2ServerClient"]}';
    const [first] = await resultOf(
      admin<{ _RowKey: string; success: boolean }[]>('/SaasManage/ImportAppFromTemplate', body),
    );
    expect(first).toMatchObject({ success: true });
    return first?._RowKey ?? '';
  }

  /** An app with everything set, by the bytes the Terraform provider sends. */
  async function terraformed(): Promise<{ key: string; applicationId: string }> {
    const key = await imported();
    const applicationId = `tf${++made}`;
    const body =
      '{"Description":"From Terraform","Name":"Terraform app","OAuthProfile":{' +
      '"AllowPublic":false,"AllowRefresh":true,"AllowScopeSelect":true,' +
      '"AllowedAuth":"AuthorizationCode,ClientCreds,ResourceCreds","ClientIDType":1,"Confirm":true,' +
      '"KnownScopes":[{"AllowedRest":[".*"],"Description":"All","Scope":"all"},' +
      '{"AllowedRest":["security/whoami","/RedRock/query"],"Scope":"narrow"}],' +
      '"MustBeOauthClient":true,"Redirects":["https://rp.test/cb"],"RefreshLifetimeString":"365.00:00:00",' +
      '"TargetIsUs":true,"TokenLifetimeString":"8:00:00","TokenType":"JwtRS256"},' +
      `"PolicyScript":"","ServiceName":"${applicationId}","TemplateName":"OAuth2ServerClient",` +
      `"UserMapScript":"","WorkflowEnabled":false,"_RowKey":"${key}"}`;
    expect(await resultOf(admin('/SaasManage/UpdateApplicationDE', body))).toEqual({ State: 0 });
    return { key, applicationId };
  }

  test('ImportAppFromTemplate answers a list whose first item has the row key', async () => {
    const key = await imported();
    const app = await read(key);
    expect(app).toMatchObject({ _RowKey: key, TemplateName: 'OAuth2ServerClient', State: 'Active' });
    const change = await lastChange(String(app.ServiceName));
    expect(change).toMatchObject({ action: 'create', actor: ADMIN.user });
    const unknown = { ID: ['SAML'] };
    expect(await messageOf(admin('/SaasManage/ImportAppFromTemplate', unknown))).toMatch(/no template/);
  });

  test('UpdateApplicationDE of the Terraform provider configures every page, and GetApplication reads it back', async () => {
    const { key, applicationId } = await terraformed();
    expect(await own(applicationId)).toMatchObject({
      name: 'Terraform app',
      description: 'From Terraform',
      generalUsage: {
        clientIdType: 'confidential',
        mustBeOAuthClient: true,
        redirects: ['https://rp.test/cb'],
        issuer: 'default',
      },
      tokens: {
        type: 'JwtRS256',
        authMethods: ['authCode', 'clientCreds', 'resourceOwner'],
        lifetime: '8h',
        issueRefreshTokens: true,
        refreshTokenLifetime: '365d',
      },
      scope: {
        userMustConfirm: true,
        allowScopeSelection: true,
        definitions: [
          { name: 'all', description: 'All', restRegex: ['.*'] },
          { name: 'narrow', description: '', restRegex: ['security/whoami', '/RedRock/query'] },
        ],
      },
    });
    const document = await read(key);
    expect(document).toMatchObject({
      _RowKey: key,
      Name: 'Terraform app',
      DisplayName: 'Terraform app',
      ServiceName: applicationId,
      AppType: 'Web',
      WebAppType: 'OAuth',
      OAuthProfile: {
        TargetIsUs: true,
        ClientIDType: 1,
        AllowPublic: false,
        AllowedClients: [],
        MustBeOauthClient: true,
        Issuer: `${world.url}/${applicationId}/`,
        Redirects: ['https://rp.test/cb'],
        TokenType: 'JwtRS256',
        AllowedAuth: 'AuthorizationCode,ClientCreds,ResourceCreds',
        TokenLifetimeString: '0.08:00:00',
        AllowRefresh: true,
        RefreshLifetimeString: '365.00:00:00',
        Confirm: true,
        AllowScopeSelect: true,
        KnownScopes: [
          { Scope: 'all', Description: 'All', AllowedRest: ['.*'] },
          { Scope: 'narrow', AllowedRest: ['security/whoami', '/RedRock/query'] },
        ],
      },
    });
    expectNoBlanks([document, document.OAuthProfile]);
    const change = await lastChange(applicationId);
    expect(change).toMatchObject({ actor: ADMIN.user, action: 'update' });
    expect(change?.fields).toContainEqual({ field: 'tokens.lifetime', old: '5h', new: '8h' });
  });

  test('without OAuthProfile, an update leaves the profile as it is', async () => {
    const { key, applicationId } = await terraformed();
    const { OAuthProfile: before } = await read(key);
    await resultOf(update(key, { Name: 'Renamed' }));
    const after = await read(key);
    expect(after).toMatchObject({ Name: 'Renamed', Description: 'From Terraform' });
    expect(after.OAuthProfile).toEqual(before);
    expect((await lastChange(applicationId))?.fields.map(({ field }) => field)).toEqual(['name']);
  });

  test('a flag or list that OAuthProfile leaves out is false or empty; what has no such value stays', async () => {
    const { key } = await terraformed();
    const profile = { ClientIDType: 1, TargetIsUs: true, AllowedAuth: 'ClientCreds' };
    await resultOf(update(key, { OAuthProfile: profile }));
    expect((await read(key)).OAuthProfile).toMatchObject({
      AllowRefresh: false,
      Confirm: false,
      AllowScopeSelect: false,
      MustBeOauthClient: false,
      Redirects: [],
      KnownScopes: [],
      AllowedAuth: 'ClientCreds',
      TokenType: 'JwtRS256',
      TokenLifetimeString: '0.08:00:00',
      RefreshLifetimeString: '365.00:00:00',
    });
  });

  test('what the vendor has no word for survives its updates', async () => {
    const { key, applicationId } = await terraformed();
    const app = await own(applicationId);
    const { id: _, createdAt: __, version: ___, logo: ____, ...input } = app;
    const [all, narrow] = app.scope.definitions;
    const changed = {
      ...input,
      generalUsage: { ...app.generalUsage, admitOldClients: true },
      tokens: { ...app.tokens, codeLifetime: '30s' },
      scope: { ...app.scope, definitions: [all, { ...narrow, default: true }] },
    };
    expect((await world.admin('PUT', `/apps/${applicationId}`, changed, { 'if-match': '*' })).status).toBe(
      200,
    );
    const { OAuthProfile } = await read(key);
    await resultOf(update(key, { OAuthProfile }));
    expect(await own(applicationId)).toMatchObject({
      generalUsage: { admitOldClients: true },
      tokens: { codeLifetime: '30s' },
      scope: {
        definitions: [
          { name: 'all', default: false },
          { name: 'narrow', default: true },
        ],
      },
    });
  });

  test('ClientIDType 0 is a list when it names clients, and anything when it names none', async () => {
    const { key, applicationId } = await terraformed();
    const profile = { ClientIDType: 0, AllowPublic: true, AllowedClients: ['cli', 'web'] };
    await resultOf(update(key, { OAuthProfile: profile }));
    expect((await own(applicationId)).generalUsage).toMatchObject({
      clientIdType: 'list',
      allowedClients: ['cli', 'web'],
    });
    await resultOf(update(key, { OAuthProfile: { AllowPublic: true } }));
    // What the profile left out says nothing under this type, and must not weaken the next confidential one.
    expect((await own(applicationId)).generalUsage).toMatchObject({
      clientIdType: 'anything',
      mustBeOAuthClient: true,
    });
    expect((await read(key)).OAuthProfile).toMatchObject({ ClientIDType: 0, AllowPublic: true });
  });

  test('a profile read is a profile to write: nothing changes, also under a new Application ID', async () => {
    const { key, applicationId } = await terraformed();
    const { OAuthProfile } = await read(key);
    await resultOf(update(key, { OAuthProfile }));
    const { version } = await own(applicationId);
    await resultOf(update(key, { OAuthProfile, ServiceName: `${applicationId}-moved` }));
    const moved = await own(`${applicationId}-moved`);
    expect(moved.version).toBe(version + 1);
    expect(moved.generalUsage.issuer).toBe('default');
  });

  test('the row key may stand in the query, with settings that have no place here', async () => {
    const { key } = await terraformed();
    const body = '{"UserNameStrategy":"Fixed","UserNameArg":"x","Password":"not kept anywhere"}';
    const path = `/saasmanage/updateapplicationde?_RowKey=${key}`;
    expect(await resultOf(admin(path, body, { client: 'dotnet' }))).toEqual({ State: 0 });
    expect(JSON.stringify(await read(key))).not.toContain('not kept');
  });

  test.each([
    [{ OAuthProfile: { AllowedAuth: 'Magic' } }, /AllowedAuth.*AuthorizationCode/],
    [{ OAuthProfile: { TokenLifetimeString: '5 hours' } }, /TokenLifetimeString.*d\.hh:mm:ss/],
    [{ OAuthProfile: { TokenLifetimeString: '1:99:00' } }, /TokenLifetimeString.*d\.hh:mm:ss/],
    [{ OAuthProfile: { TokenLifetimeString: '99999.00:00:01' } }, /TokenLifetimeString.*too long/],
    [{ OAuthProfile: { ClientIDType: 7 } }, /ClientIDType/],
    [{ OAuthProfile: { Redirects: ['javascript:alert(1)'] } }, /redirects/],
    [{ OAuthProfile: { KnownScopes: [{ Scope: 'x', AllowedRest: ['(a)\\1'] }] } }, /restRegex/],
    [{ ServiceName: 'no spaces please' }, /applicationId/],
    [{ ServiceName: 'tool' }, /is taken/],
    [
      { Script: "// ok\nsetClaim('Team', LoginUser.Get('shoesize'));" },
      /line 2.*no "shoesize"; there are loginName/,
    ],
    [{ Script: "setClaim('Team', LoginUser.Get('mail'))" }, /belongs to the template OAuth2Server/],
    [{ Script: "setClaim('a', LoginUser.Get('mail')); process.exit()" }, /line 1.*no code is run/],
    [{ Script: 'require("fs").rmSync("/")' }, /line 1.*no code is run/],
    [{ OpenIDConnectScript: 'while(true){}' }, /line 1/],
  ])('a refused update says why and changes nothing: %j', async (fault, reason) => {
    const { key, applicationId } = await terraformed();
    const { version } = await own(applicationId);
    expect(await messageOf(update(key, fault))).toMatch(reason);
    expect((await own(applicationId)).version).toBe(version);
  });

  test('a script of comments and blank lines is no script', async () => {
    const { key } = await terraformed();
    await resultOf(update(key, { Script: '// nothing here\n\n' }));
    expect(await resultOf(admin('/SaasManage/ResetAppScript', { _RowKey: key }))).toBeNull();
  });

  test('a script of setClaim lines becomes mappings, reads back as a script, and is never run', async () => {
    const body = '{"ID":["OAuth2Server"]}';
    const [first] = await resultOf(admin<{ _RowKey: string }[]>('/SaasManage/ImportAppFromTemplate', body));
    const key = first?._RowKey ?? '';
    const ServiceName = `server${++made}`;
    const profile = {
      TargetIsUs: false,
      Audience: `https://${ServiceName}.test/`,
      AllowedAuth: 'ClientCreds',
    };
    const Script =
      "// the provider's example\r\nsetClaim('Mail', LoginUser.Get('mail'));\r\n\r\nsetClaim( \"Who\", LoginUser.Get(\"Name\") )";
    await resultOf(update(key, { ServiceName, OAuthProfile: profile, Script }));
    expect((await own(ServiceName)).tokens.claims).toEqual([
      { name: 'Mail', from: 'email' },
      { name: 'Who', from: 'loginName' },
    ]);
    const { OpenIDConnectScript } = await read(key);
    expect(OpenIDConnectScript).toBe(
      "setClaim('Mail', LoginUser.Get('email'));\nsetClaim('Who', LoginUser.Get('loginName'));",
    );
    const { version } = await own(ServiceName);
    await resultOf(update(key, { OpenIDConnectScript }));
    await resultOf(update(key, { Name: 'Renamed' }));
    expect((await own(ServiceName)).tokens.claims).toHaveLength(2);
    expect((await own(ServiceName)).version, 'one change, of the name').toBe(version + 1);
    await resultOf(admin('/SaasManage/ResetAppScript', { _RowKey: key }));
    expect((await own(ServiceName)).tokens.claims).toEqual([]);
  });

  test('a claim tells the department, as in the example of the provider', async () => {
    const body = '{"ID":["OAuth2Server"]}';
    const [first] = await resultOf(admin<{ _RowKey: string }[]>('/SaasManage/ImportAppFromTemplate', body));
    const Script = "setClaim('Department', LoginUser.Get('department'));";
    await resultOf(update(first?._RowKey ?? '', { Script }));
    expect((await read(first?._RowKey ?? '')).OpenIDConnectScript).toBe(Script);
  });

  test('fields of pages that are not here are kept and answered, over other changes too', async () => {
    const { key, applicationId } = await terraformed();
    const fields = {
      DefaultAuthProfile: '-1',
      AuthRules: { Enabled: false, _UniqueKey: 'Condition', _Type: 'RowSet', _Value: [] },
      ...{ UserNameStrategy: 'ADAttribute', UserNameArg: 'userprincipalname', UserMapScript: 'x' },
      ...{ WorkflowEnabled: false, WorkflowSettings: '{}' },
    };
    await resultOf(update(key, fields));
    await resultOf(update(key, { Name: 'Another name', UserNameArg: 'mail' }));
    expect(await read(key)).toMatchObject({ ...fields, UserNameArg: 'mail' });
    const { version } = await own(applicationId);
    await resultOf(update(key, { WorkflowEnabled: false }));
    expect((await own(applicationId)).version).toBe(version);
    const tooLong = await messageOf(update(key, { UserMapScript: 'x'.repeat(40_000) }));
    expect(tooLong).toMatch(/vendorFields: is too long/);
  });

  test('fields that are kept may not nest without end, nor stand for the prototype', async () => {
    const { key } = await terraformed();
    const nesting = (depth: number) =>
      `{"_RowKey":"${key}","AuthRules":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const refused = await messageOf(admin('/SaasManage/UpdateApplicationDE', nesting(30)));
    expect(refused).toMatch(/vendorFields: nests too deep/);
    for (const depth of [200, 5_000, 200_000])
      await admin('/SaasManage/UpdateApplicationDE', nesting(depth), { status: 400 });
    const polluted = `{"_RowKey":"${key}","AuthRules":{"__proto__":{"Enabled":true},"Kept":1}}`;
    await resultOf(admin('/SaasManage/UpdateApplicationDE', polluted));
    expect((await read(key)).AuthRules).toMatchObject({ Kept: 1 });
    expect(({} as { Enabled?: boolean }).Enabled).toBeUndefined();
  });

  test('GetAppIDByServiceName answers the row key as a string', async () => {
    const { key, applicationId } = await terraformed();
    const body = `{"Name":"${applicationId}"}`;
    expect(await resultOf(admin('/SaasManage/GetAppIDByServiceName', body, { client: 'idsec' }))).toBe(key);
    const path = `/saasmanage/getappidbyservicename?name=${applicationId}`;
    expect(await resultOf(admin(path, null, { method: 'GET' }))).toBe(key);
    expect(await messageOf(admin('/SaasManage/GetAppIDByServiceName', { Name: 'nothing' }))).toMatch(
      /not found/,
    );
  });

  test('DeleteApplication answers a list; then the app is not found, in the words Terraform looks for', async () => {
    const { key, applicationId } = await terraformed();
    const body = `{"_RowKey":["${key}"]}`;
    const removed = await resultOf(admin('/SaasManage/DeleteApplication', body));
    expect(removed).toEqual([{ _RowKey: key, success: true }]);
    expect(await lastChange(applicationId)).toMatchObject({ action: 'delete', actor: ADMIN.user });
    const message = await messageOf(admin('/SaasManage/GetApplication', { _RowKey: key }));
    expect(message).toMatch(/not found/);
    expect(message).toMatch(/not exist/);
  });

  test('templates are listed with every column clients cast to a string', async () => {
    const body =
      '{"Args":{"FilterBy":["DisplayName","Name","WebAppType"],"FilterValue":"oauth2","Limit":1,"PageNumber":1,"PageSize":1}}';
    const paged = await resultOf(
      admin<{ AppTemplates: QueryResult }>('/SaasManage/GetPaginatedTemplates', body, { client: 'idsec' }),
    );
    const custom = await resultOf(admin<QueryResult>('/SaasManage/GetCustomWebAppTemplates'));
    for (const row of [...rowsOf(paged.AppTemplates), ...rowsOf(custom)])
      for (const column of [
        ...['ID', 'Name', 'DisplayName', 'AppTypeDisplayName', 'Description', 'AppType'],
        'WebAppTypeDisplayName',
      ])
        expect(row[column]).toEqual(expect.stringMatching(/./));
    expect(rowsOf(paged.AppTemplates)).toMatchObject([{ ID: 'OAuth2ServerClient' }]);
    expect(rowsOf(custom)).toMatchObject([{ ID: 'OAuth2ServerClient' }, { ID: 'OAuth2Server' }]);
    const { Categories } = await resultOf(admin<{ Categories: string[] }>('/SaasManage/GetCategories'));
    expect(Categories.length).toBeGreaterThan(0);
  });

  test('GetUPData shows the apps of the caller alone, and never their description', async () => {
    const plain = await vendorAs(world, PEOPLE.plain);
    for (const [path, body] of [
      ['/UPRest/GetUPData', '{"force":false}'],
      [`/uprest/getupdata?force=true&username=${PEOPLE.plain}`, null],
    ] as const) {
      const { Apps } = await resultOf(plain<{ Apps: Record<string, string>[] }>(path, body));
      expect(Apps).toMatchObject([{ Name: 'Tool', DisplayName: 'Tool', AppKey: expect.stringMatching(/-/) }]);
      expect(Apps[0]).not.toHaveProperty('Description');
    }
    const users = await vendorAs(world, PEOPLE.users);
    expect((await resultOf(users<{ Apps: [] }>('/UPRest/GetUPData', ''))).Apps).toEqual([]);
    const foreign = admin(`/UPRest/GetUPData?username=${PEOPLE.plain}`, null);
    expect(await messageOf(foreign)).toMatch(/not authorized/);
  });

  test('HandleAppClick answers a page for an app of the caller, and the envelope for any other', async () => {
    const plain = await vendorAs(world, PEOPLE.plain);
    const { Apps } = await resultOf(plain<{ Apps: { AppKey: string }[] }>('/UPRest/GetUPData', '{}'));
    const { envelope } = await tryPassword(world, PEOPLE.plain, PASSWORD);
    const authorization = `Bearer ${envelope.Result.Auth}`;
    const page = await world.fetch(`/UPRest/HandleAppClick?appkey=${Apps[0]?.AppKey}`, {
      headers: { authorization },
    });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await page.text()).toContain('<h1>Tool</h1>');
    expect(await messageOf(plain('/UPRest/HandleAppClick?appkey=none', '{}'))).toMatch(/not found/);
  });
});
