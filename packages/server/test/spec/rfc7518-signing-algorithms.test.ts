/** What ID tokens and access tokens are signed with, by app; and keys that are published before they sign (rule 10). */
import { createRemoteJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  APP,
  basic,
  describeWorld,
  REDIRECT,
  redirectOf,
  VERIFIER,
  type World,
} from './support/world.js';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

const published = async (world: World) =>
  ((await (await world.fetch('/oauth2/keys/MyApp')).json()) as { keys: (JWK & { kid: string })[] }).keys;

describeWorld('signing algorithms', (world) => {
  const cookie = async () => (await world().signIn(ADA)).cookie;
  const verify = (token: string) =>
    jwtVerify(token, createRemoteJWKSet(new URL('/oauth2/keys/MyApp', world().url)));

  describe.each(ALGORITHMS)('%s', (idTokenAlg) => {
    beforeAll(() =>
      world().configure({ tokens: { ...APP.tokens, authMethods: ['authCode', 'implicit'], idTokenAlg } }),
    );

    test('signs ID tokens, is published as key and named in discovery, and openid-client verifies it', async () => {
      const config = await oidc.discovery(
        new URL(`${world().url}/MyApp/`),
        'cli',
        { id_token_signed_response_alg: idTokenAlg },
        oidc.None(),
        { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
      );
      expect(config.serverMetadata().id_token_signing_alg_values_supported).toEqual([idTokenAlg]);
      const url = oidc.buildAuthorizationUrl(config, {
        ...{ redirect_uri: REDIRECT, scope: 'openid', state: 'st' },
        code_challenge: await oidc.calculatePKCECodeChallenge(VERIFIER),
        code_challenge_method: 'S256',
      });
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: await cookie() } });
      const callback = new URL(answer.headers.get('location') ?? '');
      const checks = { pkceCodeVerifier: VERIFIER, expectedState: 'st', idTokenExpected: true };
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
      const { kid, alg } = decodeProtectedHeader(tokens.id_token ?? '');
      expect(alg).toBe(idTokenAlg);
      expect((await published(world())).find((key) => key.kid === kid)).toMatchObject({
        alg: idTokenAlg,
        use: 'sig',
      });
    });

    test('binds code and access token by the hash that belongs to it (OpenID Connect Core 3.3.2.11)', async () => {
      const config = await oidc.discovery(
        new URL(`${world().url}/MyApp/`),
        'cli',
        { id_token_signed_response_alg: idTokenAlg },
        oidc.None(),
        { execute: [oidc.allowInsecureRequests, oidc.useCodeIdTokenResponseType] },
      );
      const answer = await world().authorize(
        { response_type: 'code id_token', scope: 'openid', nonce: 'n', state: undefined },
        { cookie: await cookie() },
      );
      const callback = new URL(answer.headers.get('location') ?? '');
      const checks = { pkceCodeVerifier: VERIFIER, expectedNonce: 'n' };
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
      expect(tokens.claims()?.at_hash).toBeTypeOf('string');
    });

    test('comes back as id_token_hint', async () => {
      const { id_token } = await world().tokens(await cookie(), { scope: 'openid' });
      const hinted = { prompt: 'none', scope: 'openid', id_token_hint: id_token };
      const { parameters } = redirectOf(await world().authorize(hinted, { cookie: await cookie() }));
      expect(parameters.get('code')).toBeTypeOf('string');
    });
  });

  test('an access token of JwtES256 opens the gate, and verifies by RFC 9068', async () => {
    await world().configure({ tokens: { ...APP.tokens, type: 'JwtES256', idTokenAlg: 'RS256' } });
    const response = await world().token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    const { access_token } = (await response.json()) as Answer;
    const { protectedHeader, payload } = await verify(access_token);
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    for (const claim of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti', 'scope', 'auth_time'])
      expect(payload, 'RFC 9068 section 2.2').toHaveProperty(claim);
    expect(await world().whoami(access_token)).toBe(200);
    expect(await world().introspect(access_token)).toMatchObject({ active: true, jti: payload.jti });
  });

  test('a key is for one algorithm: a token that names another is refused', async () => {
    await world().configure({ tokens: { ...APP.tokens, type: 'JwtRS256', idTokenAlg: 'PS256' } });
    const { access_token } = await world().tokens(await cookie());
    const [, claims = '', signature = ''] = access_token.split('.');
    const { kid } = decodeProtectedHeader(access_token);
    for (const alg of ['PS256', 'ES256', 'HS256', 'none']) {
      const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid })).toString('base64url');
      expect(await world().whoami(`${header}.${claims}.${signature}`)).toBe(401);
    }
  });

  test('a rotation publishes the next key of every algorithm, and drops no valid token', async () => {
    await world().configure({ tokens: { ...APP.tokens, type: 'JwtES256', idTokenAlg: 'EdDSA' } });
    const before = await world().tokens(await cookie(), { scope: 'openid all' });
    const { core, tenant, operator } = world();
    await core.admin.keys.rotate(tenant, operator);
    const keys = await core.admin.keys.list(tenant, operator);
    for (const alg of ALGORITHMS)
      expect(
        keys
          .filter((key) => key.alg === alg)
          .map(({ state }) => state)
          .sort(),
        alg,
      ).toEqual(['active', 'next', 'retired']);
    const after = await world().tokens(await cookie(), { scope: 'openid all' });
    for (const name of ['access_token', 'id_token'] as const) {
      const [old, fresh] = [before, after].map((answer) => decodeProtectedHeader(answer[name]).kid);
      expect(fresh).not.toBe(old);
      await verify(before[name]);
      await verify(after[name]);
    }
    expect(await world().whoami(before.access_token)).toBe(200);
  });
});
