/** Each of the vendor's clients, byte for byte as it writes its calls, titled by the client and the trap it fell into. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN, createTestServer, type TestServer } from '../support/server.js';
import { cookieIn, expectReadable, send, type WireAnswer } from './wire.js';

const ADA = { name: 'ada@acme.test', password: 'a difference engine' };
const CLIENT = { name: 'client@acme.test', password: 'quarterly figures: 1843' };
const FORM = 'Content-Type: application/x-www-form-urlencoded';

const Mechanism = z.looseObject({ Name: z.string(), MechanismId: z.string() });
const Result = z.looseObject({
  SessionId: z.string().optional(),
  Summary: z.string().optional(),
  Auth: z.string().optional(),
  Challenges: z.array(z.object({ Mechanisms: z.array(Mechanism) })).default([]),
});
const Envelope = z.looseObject({ success: z.boolean(), Result: z.unknown(), Message: z.string().nullable() });
const Token = z.looseObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
});

describe('a client of the vendor’s', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await createTestServer();
    const redirects = [`${server.url}/sysinfo/dummy`, 'https://cyberark.cloud/redirect'];
    const app = {
      generalUsage: { redirects, admitOldClients: true },
      tokens: {
        authMethods: ['authCode', 'implicit', 'clientCreds', 'resourceOwner'],
        issueRefreshTokens: true,
      },
      scope: {
        definitions: [
          { name: 'all', restRegex: ['.*'] },
          { name: 'siem', restRegex: ['Redrock/query.*'] },
        ],
      },
      userAccess: { roles: ['Developers'] },
    };
    await server.apply({
      tenant: { loginSuffixes: ['acme.test'] },
      users: [
        { loginName: ADA.name, email: ADA.name, displayName: 'Ada Lovelace', password: ADA.password },
        {
          ...{ loginName: CLIENT.name, email: CLIENT.name, displayName: 'Client', password: CLIENT.password },
          confidentialClient: true,
        },
      ],
      roles: [
        { name: 'Developers', members: [ADA.name, CLIENT.name] },
        { name: 'Readers', rights: ['Read Only System Administrator'], members: [CLIENT.name] },
      ],
      apps: [
        { applicationId: 'MyApp', name: 'My app', ...app },
        { applicationId: '__idaptive_cybr_user_oidc', name: 'Platform', ...app },
      ],
    });
  });
  afterAll(() => server.close());

  const basic = `Authorization: Basic ${Buffer.from(`${CLIENT.name}:${CLIENT.password}`).toString('base64')}`;

  async function envelope(
    head: string,
    body: string | null,
  ): Promise<WireAnswer & { json: z.output<typeof Envelope> }> {
    const answer = await send(server.url, head, body);
    expectReadable(answer);
    const json = Envelope.parse(JSON.parse(answer.body));
    expect(Object.keys(json), 'the nine keys in order').toEqual([
      ...['success', 'Result', 'Message', 'MessageID', 'Exception'],
      ...['ErrorID', 'ErrorCode', 'IsSoftError', 'InnerExceptions'],
    ]);
    return { ...answer, json };
  }

  /** Both authentication calls with the headers and the casing of one client. */
  async function signIn(client: { start: string; advance: string; headers: string }, more: object = {}) {
    const begin = { TenantId: null, User: ADA.name, Version: '1.0', ...more };
    const started = await envelope(`POST ${client.start} HTTP/1.1\n${client.headers}`, JSON.stringify(begin));
    const { SessionId, Challenges } = Result.parse(started.json.Result);
    const up = Challenges[0]?.Mechanisms.find(({ Name }) => Name === 'UP');
    const answer = { SessionId, MechanismId: up?.MechanismId, Action: 'Answer', Answer: ADA.password };
    const done = await envelope(`POST ${client.advance} HTTP/1.1\n${client.headers}`, JSON.stringify(answer));
    return { started, done, result: Result.parse(done.json.Result) };
  }

  const samples = {
    start: '/security/startauthentication',
    advance: '/security/advanceauthentication',
    headers: 'X-CENTRIFY-NATIVE-CLIENT: 1\nContent-Type: application/json',
  };

  async function token(head: string, body: string): Promise<z.output<typeof Token>> {
    const answer = await send(server.url, `POST ${head}`, body);
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
    expectReadable(answer);
    return Token.parse(JSON.parse(answer.body));
  }

  async function whoami(head: string, body: string | null): Promise<unknown> {
    const { status, json } = await envelope(head, body);
    expect(status).toBe(200);
    return z.looseObject({ User: z.string() }).parse(json.Result).User;
  }

  test('PSM, trap 15: authorize with a raw query and the secret in it, login, code by Basic, whoami with []', async () => {
    const redirect = `${server.url}/sysinfo/dummy`;
    const query = `debug=true&response_type=code&client_id=${CLIENT.name}&client_secret=${encodeURIComponent(CLIENT.password)}&redirect_uri=${redirect}&scope=all`;
    const first = await send(server.url, `GET /oauth2/authorize/MyApp?${query} HTTP/1.1\nAccept: text/html`);
    expect(first.status).toBe(302);
    expect(first.body).toMatch(/<title>Object moved<\/title>[\s\S]*<h2>/);
    const login = first.header('location') ?? '';
    expect(login).toMatch(/^\/login\?cloudRedirect=Oauth2%2FAuthorize%2FMyApp%3Fbounce%3D[\w-]+$/);
    expect(login).not.toContain('quarterly');
    const { done } = await signIn(samples, { PersistentLogin: false });
    const back = new URLSearchParams(login.split('?')[1]).get('cloudRedirect') ?? '';
    const cookie = `Cookie: .ASPXAUTH=${cookieIn(done)}`;
    const second = await send(server.url, `GET /${back} HTTP/1.1\nAccept: text/html\n${cookie}`);
    expect(second.status).toBe(302);
    const landed = new URL(second.header('location') ?? '');
    expect(`${landed.origin}${landed.pathname}`).toBe(redirect);
    const code = landed.searchParams.get('code');
    const { access_token, ...answer } = await token(
      `/oauth2/token/MyApp HTTP/1.1\n${basic}\n${FORM}`,
      `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(redirect)}`,
    );
    expect(answer.refresh_token).toBeTypeOf('string');
    const call = `POST /security/whoami HTTP/1.1\nX-CENTRIFY-NATIVE-CLIENT: 1\nContent-Type: application/json\nAuthorization: Bearer ${access_token}`;
    expect(await whoami(call, '[]')).toBe(ADA.name);
  });

  test('PSM, trap 14: client credentials by Basic, the id with its @ and the secret with its : as they are', async () => {
    const body = 'grant_type=client_credentials&scope=all';
    const { access_token } = await token(`/oauth2/token/MyApp HTTP/1.1\n${basic}\n${FORM}`, body);
    const call = `POST /security/whoami HTTP/1.1\nAuthorization: Bearer ${access_token}\nContent-Type: application/json`;
    expect(await whoami(call, '[]')).toBe(CLIENT.name);
  });

  test('PSM: the password of a user with the client’s own by Basic', async () => {
    const body = `grant_type=password&username=${encodeURIComponent(ADA.name)}&password=${encodeURIComponent(ADA.password)}&scope=all`;
    const { access_token } = await token(`/oauth2/token/MyApp HTTP/1.1\n${basic}\n${FORM}`, body);
    expect(await whoami(`GET /security/whoami HTTP/1.1\nAuthorization: Bearer ${access_token}`, null)).toBe(
      ADA.name,
    );
  });

  test('PSM, trap 12: a query with unquoted keys and a script of its example', async () => {
    const { result } = await signIn(samples);
    const script =
      "select NormalizedUser as User, Count(*) as Count from Event where EventType = 'Cloud.Core.Login' and WhenOccurred >= DateFunc('now','-30') group by User order by count desc";
    const { json } = await envelope(
      `POST /redrock/query HTTP/1.1\n${samples.headers}\nAuthorization: Bearer ${result.Auth}`,
      `{ Script: "${script}", Args: { PageNumber: 1, PageSize: 10000, Limit: 10000, SortBy: "", direction: "False", Caching: -1 } }`,
    );
    expect(json, 'Ada may not read events').toMatchObject({
      success: false,
      Message: expect.stringMatching(/not authorized/),
    });
  });

  test('NET, traps 1 to 3: 100-continue, a length it can read by, no PodFqdn before the end; the cookie is a bearer', async () => {
    const net = { ...samples, headers: `${samples.headers}; charset=utf-8\nExpect: 100-continue` };
    const { started, done, result } = await signIn(net);
    expect(started.json.Result).not.toHaveProperty('PodFqdn');
    expect(result.Summary).toBe('LoginSuccess');
    const call = `POST /security/whoami HTTP/1.1\n${net.headers}\nAuthorization: Bearer ${cookieIn(done)}`;
    expect(await whoami(call, '{}')).toBe(ADA.name);
    const out = await envelope(
      `POST /security/logout HTTP/1.1\n${net.headers}\nAuthorization: Bearer ${cookieIn(done)}`,
      '',
    );
    expect(out.json).toMatchObject({ success: true, Result: null });
    expect((await envelope(call, '{}')).status, 'the token is worth nothing at once').toBe(401);
  });

  test('CGO, trap 11: a call without arguments has an empty body', async () => {
    const body = 'grant_type=client_credentials&scope=all';
    const { access_token } = await token(
      `/oauth2/token/myapp HTTP/1.1\nUser-Agent: Go-http-client/1.1\n${basic}\n${FORM}\nAccept-Encoding: identity`,
      body,
    );
    const call = `POST /security/whoami HTTP/1.1\nUser-Agent: Go-http-client/1.1\nAuthorization: Bearer ${access_token}\nContent-Type: application/json\nX-Centrify-Native-Client: Yes\nX-Cfy-Src: golang`;
    expect(await whoami(call, '')).toBe(CLIENT.name);
  });

  test('CGO, traps 18 and 19: OAuth refuses with a status and a reason, a call with 200 and success false', async () => {
    const wrong = `Authorization: Basic ${Buffer.from(`${CLIENT.name}:wrong`).toString('base64')}`;
    const refused = await send(
      server.url,
      `POST /oauth2/token/MyApp HTTP/1.1\n${wrong}\n${FORM}`,
      'grant_type=client_credentials&scope=all',
    );
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.body)).toEqual({
      error: 'invalid_client',
      error_description: expect.any(String),
    });
    const { result } = await signIn(samples);
    const { status, json } = await envelope(
      `POST /SaasManage/GetApplication HTTP/1.1\nX-CENTRIFY-NATIVE-CLIENT: Yes\nAuthorization: Bearer ${result.Auth}`,
      '{"_RowKey":"nothing"}',
    );
    expect({ status, success: json.success, Result: json.Result }).toEqual({
      status: 200,
      success: false,
      Result: null,
    });
  });

  test('MGO, trap 6: the web cookie comes with LoginSuccess itself, after a TenantId in the package', async () => {
    const mgo = {
      start: '/Security/StartAuthentication',
      advance: '/Security/AdvanceAuthentication',
      headers:
        'Content-Type: application/json\nX-CENTRIFY-NATIVE-CLIENT: Yes\nUser-Agent: Go-http-client/1.1',
    };
    const { started, done } = await signIn(mgo, { TenantId: new URL(server.url).hostname });
    expect(started.json.Result).toMatchObject({
      TenantId: expect.stringMatching(/./),
      Summary: 'NewPackage',
    });
    expect(cookieIn(done)).toMatch(/^[^=;]{20,}$/);
  });

  test('PSD, traps 4 and 5: no cookie between the calls, PodFqdn at the end, whoami with ""', async () => {
    const psd = {
      start: '/Security/StartAuthentication',
      advance: '/Security/AdvanceAuthentication',
      headers:
        'X-CENTRIFY-NATIVE-CLIENT: 1\nContent-Type: application/json\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; en-US)',
    };
    const { done } = await signIn(psd, { TenantId: 'localhost' });
    expect(done.json.Result).toMatchObject({ PodFqdn: new URL(server.url).host, User: ADA.name });
    const call = `POST /Security/Whoami HTTP/1.1\n${psd.headers}\nCookie: .ASPXAUTH=${cookieIn(done)}`;
    const { json } = await envelope(call, '""');
    expect(json.Result).toMatchObject({
      TenantId: expect.stringMatching(/./),
      UserUuid: expect.stringMatching(/./),
    });
  });

  const ark = {
    start: '/Security/StartAuthentication',
    advance: '/Security/AdvanceAuthentication',
    headers:
      'Content-Type: application/json\nX-IDAP-NATIVE-CLIENT: true\nUser-Agent: Ark-SDK-Python\nOobIdPAuth: true',
  };

  test('ARK: the suffix alone finds the host', async () => {
    const body =
      '{"TenantId": "", "User": "@acme.test", "PlatformTokenResponse": true, "MfaRequestor": "DeviceAgent", "Version": "1.0"}';
    const { json } = await envelope(`POST ${ark.start} HTTP/1.1\n${ark.headers}`, body);
    expect(json).toMatchObject({ success: true, Result: { PodFqdn: new URL(server.url).host } });
  });

  test('ARK and IDS, traps 8 to 10: PlatformTokenResponse yields a JWT that the API takes until the session ends', async () => {
    const { started, done, result } = await signIn(ark, {
      PlatformTokenResponse: true,
      MfaRequestor: 'DeviceAgent',
    });
    for (const { Mechanisms } of Result.parse(started.json.Result).Challenges)
      for (const mechanism of Mechanisms)
        for (const key of ['Name', 'AnswerType', 'PromptMechChosen', 'MechanismId'])
          expect(mechanism[key], key).toEqual(expect.stringMatching(/^.{2,}/s));
    for (const value of Object.values(z.record(z.string(), z.unknown()).parse(done.json.Result)))
      expect(value).not.toBe('');
    const { Token: jwt, TokenLifetime } = z
      .looseObject({ Token: z.string(), TokenLifetime: z.int().positive() })
      .parse(done.json.Result);
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    const { iat, exp } = z.looseObject({ iat: z.int(), exp: z.int(), tenant_id: z.string() }).parse(claims);
    expect(exp - iat).toBe(TokenLifetime);
    const call = (bearer: string) =>
      `POST /Security/WhoAmI HTTP/1.1\n${ark.headers}\nAuthorization: Bearer ${bearer}`;
    expect(await whoami(call(jwt), '{}')).toBe(ADA.name);
    expect(result.Auth).not.toBe(jwt);
    const [header, payload, signature = ''] = jwt.split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await envelope(call(forged), '{}')).status).toBe(401);
    await envelope(`POST /Security/Logout HTTP/1.1\n${ark.headers}\nAuthorization: Bearer ${jwt}`, '{}');
    for (const bearer of [jwt, String(result.Auth)])
      expect((await envelope(call(bearer), '{}')).status).toBe(401);
  });

  test('ARK: without PlatformTokenResponse there is no Token', async () => {
    const { done } = await signIn(ark);
    expect(done.json.Result).not.toHaveProperty('Token');
  });

  test('ARK: a service’s token opens authorize for an id_token in one fragment', async () => {
    const app = '__idaptive_cybr_user_oidc';
    const { access_token } = await token(
      `/Oauth2/Token/${app} HTTP/1.1\n${basic}\n${FORM}\nX-IDAP-NATIVE-CLIENT: true`,
      'grant_type=client_credentials&scope=all',
    );
    const query = `client_id=${app}&response_type=id_token&scope=openid+profile+all&redirect_uri=https%3A%2F%2Fcyberark.cloud%2Fredirect`;
    const answer = await send(
      server.url,
      `GET /OAuth2/Authorize/${app}?${query} HTTP/1.1\nAuthorization: Bearer ${access_token}\nX-IDAP-NATIVE-CLIENT: true`,
    );
    expect(answer.status).toBe(302);
    const parts = (answer.header('location') ?? '').split('#');
    expect(parts).toHaveLength(2);
    expect(new URLSearchParams(parts[1]).getAll('id_token')).toHaveLength(1);
  });

  test('IDS, trap 22: the list of web apps holds a string in every column that it casts', async () => {
    const { access_token } = await token(
      `/OAuth2/Token/MyApp HTTP/1.1\n${basic}\n${FORM}`,
      'grant_type=client_credentials&scope=all',
    );
    const { json } = await envelope(
      `POST /Redrock/query HTTP/1.1\nContent-Type: application/json\nX-IDAP-NATIVE-CLIENT: true\nAuthorization: Bearer ${access_token}`,
      '{"Script":"@@Web Applications PLV8","Args":{"PageNumber":1,"PageSize":100,"Limit":100,"Caching":-1}}',
    );
    const { Results } = z
      .looseObject({ Results: z.array(z.looseObject({ Row: z.record(z.string(), z.unknown()) })) })
      .parse(json.Result);
    expect(Results).toHaveLength(2);
    for (const { Row } of Results)
      for (const column of [
        'ID',
        'Name',
        'DisplayName',
        'Description',
        'WebAppType',
        'TemplateName',
        'State',
      ])
        expect(Row[column], column).toBeTypeOf('string');
  });

  test('VLT: a login by token, whoami and the roles it casts', async () => {
    const { access_token } = await token(
      `/oauth2/token/MyApp HTTP/1.1\n${basic}\n${FORM}`,
      'grant_type=client_credentials&scope=all',
    );
    const headers = `Content-Type: application/json\nX-CENTRIFY-NATIVE-CLIENT: Yes\nX-CFY-SRC: vault\nAuthorization: Bearer ${access_token}`;
    expect(await whoami(`POST /security/whoami HTTP/1.1\n${headers}`, '')).toBe(CLIENT.name);
    const path = '/usermgmt/GetUsersRolesAndAdministrativeRights';
    const { json } = await envelope(`POST ${path} HTTP/1.1\n${headers}`, '');
    const Rows = z.looseObject({
      Results: z.array(z.looseObject({ Row: z.looseObject({ Name: z.string() }) })),
    });
    expect(Rows.parse(json.Result).Results.map(({ Row }) => Row.Name)).toContain('Developers');
  });

  test('EPV: client credentials in the body, without a scope that the app needs, says what is missing', async () => {
    const body = `client_id=${encodeURIComponent(CLIENT.name)}&client_secret=${encodeURIComponent(CLIENT.password)}&grant_type=client_credentials`;
    const answer = await send(server.url, `POST /oauth2/token/MyApp HTTP/1.1\n${FORM}`, body);
    expect({ status: answer.status, ...JSON.parse(answer.body) }).toMatchObject({
      status: 400,
      error: 'invalid_scope',
    });
    const scoped = await token(`/oauth2/token/MyApp/ HTTP/1.1\n${FORM}`, `${body}&scope=all`);
    expect(scoped.token_type).toBe('Bearer');
  });

  test('CBO, trap 13: code and refresh with id and secret in the body, whoami by GET with the token alone', async () => {
    const redirect = `${server.url}/sysinfo/dummy`;
    const { done } = await signIn(samples);
    const asked = await send(
      server.url,
      `GET /oauth2/authorize/MyApp?response_type=code&client_id=${CLIENT.name}&redirect_uri=${redirect}&scope=all&state=x HTTP/1.1\nCookie: .ASPXAUTH=${cookieIn(done)}`,
    );
    const code = new URL(asked.header('location') ?? '').searchParams.get('code');
    const client = `client_id=${encodeURIComponent(CLIENT.name)}&client_secret=${encodeURIComponent(CLIENT.password)}`;
    const first = await token(
      `/oauth2/token/MyApp HTTP/1.1\n${FORM}`,
      `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(redirect)}&${client}`,
    );
    const renewed = await token(
      `/oauth2/token/MyApp HTTP/1.1\n${FORM}`,
      `grant_type=refresh_token&refresh_token=${first.refresh_token}&${client}`,
    );
    const call = `GET /security/WhoAmI/ HTTP/1.1\nAuthorization: Bearer ${renewed.access_token}`;
    expect(await whoami(call, null)).toBe(ADA.name);
  });

  test('JAV, trap 7: the cookie cut at its =, GetUser by GET, and a second StartAuthentication that is signed in', async () => {
    const java = {
      start: '/Security/StartAuthentication',
      advance: '/Security/AdvanceAuthentication',
      headers: 'content-type: application/json\nX-IDAP-NATIVE-CLIENT: true\ncache-control: no-cache',
    };
    const { done } = await signIn(java);
    const cookie = `Cookie: .ASPXAUTH=${cookieIn(done)}`;
    const self = await envelope(`GET /cdirectoryservice/GetUser HTTP/1.1\n${java.headers}\n${cookie}`, null);
    expect(self.json.Result).toMatchObject({ Name: ADA.name, Uuid: expect.stringMatching(/./) });
    const again = await envelope(
      `POST ${java.start} HTTP/1.1\n${java.headers}\n${cookie}`,
      JSON.stringify({ User: ADA.name, Version: '1.0' }),
    );
    expect(again.json.Result).toMatchObject({ Summary: 'LoginSuccess', UserId: expect.stringMatching(/./) });
  });

  test('IDP: a role by an unquoted script, its name in the query', async () => {
    const admin = Result.parse(
      (
        await (async () => {
          const begin = JSON.stringify({ User: ADMIN.user, Version: '1.0' });
          const started = await envelope(`POST ${samples.start} HTTP/1.1\n${samples.headers}`, begin);
          const { SessionId, Challenges } = Result.parse(started.json.Result);
          const MechanismId = Challenges[0]?.Mechanisms[0]?.MechanismId;
          const answer = {
            SessionId,
            MechanismId,
            Action: 'answer',
            Answer: ADMIN.password,
            User: ADMIN.user,
          };
          return envelope(`POST ${samples.advance} HTTP/1.1\n${samples.headers}`, JSON.stringify(answer));
        })()
      ).json.Result,
    );
    const headers = `X-CENTRIFY-NATIVE-CLIENT: true\ncache-control: no-cache\ncontent-type: application/json\nAuthorization: Bearer ${admin.Auth}`;
    const { json } = await envelope(
      `POST /Redrock/query HTTP/1.1\n${headers}`,
      `{ Script: "Select * from Role WHERE Name = 'Developers' ORDER BY Name COLLATE NOCASE" }`,
    );
    const Rows = z.looseObject({
      Results: z.array(z.looseObject({ Row: z.looseObject({ ID: z.string() }) })),
    });
    const [role] = Rows.parse(json.Result).Results;
    const members = await envelope(
      `POST /Roles/GetRoleMembers?name=${role?.Row.ID} HTTP/1.1\n${headers}`,
      '',
    );
    expect(members.json.Result).toMatchObject({ FullCount: 2 });
  });

  test('LST: a token for siem, then JSON called a form, for the events', async () => {
    const { access_token } = await token(
      `/oauth2/token/MyApp HTTP/1.1\n${basic}\n${FORM}\nX-CENTRIFY-NATIVE-CLIENT: True`,
      'grant_type=client_credentials&scope=siem',
    );
    const { json } = await envelope(
      `POST /Redrock/query HTTP/1.1\n${FORM}\nX-CENTRIFY-NATIVE-CLIENT: True\nAuthorization: Bearer ${access_token}`,
      `{"Script":"Select * from Event where WhenOccurred >= datefunc('now', '-1') ORDER BY WhenOccurred ASC","args":{"Caching":-1}}`,
    );
    expect(json.success).toBe(true);
    const narrow = await envelope(
      `GET /security/whoami HTTP/1.1\nAuthorization: Bearer ${access_token}`,
      null,
    );
    expect(narrow.status).toBe(403);
  });

  test('any: a call that does not exist says so in the envelope', async () => {
    const { result } = await signIn(samples);
    for (const path of ['/UserMgmt/NoSuchCall', '/Mobile/GetDevices', '/ServerManage/GetAllComputers']) {
      const head = `POST ${path} HTTP/1.1\n${samples.headers}\nAuthorization: Bearer ${result.Auth}`;
      const { status, json } = await envelope(head, '{}');
      expect({ path, status, success: json.success }).toEqual({ path, status: 404, success: false });
    }
  });
});
