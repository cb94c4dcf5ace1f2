/** The OpenID Foundation's plans Dynamic and Third-Party Init Login: one test per module, named after it. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClientServer, openClientServer } from '../support/client-server.js';
import {
  authorize,
  type ClientKey,
  complete,
  type Flow,
  manage,
  newKey,
  registrarOf,
  signedProof,
  tokenRequest,
} from '../support/registered-client.js';
import { describeWorld, type World } from '../support/world.js';
import { ALICE, APP_ID, CALLBACK, expectErrorPage, prepare } from './suite.js';

const INITIAL = 'the initial access token';
let documents: ClientServer;
let key: ClientKey;
beforeAll(async () => {
  [documents, key] = await Promise.all([openClientServer(), newKey('one')]);
});
afterAll(() => documents.close());

/** An ordinary registration of the suite. */
const ordinary = () => ({
  client_name: 'Suite',
  contacts: ['suite@suite.test'],
  redirect_uris: [CALLBACK],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [key.jwk] },
});

async function start(world: World): Promise<void> {
  await prepare(world);
  await world.apply({
    apps: [{ applicationId: APP_ID, generalUsage: { registration: 'initialAccessToken' } }],
  });
  await addInitialToken(world, INITIAL);
}

/** By the administration, with a token that the test knows. */
async function addInitialToken(world: World, token: string): Promise<void> {
  const { tenant, operator, core } = world;
  const made = await core.admin.registrations.createToken(tenant, operator, APP_ID, {
    name: 'suite',
    lifetime: '30d',
  });
  initial.set(token, made.token);
}
const initial = new Map<string, string>();
const registrar = (world: World) => registrarOf(world, APP_ID, initial.get(INITIAL) ?? '');

async function registered(world: World, metadata: object = {}, currentKey: () => ClientKey = () => key) {
  const client = await registrar(world).register({ ...ordinary(), ...metadata });
  const flow: Flow = {
    ...{ world, applicationId: APP_ID, clientId: client.client_id, redirectUri: CALLBACK, person: ALICE },
    proof: signedProof(world, APP_ID, client.client_id, currentKey),
  };
  return { client, flow };
}

async function expectRefused(response: Response, ...errors: string[]): Promise<void> {
  const { error } = (await response.json()) as { error: string };
  expect(response.status).toBe(400);
  expect(errors).toContain(error);
}

async function metadata(world: World): Promise<Record<string, unknown>> {
  const response = await world.fetch(`/${APP_ID}/.well-known/openid-configuration`);
  return (await response.json()) as Record<string, unknown>;
}

const loginPage = (flow: Flow) => authorize(flow, {}, { signin: null });

describeWorld(
  'oidcc-dynamic-certification',
  (world) => {
    test('oidcc-discovery-endpoint-verification', async () => {
      expect(await metadata(world())).toMatchObject({
        registration_endpoint: `${world().url}/oauth2/register/${APP_ID}`,
        response_types_supported: expect.arrayContaining(['code', 'id_token', 'id_token token']),
        grant_types_supported: expect.arrayContaining(['authorization_code', 'implicit']),
        token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
        userinfo_signing_alg_values_supported: ['RS256'],
        request_uri_parameter_supported: true,
        require_request_uri_registration: true,
      });
    });

    test('oidcc-server', async () => {
      const { client, flow } = await registered(world());
      expect(client).not.toHaveProperty('client_secret');
      await complete(flow);
      expect((await manage(world(), client, 'DELETE')).status).toBe(204);
      expect((await manage(world(), client, 'GET')).status).toBe(401);
    });

    test('oidcc-idtoken-rs256', async () => {
      const { flow } = await registered(world(), { id_token_signed_response_alg: 'RS256' });
      expect((await complete(flow)).header).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    });

    test('oidcc-idtoken-unsigned', async () => {
      const response = await registrar(world()).post({ ...ordinary(), id_token_signed_response_alg: 'none' });
      await expectRefused(response, 'invalid_client_metadata');
      expect((await metadata(world())).id_token_signing_alg_values_supported).not.toContain('none');
    });

    test('oidcc-userinfo-rs256', async () => {
      const { client, flow } = await registered(world(), { userinfo_signed_response_alg: 'RS256' });
      const { tokens, claims } = await complete(flow);
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const response = await world().fetch(`/oauth2/userinfo/${APP_ID}`, { headers });
      expect(response.headers.get('content-type')).toBe('application/jwt');
      const keys = createRemoteJWKSet(new URL(`${world().url}/oauth2/keys/${APP_ID}`));
      const { payload } = await jwtVerify(await response.text(), keys, {
        issuer: `${world().url}/${APP_ID}/`,
        audience: client.client_id,
      });
      expect(payload.sub).toBe(claims.sub);
      expect(payload).not.toHaveProperty('nonce');
    });

    test('oidcc-ensure-redirect-uri-in-authorization-request', async () => {
      const { flow } = await registered(world(), { redirect_uris: [CALLBACK, `${CALLBACK}2`] });
      const stop = await authorize(flow, { redirect_uri: undefined });
      expectErrorPage(stop, 'invalid_request', /redirect_uri is missing/);
    });

    test('oidcc-redirect-uri-query-OK', async () => {
      const redirectUri = `${CALLBACK}?foo=bar`;
      const { flow } = await registered(world(), { redirect_uris: [redirectUri] });
      const { stop } = await complete({ ...flow, redirectUri });
      expect(stop.query.get('foo')).toBe('bar');
    });

    test.each([
      ['oidcc-redirect-uri-query-mismatch', `${CALLBACK}?foo=bar`, `${CALLBACK}?foo=baz`],
      ['oidcc-redirect-uri-query-added', CALLBACK, `${CALLBACK}?foo=bar`],
    ])('%s', async (_, listed, sent) => {
      const { flow } = await registered(world(), { redirect_uris: [listed] });
      const stop = await authorize(flow, { redirect_uri: sent });
      expectErrorPage(stop, 'invalid_request', /redirect_uri is not on the list/);
    });

    test('oidcc-redirect-uri-regfrag', async () => {
      const response = await registrar(world()).post({
        ...ordinary(),
        redirect_uris: [`${CALLBACK}#foobar`],
      });
      await expectRefused(response, 'invalid_redirect_uri');
    });

    test.each([
      ['oidcc-registration-logo-uri', 'logo_uri', 'src'],
      ['oidcc-registration-policy-uri', 'policy_uri', 'href'],
      ['oidcc-registration-tos-uri', 'tos_uri', 'href'],
    ])('%s', async (_, field, attribute) => {
      const address = `https://suite.test/${field}`;
      const { flow } = await registered(world(), { [field]: address });
      expect((await loginPage(flow)).html).toContain(`${attribute}="${address}"`);
    });

    test('oidcc-registration-jwks-uri', async () => {
      documents.documents.set('/jwks', { keys: [key.jwk] });
      const { flow } = await registered(world(), { jwks: undefined, jwks_uri: `${documents.url}/jwks` });
      await complete(flow);
    });

    test('oidcc-registration-sector-uri', async () => {
      documents.documents.set('/sector', [CALLBACK, `${CALLBACK}2`]);
      const pairwise = { subject_type: 'pairwise', sector_identifier_uri: `${documents.url}/sector` };
      const [one, other, open] = await Promise.all([
        registered(world(), pairwise),
        registered(world(), { subject_type: 'pairwise' }),
        registered(world()),
      ]);
      const subjects: unknown[] = [];
      for (const { flow } of [one, other, open]) {
        const { claims, tokens } = await complete(flow);
        const headers = { authorization: `Bearer ${tokens.access_token}` };
        const told = await world().fetch(`/oauth2/userinfo/${APP_ID}`, { headers });
        expect(((await told.json()) as { sub: string }).sub).toBe(claims.sub);
        subjects.push(claims.sub);
      }
      expect(new Set(subjects).size).toBe(3);
    });

    test('oidcc-registration-sector-bad', async () => {
      documents.documents.set('/sector-bad', ['https://suite.test/elsewhere']);
      const pairwise = { subject_type: 'pairwise', sector_identifier_uri: `${documents.url}/sector-bad` };
      await expectRefused(
        await registrar(world()).post({ ...ordinary(), ...pairwise }),
        'invalid_client_metadata',
      );
    });

    test('oidcc-server-rotate-keys', async () => {
      const kids = async () => {
        const response = await world().fetch(`/oauth2/keys/${APP_ID}`);
        return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
      };
      const before = await kids();
      const { tenant, operator, core } = world();
      await core.admin.keys.rotate(tenant, operator);
      const after = await kids();
      expect(after).toEqual(expect.arrayContaining(before));
      expect(after.length).toBeGreaterThan(before.length);
    });

    test('oidcc-refresh-token', async () => {
      const grants = { grant_types: ['authorization_code', 'refresh_token'] };
      const [{ flow }, { flow: other }] = [
        await registered(world(), grants),
        await registered(world(), grants),
      ];
      const { tokens } = await complete(flow, { scope: 'openid offline_access', prompt: 'consent' });
      const fields = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token) };
      await expectRefused(await tokenRequest(other, fields), 'invalid_grant');
      expect((await tokenRequest(flow, fields)).status).toBe(200);
    });

    test('oidcc-refresh-token-rp-key-rotation', async () => {
      let current = key;
      documents.documents.set('/rotating', { keys: [key.jwk] });
      const grants = { grant_types: ['authorization_code', 'refresh_token'] };
      const keys = { jwks: undefined, jwks_uri: `${documents.url}/rotating` };
      const { flow } = await registered(world(), { ...grants, ...keys }, () => current);
      const { tokens } = await complete(flow, { scope: 'openid offline_access', prompt: 'consent' });
      current = await newKey('two');
      documents.documents.set('/rotating', { keys: [current.jwk] });
      world().clock.advance(60_000);
      const fields = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token) };
      expect((await tokenRequest(flow, fields)).status).toBe(200);
    });

    test('oidcc-request-uri-unsigned', async () => {
      expect((await metadata(world())).request_object_signing_alg_values_supported).not.toContain('none');
    });

    test('oidcc-request-uri-signed-rs256', async () => {
      const path = '/request';
      const uri = `${documents.url}${path}#${createHash('sha256').update('x').digest('base64url')}`;
      const { client, flow } = await registered(world(), { request_uris: [uri] });
      const inside = { response_type: 'code', client_id: client.client_id, redirect_uri: CALLBACK };
      const claims = { ...inside, scope: 'openid', state: 'inside', nonce: 'inside' };
      const now = Math.floor(world().clock.now() / 1000);
      const addressed = { ...claims, iss: client.client_id, aud: `${world().url}/${APP_ID}/` };
      documents.documents.set(path, await key.sign(addressed, now));
      const outside = { state: undefined, nonce: undefined, code_challenge: undefined };
      const stop = await authorize(flow, { ...outside, request_uri: uri });
      expect([stop.reached, stop.query.get('state')]).toEqual([CALLBACK, 'inside']);
      const other = await authorize(flow, { request_uri: `${documents.url}/another` });
      expect(other.query.get('error')).toBe('request_uri_not_supported');
    });

    test('oidcc-ensure-request-object-with-redirect-uri', async () => {
      const { flow } = await registered(world());
      const stop = await authorize(flow, { redirect_uri: 'https://suite.test/elsewhere' });
      expectErrorPage(stop, 'invalid_request', /redirect_uri is not on the list/);
    });

    test('oidcc-ensure-client-assertion-with-iss-aud-succeeds', async () => {
      const { client, flow } = await registered(world());
      const { fields } = await flow.proof();
      expect(decodeJwt(fields?.client_assertion ?? '').aud).toBe(`${world().url}/${APP_ID}/`);
      expect(decodeProtectedHeader(fields?.client_assertion ?? '').alg).toBe('RS256');
      expect((await complete(flow)).claims.aud).toBe(client.client_id);
    });
  },
  start,
);

describeWorld(
  'oidcc-3rdparty-init-login-certification',
  (world) => {
    const address = 'https://suite.test/initiate';
    test('oidcc-3rd_party-init-login', async () => {
      const { client } = await registered(world(), { initiate_login_uri: address });
      expect(client.initiate_login_uri).toBe(address);
      const read = await manage(world(), client, 'GET');
      expect([read.status, await read.json()]).toMatchObject([200, { initiate_login_uri: address }]);
    });

    test('oidcc-3rd_party-init-login-nohttps', async () => {
      const response = await registrar(world()).post({
        ...ordinary(),
        initiate_login_uri: 'http://suite.test/x',
      });
      await expectRefused(response, 'invalid_client_metadata');
    });
  },
  start,
);
