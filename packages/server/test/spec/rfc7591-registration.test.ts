/** Dynamic client registration and its management. @see RFC 7591, RFC 7592 */
import type { JWTPayload } from 'jose';
import { expect, test } from 'vitest';
import { ADMIN } from '../support/server.js';
import {
  authorize,
  complete,
  type Flow,
  manage,
  type Registered,
  registrarOf,
  secretKey,
  signedProof,
  tokenRequest,
} from './support/registered-client.js';
import { basic, describeWorld, errorOf, REDIRECT, type World } from './support/world.js';

const METADATA = { client_name: 'Sketchbook', redirect_uris: [REDIRECT] };

/** An initial access token of the app, made by the API as an administrator does. */
async function initialToken(world: World): Promise<{ id: string; token: string; cookie: string }> {
  const { cookie } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  const response = await world.fetch('/api/v1/apps/MyApp/registration-tokens', {
    method: 'POST',
    headers: { cookie, origin: world.url, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'partners', lifetime: '1h' }),
  });
  expect(response.status).toBe(201);
  return { ...((await response.json()) as { id: string; token: string }), cookie };
}

const api = (world: World, cookie: string, method: string, path: string) =>
  world.fetch(`/api/v1/apps/MyApp/${path}`, { method, headers: { cookie, origin: world.url } });

function flowOf(world: World, client: Registered): Flow {
  const pair = `${client.client_id}:${client.client_secret}`;
  const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  const proof = async () =>
    client.client_secret ? { headers } : { fields: { client_id: client.client_id } };
  return { world, applicationId: 'MyApp', clientId: client.client_id, redirectUri: REDIRECT, proof };
}

function secretProof(world: World, client: Registered, claims: JWTPayload = {}) {
  const proof = signedProof(world, 'MyApp', client.client_id, () => secretKey(client));
  return () => proof(claims);
}

const only = { generalUsage: { registration: 'initialAccessToken' } };

describeWorld(
  'registration by initial access token',
  (world) => {
    test('is off until the app says otherwise', async () => {
      await world().configure({ generalUsage: { registration: 'off' } });
      const response = await registrarOf(world(), 'MyApp', 'any').post(METADATA);
      expect(await errorOf(response)).toEqual({ status: 403, error: 'access_denied' });
      const document = await (await world().fetch('/MyApp/.well-known/openid-configuration')).json();
      expect(document).not.toHaveProperty('registration_endpoint');
      await world().configure(only);
    });

    test('needs the token, of this app, until it expires or is revoked', async () => {
      const { id, token, cookie } = await initialToken(world());
      const registrar = registrarOf(world(), 'MyApp', token);
      for (const bad of [null, 'guess', `${token}x`])
        expect(await errorOf(await registrar.post(METADATA, bad))).toEqual({
          status: 401,
          error: 'invalid_token',
        });
      await registrar.register(METADATA);
      await world().apply({
        apps: [
          { applicationId: 'Other', name: 'Other', generalUsage: { registration: 'initialAccessToken' } },
        ],
      });
      expect((await registrarOf(world(), 'Other', token).post(METADATA)).status).toBe(401);
      expect((await api(world(), cookie, 'DELETE', `registration-tokens/${id}`)).status).toBe(204);
      expect((await registrar.post(METADATA)).status).toBe(401);
      const second = await initialToken(world());
      world().clock.advance(3_600_000);
      expect((await registrarOf(world(), 'MyApp', second.token).post(METADATA)).status).toBe(401);
    });

    test('the client is one of that app alone, with its own secret, redirects and grants', async () => {
      const { token } = await initialToken(world());
      const client = await registrarOf(world(), 'MyApp', token).register(METADATA);
      expect(client).toMatchObject({
        ...METADATA,
        client_secret_expires_at: 0,
        grant_types: ['authorization_code'],
      });
      const flow = flowOf(world(), client);
      const { tokens } = await complete(flow);
      expect(tokens).not.toHaveProperty('refresh_token');
      const unproved = { ...flow, proof: async () => ({ fields: { client_id: client.client_id } }) };
      expect((await tokenRequest(unproved, { grant_type: 'refresh_token', refresh_token: 'x' })).status).toBe(
        401,
      );
      for (const grant of ['refresh_token', 'client_credentials', 'password'])
        expect(await errorOf(await tokenRequest(flow, { grant_type: grant, refresh_token: 'x' }))).toEqual({
          status: 400,
          error: 'unauthorized_client',
        });
      const elsewhere = await authorize(flow, { redirect_uri: 'com.acme.app:/cb' });
      expect([elsewhere.reached, elsewhere.status]).toEqual([null, 400]);
      await world().apply({
        apps: [{ applicationId: 'Other', name: 'Other', generalUsage: { redirects: [REDIRECT] } }],
      });
      expect((await authorize({ ...flow, applicationId: 'Other' })).status).toBe(400);
    });

    test('what it registered it reads, changes and deletes, by its own token alone', async () => {
      const { token } = await initialToken(world());
      const registrar = registrarOf(world(), 'MyApp', token);
      const [client, other] = [await registrar.register(METADATA), await registrar.register(METADATA)];
      const foreign = { ...client, registration_access_token: other.registration_access_token };
      expect((await manage(world(), foreign, 'GET')).status).toBe(401);
      const read = (await (await manage(world(), client, 'GET')).json()) as Registered;
      expect(read).toMatchObject({ client_id: client.client_id, ...METADATA });
      expect(read).not.toHaveProperty('client_secret');
      const body = { ...METADATA, client_id: client.client_id, client_name: 'Sketchbook 2' };
      expect((await manage(world(), client, 'PUT', METADATA)).status).toBe(400);
      expect((await manage(world(), client, 'PUT', { ...body, client_secret: 'guess' })).status).toBe(400);
      const changed = await manage(world(), client, 'PUT', { ...body, client_secret: client.client_secret });
      expect([changed.status, await changed.json()]).toMatchObject([200, { client_name: 'Sketchbook 2' }]);
      await complete(flowOf(world(), client));
      expect((await manage(world(), client, 'DELETE')).status).toBe(204);
      expect((await authorize(flowOf(world(), client))).status).toBe(400);
    });

    test('an administrator lists and revokes clients, and everything issued to one ends', async () => {
      const { token, cookie } = await initialToken(world());
      const client = await registrarOf(world(), 'MyApp', token).register(METADATA);
      const { tokens } = await complete(flowOf(world(), client), { scope: 'openid all' });
      const bearer = String(tokens.access_token);
      expect(await world().whoami(bearer)).toBe(200);
      const listed = await (await api(world(), cookie, 'GET', `clients?search=${client.client_id}`)).json();
      expect(listed).toMatchObject({
        items: [{ clientId: client.client_id, name: 'Sketchbook', initialAccessToken: 'partners' }],
      });
      expect((await api(world(), cookie, 'DELETE', `clients/${client.client_id}`)).status).toBe(204);
      expect(await world().whoami(bearer)).toBe(401);
      const changes = await world().fetch('/api/v1/changes?object=apps/MyApp', { headers: { cookie } });
      const text = await changes.text();
      expect(text).toContain(`apps/MyApp/clients/${client.client_id}`);
      for (const secret of [client.client_secret, client.registration_access_token, token])
        expect(text).not.toContain(secret);
    });

    test.each<[string, object, string]>([
      ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
      ['a script', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
      ['data', { redirect_uris: ['data:text/html,x'] }, 'invalid_redirect_uri'],
      ['plain http elsewhere', { redirect_uris: ['http://rp.test/cb'] }, 'invalid_redirect_uri'],
      ['a fragment', { redirect_uris: [`${REDIRECT}#x`] }, 'invalid_redirect_uri'],
      ['user information', { redirect_uris: ['https://a@rp.test/cb'] }, 'invalid_redirect_uri'],
      ['an endless URI', { redirect_uris: [`https://rp.test/${'x'.repeat(3000)}`] }, 'invalid_redirect_uri'],
      ['a private scheme for a web client', { redirect_uris: ['com.acme.x:/cb'] }, 'invalid_redirect_uri'],
      ['a script as its home page', { client_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
      ['a picture in plain http', { logo_uri: 'http://rp.test/x.png' }, 'invalid_client_metadata'],
      ['a grant of people with passwords', { grant_types: ['password'] }, 'invalid_client_metadata'],
      ['a grant for itself', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
      ['a response type the app refuses', { response_types: ['id_token'] }, 'invalid_client_metadata'],
      ['an unknown auth method', { token_endpoint_auth_method: 'magic' }, 'invalid_client_metadata'],
      [
        'a public key in the place of a secret',
        { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'RS256' },
        'invalid_client_metadata',
      ],
      [
        'a secret in the place of a key',
        { token_endpoint_auth_signing_alg: 'HS256' },
        'invalid_client_metadata',
      ],
      [
        'private_key_jwt without keys',
        { token_endpoint_auth_method: 'private_key_jwt' },
        'invalid_client_metadata',
      ],
      [
        'a private key',
        { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] } },
        'invalid_client_metadata',
      ],
      ['keys twice', { jwks: { keys: [] }, jwks_uri: 'https://rp.test/jwks' }, 'invalid_client_metadata'],
      ['an unsigned ID token', { id_token_signed_response_alg: 'none' }, 'invalid_client_metadata'],
      ['a scope nobody knows', { scope: 'openid world' }, 'invalid_client_metadata'],
      [
        'a foreign front channel',
        { frontchannel_logout_uri: 'https://evil.test/x' },
        'invalid_client_metadata',
      ],
      ['a name that is no text', { client_name: 7 }, 'invalid_client_metadata'],
      ['control characters', { client_name: 'a\u0000b' }, 'invalid_client_metadata'],
    ])('%s is refused', async (_, fault, error) => {
      const { token } = await initialToken(world());
      const response = await registrarOf(world(), 'MyApp', token).post({ ...METADATA, ...fault });
      expect(await errorOf(response)).toEqual({ status: 400, error });
    });

    test('a client signs with its secret (client_secret_jwt); each assertion counts once, and no other key does', async () => {
      const { token } = await initialToken(world());
      const registrar = registrarOf(world(), 'MyApp', token);
      const metadata = { ...METADATA, token_endpoint_auth_method: 'client_secret_jwt' };
      const client = await registrar.register(metadata);
      expect(client.client_secret.length).toBeGreaterThanOrEqual(43);
      const flow = { ...flowOf(world(), client), proof: secretProof(world(), client) };
      const { tokens } = await complete(flow, { scope: 'openid all' });
      expect(await world().whoami(String(tokens.access_token))).toBe(200);

      const introspect = (fields: Record<string, string>) =>
        world().form('/oauth2/introspect/MyApp', { token: String(tokens.access_token), ...fields });
      const proof = await flow.proof();
      expect((await introspect(proof.fields)).status).toBe(200);
      expect((await introspect(proof.fields)).status).not.toBe(200);
      const other = await registrar.register(metadata);
      expect(other.client_secret).not.toBe(client.client_secret);
      const forged = { ...client, client_secret: other.client_secret };
      const refresh = { grant_type: 'refresh_token', refresh_token: 'x' };
      for (const bad of [
        secretProof(world(), forged),
        secretProof(world(), client, { exp: 1 }),
        secretProof(world(), client, { aud: 'https://elsewhere.test/' }),
        secretProof(world(), client, { sub: other.client_id }),
        flowOf(world(), client).proof,
      ])
        expect(await errorOf(await tokenRequest({ ...flow, proof: bad }, refresh))).toEqual({
          status: 401,
          error: 'invalid_client',
        });

      const byBasic = await registrar.register(METADATA);
      const bySecret = { ...flow, clientId: byBasic.client_id, proof: secretProof(world(), byBasic) };
      expect((await tokenRequest(bySecret, refresh)).status, 'registered for Basic').toBe(401);
      const changed = await manage(world(), byBasic, 'PUT', { ...metadata, client_id: byBasic.client_id });
      const again = (await changed.json()) as Registered;
      expect(again.client_secret).not.toBe(byBasic.client_secret);
      const renewed = { ...bySecret, proof: secretProof(world(), again) };
      expect((await tokenRequest(renewed, refresh)).status, 'proved, and no such token').toBe(400);

      const document = await (await world().fetch('/MyApp/.well-known/openid-configuration')).json();
      expect(document).toMatchObject({
        token_endpoint_auth_methods_supported: expect.arrayContaining(['client_secret_jwt']),
        token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['HS256']),
      });
    });

    test('who registered for signed answers about tokens gets no other, whatever it accepts', async () => {
      const { token } = await initialToken(world());
      const metadata = { ...METADATA, introspection_signed_response_alg: 'RS256' };
      const client = await registrarOf(world(), 'MyApp', token).register(metadata);
      const proof = basic({ loginName: client.client_id, password: client.client_secret });
      const path = '/oauth2/introspect/MyApp';
      for (const headers of [proof, { ...proof, cookie: 'theme=dark' }]) {
        const answer = await world().form(path, { token: 'any' }, headers);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toBe('application/token-introspection+jwt');
        expect((await answer.text()).split('.')).toHaveLength(3);
      }
    });

    test('a scope that it did not register it does not get', async () => {
      const { token } = await initialToken(world());
      const client = await registrarOf(world(), 'MyApp', token).register({
        ...METADATA,
        scope: 'openid whoami',
      });
      const flow = flowOf(world(), client);
      expect((await authorize(flow, { scope: 'openid all' })).query.get('error')).toBe('invalid_scope');
      await complete(flow, { scope: 'openid whoami' });
    });
  },
  only,
);

describeWorld(
  'open registration',
  (world) => {
    test('the client that anyone may have registered is unverified and always asked about', async () => {
      const registrar = registrarOf(world(), 'MyApp', '');
      const response = await registrar.post({ ...METADATA, token_endpoint_auth_method: 'none' }, null);
      expect(response.status).toBe(201);
      const client = (await response.json()) as Registered;
      const asked = await authorize(
        flowOf(world(), client),
        {},
        {
          signin: { username: 'ada@acme.test', password: 'lovelace engine 1843' },
          allow: null,
        },
      );
      expect(asked.shown).toContain('allow');
      expect(asked.html).toContain('(unverified)');
      expect(asked.html).toContain('Sketchbook');
      const flow = flowOf(world(), client);
      await complete(flow);
      expect(
        (await authorize(flow, { code_challenge: undefined, code_challenge_method: undefined })).query.get(
          'error',
        ),
      ).toBe('invalid_request');
    });
  },
  { generalUsage: { registration: 'open' } },
);
