import { afterEach, expect, test } from 'vitest';
import {
  ADA,
  basic,
  describeWorld,
  EVE,
  errorOf,
  REDIRECT,
  redirectOf,
  SVC,
  type World,
} from './support/world.js';

const INVALID_CLIENT = { status: 401, error: 'invalid_client' };
const CLIENT_CREDENTIALS = { grant_type: 'client_credentials', scope: 'all' };

function header(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

/** POST of a raw body to the token endpoint. */
function post(world: World, body: string, contentType: string): Promise<Response> {
  return world.fetch('/oauth2/token/MyApp', {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  });
}

describeWorld('client authentication and the token request', (world) => {
  afterEach(async () => {
    for (const { loginName } of [SVC, ADA, EVE])
      await world().core.credentials.unlock(world().tenant.id, loginName);
    await world().configure({
      generalUsage: { clientIdType: 'anything', allowedClients: [], mustBeOAuthClient: true },
    });
  });

  test('K02: a secret with percent, space, plus and colon passes raw, form-encoded and in the body', async () => {
    const { loginName, password } = SVC;
    const raw = await world().token(CLIENT_CREDENTIALS, basic());
    const encoded = header(formEncoded(loginName), formEncoded(password));
    const inBody = { ...CLIENT_CREDENTIALS, client_id: loginName, client_secret: password };
    expect(raw.status).toBe(200);
    expect((await world().token(CLIENT_CREDENTIALS, encoded)).status).toBe(200);
    expect((await world().token(CLIENT_CREDENTIALS, header(loginName, formEncoded(password)))).status).toBe(
      200,
    );
    expect((await world().token(inBody)).status).toBe(200);
  });

  test('K02: form-encoded credentials never count as a failure', async () => {
    const encoded = header(SVC.loginName, formEncoded(SVC.password));
    for (let i = 0; i < 12; i++) expect((await world().token(CLIENT_CREDENTIALS, encoded)).status).toBe(200);
  });

  test('K01: Basic and body secrets together are invalid_request', async () => {
    const fields = { ...CLIENT_CREDENTIALS, client_id: SVC.loginName, client_secret: SVC.password };
    expect(await errorOf(await world().token(fields, basic()))).toEqual({
      status: 400,
      error: 'invalid_request',
    });
  });

  test('a client_id that is not the one of Basic is invalid_request', async () => {
    const answer = await world().token({ ...CLIENT_CREDENTIALS, client_id: 'other' }, basic());
    expect(await errorOf(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });

  test('K12: a failed Basic is 401 with a Basic challenge', async () => {
    const answer = await world().token(CLIENT_CREDENTIALS, header(SVC.loginName, 'wrong'));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  test.each([
    ['not base64', 'Basic %%%'],
    ['without colon', `Basic ${Buffer.from('nocolon').toString('base64')}`],
    ['without id', `Basic ${Buffer.from(':secret').toString('base64')}`],
    ['not UTF-8', `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x41]).toString('base64')}`],
  ])('Basic credentials %s are invalid_client', async (_, authorization) => {
    expect(await errorOf(await world().token(CLIENT_CREDENTIALS, { authorization }))).toEqual(INVALID_CLIENT);
  });

  test('K04: a confidential client needs its secret under every grant; a public one has no client_credentials', async () => {
    for (const grant_type of ['client_credentials', 'authorization_code', 'refresh_token', 'password']) {
      const answer = await world().token({ grant_type, client_id: SVC.loginName, scope: 'all' });
      expect(await errorOf(answer)).toEqual(INVALID_CLIENT);
    }
    const withSecret = { ...CLIENT_CREDENTIALS, client_id: 'cli', client_secret: 'whatever' };
    expect(await errorOf(await world().token(withSecret))).toEqual(INVALID_CLIENT);
  });

  test('rule 2: a secret sent with a public client_id is ignored', async () => {
    const { cookie } = await world().signIn(ADA);
    const code = await world().code(cookie);
    expect((await world().redeem(code, { client_secret: 'whatever' })).status).toBe(200);
  });

  test("K05: an ordinary user's password is no client secret", async () => {
    const answer = await world().token(CLIENT_CREDENTIALS, basic(ADA));
    expect(await errorOf(answer)).toEqual(INVALID_CLIENT);
  });

  test('K06: a disabled client is invalid_client, one outside every role unauthorized_client', async () => {
    await world().apply({ users: [{ loginName: SVC.loginName, enabled: false }] });
    expect(await errorOf(await world().token(CLIENT_CREDENTIALS, basic()))).toEqual(INVALID_CLIENT);
    await world().apply({ users: [{ loginName: SVC.loginName, enabled: true }] });
    await world().apply({ roles: [{ name: 'Developers', members: [ADA.loginName] }] });
    const answer = await world().token(CLIENT_CREDENTIALS, basic());
    expect(await errorOf(answer)).toEqual({ status: 400, error: 'unauthorized_client' });
    await world().apply({ roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }] });
  });

  test('X07: client credentials bring no refresh token and no ID token', async () => {
    const answer = await world().token({ ...CLIENT_CREDENTIALS, scope: 'all openid' }, basic());
    const body = (await answer.json()) as Record<string, unknown>;
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
  });

  test('a changed secret stops working at once', async () => {
    expect((await world().token(CLIENT_CREDENTIALS, basic())).status).toBe(200);
    const changed = { ...SVC, password: 'another secret of the client' };
    await world().apply({ users: [changed] });
    expect(await errorOf(await world().token(CLIENT_CREDENTIALS, basic()))).toEqual(INVALID_CLIENT);
    expect((await world().token(CLIENT_CREDENTIALS, basic(changed))).status).toBe(200);
    await world().apply({ users: [SVC] });
  });

  test('rule 2, list: only the listed ids, the secret of a listed confidential one still required', async () => {
    await world().configure({
      generalUsage: { clientIdType: 'list', allowedClients: ['cli', SVC.loginName] },
    });
    expect((await world().token(CLIENT_CREDENTIALS, basic())).status).toBe(200);
    const bare = await world().token({ ...CLIENT_CREDENTIALS, client_id: SVC.loginName });
    expect(await errorOf(bare)).toEqual(INVALID_CLIENT);
    const unlisted = {
      grant_type: 'password',
      client_id: 'other',
      username: 'x',
      password: 'y',
      scope: 'all',
    };
    expect(await errorOf(await world().token(unlisted))).toEqual(INVALID_CLIENT);
    const { cookie } = await world().signIn(ADA);
    expect((await world().redeem(await world().code(cookie))).status).toBe(200);
    expect((await world().authorize({ client_id: 'other' }, { cookie })).status).toBe(400);
  });

  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain', ''])(
    'K08: a body of type "%s" is refused',
    async (contentType) => {
      const answer = await post(world(), '{"grant_type":"client_credentials"}', contentType);
      expect([400, 415]).toContain(answer.status);
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    },
  );

  test('K08: a charset beside the form type is accepted', async () => {
    const fields = { ...CLIENT_CREDENTIALS, client_id: SVC.loginName, client_secret: SVC.password };
    const body = new URLSearchParams(fields).toString();
    const answer = await post(world(), body, 'application/x-www-form-urlencoded;charset=UTF-8');
    expect(answer.status).toBe(200);
  });

  test.each(['grant_type', 'code', 'client_id', 'scope'])(
    'K09: %s twice is invalid_request',
    async (name) => {
      const body = `grant_type=client_credentials&client_id=cli&scope=all&code=x&${name}=again`;
      const answer = await post(world(), body, 'application/x-www-form-urlencoded');
      expect(await errorOf(answer)).toEqual({ status: 400, error: 'invalid_request' });
    },
  );

  test('K10: an unknown grant, and one the app does not allow', async () => {
    const unknown = await world().token({ grant_type: 'urn:x', client_id: 'cli' });
    expect(await errorOf(unknown)).toEqual({ status: 400, error: 'unsupported_grant_type' });
    await world().configure({ tokens: { authMethods: ['authCode'] } });
    const refused = await world().token(CLIENT_CREDENTIALS, basic());
    expect(await errorOf(refused)).toEqual({ status: 400, error: 'unauthorized_client' });
    await world().configure({ tokens: { authMethods: ['authCode', 'clientCreds', 'resourceOwner'] } });
  });

  test('C08: GET is 405, and credentials in the URL are refused', async () => {
    const got = await world().fetch('/oauth2/token/MyApp?grant_type=client_credentials');
    expect(got.status).toBe(405);
    expect(got.headers.get('allow')).toContain('POST');
    for (const name of ['code', 'client_secret', 'refresh_token', 'password']) {
      const answer = await world().form(`/oauth2/token/MyApp?${name}=x`, CLIENT_CREDENTIALS, basic());
      expect(await errorOf(answer)).toEqual({ status: 400, error: 'invalid_request' });
    }
  });

  test('an unknown app is 400 invalid_request; its id compares without regard to case', async () => {
    const unknown = await world().token(CLIENT_CREDENTIALS, basic(), 'nothing');
    expect(await errorOf(unknown)).toEqual({ status: 400, error: 'invalid_request' });
    const answer = await world().form('/OAuth2/Token/MYAPP/', CLIENT_CREDENTIALS, basic());
    expect(answer.status).toBe(200);
  });

  test('K11: an unknown client is answered like a wrong secret', async () => {
    const bodies = [];
    for (const id of ['nobody@acme.test', SVC.loginName]) {
      const answer = await world().token(CLIENT_CREDENTIALS, header(id, 'wrong'));
      bodies.push([answer.status, await answer.text()]);
    }
    expect(bodies[0]).toEqual(bodies[1]);
  });

  test('rule 2, confidential: only flagged users, and people by the switch mustBeOAuthClient', async () => {
    await world().configure({ generalUsage: { clientIdType: 'confidential' } });
    const { cookie } = await world().signIn(ADA);
    expect((await world().authorize({}, { cookie })).status).toBe(400);
    expect((await world().token(CLIENT_CREDENTIALS, basic())).status).toBe(200);
    expect(await errorOf(await world().token(CLIENT_CREDENTIALS, basic(ADA)))).toEqual(INVALID_CLIENT);

    await world().configure({ generalUsage: { clientIdType: 'confidential', mustBeOAuthClient: false } });
    expect((await world().token(CLIENT_CREDENTIALS, basic(ADA))).status).toBe(200);
    const wrong = await world().token(CLIENT_CREDENTIALS, basic({ ...ADA, password: 'wrong' }));
    expect(await errorOf(wrong)).toEqual(INVALID_CLIENT);
    const sent = { client_id: ADA.loginName, redirect_uri: REDIRECT };
    expect(redirectOf(await world().authorize(sent, { cookie })).parameters.has('code')).toBe(true);
    await world().apply({ users: [{ loginName: ADA.loginName, totpSecret: 'JBSWY3DPEHPK3PXP' }] });
    expect(await errorOf(await world().token(CLIENT_CREDENTIALS, basic(ADA)))).toEqual(INVALID_CLIENT);
  });

  test('a refusal is found in the audit log by the client and the user it names, wherever they stand', async () => {
    const events = async (search: string) =>
      (await world().core.store.read.events.page(world().tenant.id, { limit: 20, search })).items;
    const wrong = { ...SVC, password: 'wrong' };
    await world().token(CLIENT_CREDENTIALS, basic(wrong));
    await world().token({ ...CLIENT_CREDENTIALS, client_id: SVC.loginName, client_secret: 'wrong' });
    const denied = { type: 'token.denied', clientId: SVC.loginName, userName: null };
    expect((await events(SVC.loginName)).slice(0, 2)).toMatchObject([denied, denied]);
    const fields = { grant_type: 'password', username: EVE.loginName, password: 'wrong', scope: 'all' };
    await world().token(fields, basic());
    const [byUser] = await events(EVE.loginName);
    expect(byUser).toMatchObject({ ...denied, userName: EVE.loginName });
    const strange = { client_id: 'x'.repeat(255), username: 'a\u0007b' };
    await world().token({ ...fields, ...strange });
    const { items } = await world().core.store.read.events.page(world().tenant.id, { limit: 1 });
    expect(items).toMatchObject([{ type: 'token.denied', clientId: null, userName: null }]);
  });
});
