import { expect, test } from 'vitest';
import { ADA, describeWorld, errorOf, type World } from './support/world.js';

type Document = Record<string, unknown>;

async function document(world: World, path: string): Promise<Document> {
  const response = await world.fetch(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  return (await response.json()) as Document;
}

function userinfo(world: World, token: string, method = 'GET', app = 'MyApp') {
  return world.fetch(`/oauth2/userinfo/${app}`, { method, headers: { authorization: `Bearer ${token}` } });
}

describeWorld('discovery, RFC 8414 and RFC 9728', (world) => {
  test('the same document stands at every address', async () => {
    const paths = [
      '/MyApp/.well-known/openid-configuration',
      '/myapp/.well-known/openid-configuration',
      '/.well-known/openid-configuration/MyApp',
      '/.well-known/oauth-authorization-server/MyApp',
      '/oauth2/GetMeta?serviceName=MyApp',
    ];
    const documents = await Promise.all(paths.map((path) => document(world(), path)));
    for (const one of documents) expect(one).toEqual(documents[0]);
    expect(documents[0]).toMatchObject({
      issuer: `${world().url}/MyApp/`,
      authorization_endpoint: `${world().url}/oauth2/authorize/MyApp`,
      token_endpoint: `${world().url}/oauth2/token/MyApp`,
      jwks_uri: `${world().url}/oauth2/keys/MyApp`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'none',
      ],
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
    });
  });

  test('an app whose id is the first segment of other addresses has its document where its issuer says', async () => {
    const ids = ['my', 'MANAGE', 'Security', 'redrock', 'api', 'login', 'oauth2', 'health'];
    await world().apply({ apps: ids.map((applicationId) => ({ applicationId, name: applicationId })) });
    for (const id of ids)
      expect(await document(world(), `/${id}/.well-known/openid-configuration`)).toMatchObject({
        issuer: `${world().url}/${id}/`,
      });
    for (const id of ids) await world().apply({ apps: [{ applicationId: id, name: id, enabled: false }] });
  });

  test('a key set without an app is a bad request', async () => {
    for (const path of ['/oauth2/keys', '/oauth2/Keys/'])
      expect(await errorOf(await world().fetch(path))).toEqual({ status: 400, error: 'invalid_request' });
  });

  test('every endpoint that the document names is served', async () => {
    const metadata = await document(world(), '/MyApp/.well-known/openid-configuration');
    const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name));
    expect(endpoints.length).toBe(8);
    for (const [, url] of endpoints)
      expect((await fetch(String(url), { redirect: 'manual' })).status).not.toBe(404);
  });

  test('the document says only what the app allows', async () => {
    await world().configure({ tokens: { authMethods: ['clientCreds'], issueRefreshTokens: false } });
    expect(await document(world(), '/MyApp/.well-known/openid-configuration')).toMatchObject({
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
    });
    const authMethods = ['authCode', 'clientCreds', 'resourceOwner'];
    await world().configure({ tokens: { authMethods, issueRefreshTokens: true } });
  });

  test('an unknown app has no document, and no keys', async () => {
    expect((await world().fetch('/nothing/.well-known/openid-configuration')).status).toBe(404);
    expect(await errorOf(await world().fetch('/oauth2/keys/nothing'))).toEqual({
      status: 400,
      error: 'invalid_request',
    });
  });

  test("the server's own API lists the issuers of its enabled apps", async () => {
    await world().apply({ apps: [{ applicationId: 'off', name: 'off', enabled: false }] });
    expect(await document(world(), '/.well-known/oauth-protected-resource')).toEqual({
      resource: world().url,
      authorization_servers: [`${world().url}/MyApp/`],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256', 'ES384', 'PS256', 'EdDSA'],
    });
  });

  test('D11: pages of every origin may call these endpoints, without credentials, and no others', async () => {
    const headers = { origin: 'https://spa.test', 'access-control-request-method': 'POST' };
    for (const endpoint of ['token', 'introspect', 'revoke', 'userinfo', 'keys', 'par']) {
      const path = `/oauth2/${endpoint}/MyApp`;
      const preflight = await world().fetch(path, { method: 'OPTIONS', headers });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
    }
    for (const path of ['/oauth2/authorize/MyApp', '/oauth2/confirm/MyApp', '/login', '/api/v1/users']) {
      const answer = await world().fetch(path, { method: 'OPTIONS', headers });
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    }
  });
});

describeWorld('userinfo, OpenID Connect Core 5.3', (world) => {
  test('GET and POST tell what the scopes allow, and no more', async () => {
    const { cookie } = await world().signIn(ADA);
    const { access_token } = await world().tokens(cookie, { scope: 'openid profile email' });
    for (const method of ['GET', 'POST']) {
      const response = await userinfo(world(), access_token, method);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({
        sub: expect.any(String),
        unique_name: ADA.loginName,
        name: 'Ada Lovelace',
        preferred_username: ADA.loginName,
        updated_at: expect.any(Number),
        email: ADA.loginName,
        email_verified: false,
      });
    }
    const { access_token: bare } = await world().tokens(cookie, { scope: 'openid' });
    const told = (await (await userinfo(world(), bare)).json()) as Document;
    expect(Object.keys(told).sort()).toEqual(['sub', 'unique_name']);
  });

  test('a POST may hold the token in its form (RFC 6750 2.2)', async () => {
    const { cookie } = await world().signIn(ADA);
    const { access_token } = await world().tokens(cookie, { scope: 'openid' });
    expect((await world().form('/oauth2/userinfo/MyApp', { access_token })).status).toBe(200);
  });

  test('no or bad token is 401, a token without openid 403, a token of another app 401', async () => {
    expect((await world().fetch('/oauth2/userinfo/MyApp')).headers.get('www-authenticate')).toContain(
      'Bearer',
    );
    expect((await userinfo(world(), 'x.y.z')).status).toBe(401);
    const { cookie } = await world().signIn(ADA);
    const { access_token } = await world().tokens(cookie);
    const refused = await userinfo(world(), access_token);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    await world().apply({ apps: [{ applicationId: 'second', name: 'second' }] });
    const { access_token: open } = await world().tokens(cookie, { scope: 'openid' });
    expect((await userinfo(world(), open, 'GET', 'second')).status).toBe(401);
  });
});
