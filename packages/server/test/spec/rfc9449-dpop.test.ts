/** DPoP: tokens bound to a key at every grant, and refused without its proof wherever a token is taken. */
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDpopClient, type DpopClient } from './support/dpop-client.js';
import {
  ADA,
  type Answer,
  APP,
  basic,
  CHALLENGE,
  describeWorld,
  errorOf,
  LOOPBACK,
  REDIRECT,
  redirectOf,
  SVC,
  VERIFIER,
} from './support/world.js';

describeWorld('RFC 9449 DPoP', (world) => {
  let key: DpopClient;
  let other: DpopClient;
  let nonce = '';
  const tokenUrl = () => `${world().url}/oauth2/token/MyApp`;

  beforeAll(async () => {
    [key, other] = [await createDpopClient(), await createDpopClient('EdDSA')];
    nonce = world().core.dpop.nonce();
  });

  type Claims = Parameters<DpopClient['proof']>[0];
  const proofFor = (by: DpopClient, request: Partial<Claims> & { url: string }) =>
    by.proof({ nonce: world().core.dpop.nonce(), iat: world().clock.now(), ...request });
  const prove = async (by: DpopClient, request: Partial<Claims> = {}) => ({
    dpop: await proofFor(by, { url: tokenUrl(), ...request }),
  });
  const service = async (request: Partial<Claims> = {}, by = key) =>
    world().token(
      { grant_type: 'client_credentials', scope: 'all' },
      { ...basic(), ...(await prove(by, request)) },
    );
  const cookie = async () => (await world().signIn(ADA)).cookie;
  async function boundTokens(scope = 'all openid', by = key): Promise<Answer> {
    const code = await world().code(await cookie(), { scope, dpop_jkt: by.jkt });
    const response = await world().token(
      {
        grant_type: 'authorization_code',
        client_id: 'cli',
        code,
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
      },
      await prove(by),
    );
    return (await response.json()) as Answer;
  }
  async function call(
    path: string,
    token: string,
    request: Partial<Claims> = {},
    by = key,
    init: RequestInit = {},
  ) {
    const { method = 'GET' } = init;
    const url = `${world().url}${path}`;
    const dpop = await proofFor(by, { method, url, token, ...request });
    return world().fetch(path, {
      ...init,
      headers: { authorization: `DPoP ${token}`, dpop, ...init.headers },
    });
  }

  // First, while the clock of the test is that of the libraries.
  test('openid-client completes code, userinfo and refresh with it, unmodified', async () => {
    const issuer = new URL(`${world().url}/MyApp/`);
    const config = await oidc.discovery(issuer, 'cli', undefined, oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: LOOPBACK,
      scope: 'openid profile all',
      state: 'st',
      code_challenge: await oidc.calculatePKCECodeChallenge(VERIFIER),
      code_challenge_method: 'S256',
    });
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie: await cookie() } });
    const callback = new URL(answer.headers.get('location') ?? '');
    const checks = { pkceCodeVerifier: VERIFIER, expectedState: 'st' };
    const tokens = await oidc.authorizationCodeGrant(config, callback, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const told = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '', { DPoP });
    expect(told.name).toBe('Ada Lovelace');
    const again = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    const me = await oidc.fetchProtectedResource(
      config,
      again.access_token,
      new URL('/api/v1/me', world().url),
      'GET',
      undefined,
      undefined,
      { DPoP },
    );
    expect(me.status).toBe(200);
  });

  test('oauth4webapi completes client credentials and checks the bound token by RFC 9068, unmodified', async () => {
    const options = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(`${world().url}/MyApp/`);
    const found = await oauth.discoveryRequest(issuer, options);
    const as = await oauth.processDiscoveryResponse(issuer, found);
    expect(as.dpop_signing_alg_values_supported).toContain('ES256');
    const client: oauth.Client = { client_id: SVC.loginName };
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const request = () =>
      oauth.clientCredentialsGrantRequest(
        as,
        client,
        oauth.ClientSecretBasic(SVC.password),
        new URLSearchParams({ scope: 'all' }),
        { ...options, DPoP },
      );
    const first = oauth.processClientCredentialsResponse(as, client, await request());
    await expect(first).rejects.toSatisfy((error) => oauth.isDPoPNonceError(error));
    const answer = await oauth.processClientCredentialsResponse(as, client, await request());
    expect(answer.token_type).toBe('dpop');
  });

  describe('5: the token endpoint', () => {
    test('binds the access token to the key of the proof', async () => {
      const response = await service();
      expect(response.headers.get('dpop-nonce')).toBe(nonce);
      const answer = (await response.json()) as Answer;
      expect(answer.token_type).toBe('DPoP');
      expect(decodeJwt(answer.access_token).cnf).toEqual({ jkt: key.jkt });
      expect(await world().introspect(answer.access_token)).toMatchObject({
        token_type: 'DPoP',
        cnf: { jkt: key.jkt },
      });
    });

    test('8: asks for its nonce, and takes the one before the present one too', async () => {
      for (const bad of [null, 'made up']) {
        const response = await service({ nonce: bad });
        expect(response.headers.get('dpop-nonce')).toBe(world().core.dpop.nonce());
        expect(await errorOf(response)).toEqual({ status: 400, error: 'use_dpop_nonce' });
      }
      const old = world().core.dpop.nonce();
      world().clock.advance(300_000);
      expect((await service({ nonce: old })).status).toBe(200);
      world().clock.advance(300_000);
      expect((await errorOf(await service({ nonce: old }))).error).toBe('use_dpop_nonce');
      nonce = world().core.dpop.nonce();
    });

    test('11.1: a proof counts once', async () => {
      const headers = { ...basic(), ...(await prove(key)) };
      const again = () => world().token({ grant_type: 'client_credentials', scope: 'all' }, headers);
      const answers = await Promise.all([again(), again(), again()]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await errorOf(await again())).toEqual({ status: 400, error: 'invalid_dpop_proof' });
    });

    const BAD: [string, Partial<Claims>][] = [
      ['another method', { method: 'GET' }],
      ['another address', { over: { htu: 'https://elsewhere.test/oauth2/token/MyApp' } }],
      ['no jti', { over: { jti: undefined } }],
      ['no iat', { over: { iat: undefined } }],
      ['an old iat', { over: { iat: 1 } }],
      ['a future iat', { over: { iat: 4_000_000_000 } }],
      ['a wrong typ', { header: { typ: 'JWT' } }],
      ['no key', { header: { jwk: undefined } }],
      ['a secret as its key', { header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } }],
      ['a key that did not sign it', { header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } } }],
    ];
    test.each(BAD)('4.3: refuses a proof with %s', async (_, request) => {
      expect(await errorOf(await service(request))).toEqual({ status: 400, error: 'invalid_dpop_proof' });
    });

    test.each(['', 'x', 'a.b.c', `${'x'.repeat(5000)}`, 'eyJhbGciOiJub25lIn0.e30.'])(
      'refuses the header %.20s',
      async (dpop) => {
        const response = await world().token(
          { grant_type: 'client_credentials', scope: 'all' },
          { ...basic(), dpop },
        );
        expect(await errorOf(response)).toEqual({ status: 400, error: 'invalid_dpop_proof' });
      },
    );

    test('takes a query in htu, and a proof with nbf and exp', async () => {
      const now = Math.floor(world().clock.now() / 1000);
      const over = { htu: `${tokenUrl()}?x=1#y`, nbf: now, exp: now + 60 };
      expect((await service({ over })).status).toBe(200);
    });

    test.each(['PS256', 'ES384', 'EdDSA'])('takes proofs of %s', async (alg) => {
      expect((await service({}, await createDpopClient(alg))).status).toBe(200);
    });

    test('refuses RS256', async () => {
      expect((await errorOf(await service({}, await createDpopClient('RS256')))).error).toBe(
        'invalid_dpop_proof',
      );
    });
  });

  describe('5 and rule 6: a refresh token of a public client', () => {
    test('is bound to the key, and not rotated', async () => {
      const first = await boundTokens();
      const refresh = async (by: DpopClient | null) =>
        world().token(
          { grant_type: 'refresh_token', client_id: 'cli', refresh_token: first.refresh_token },
          by ? await prove(by) : {},
        );
      for (const by of [null, other]) expect((await refresh(by)).status).toBe(400);
      for (let i = 0; i < 3; i++) {
        world().clock.advance(20_000);
        const response = await refresh(key);
        expect(response.status).toBe(200);
        const answer = (await response.json()) as Answer;
        expect(answer.refresh_token).toBeUndefined();
        expect(decodeJwt(answer.access_token).cnf).toEqual({ jkt: key.jkt });
      }
      const revoke = { client_id: 'cli', token: first.refresh_token };
      await world().form('/oauth2/revoke/MyApp', revoke);
      expect((await errorOf(await refresh(key))).error).toBe('invalid_grant');
    });
  });

  describe('10: the authorization code', () => {
    test('bound by dpop_jkt is redeemed with that key alone', async () => {
      const code = await world().code(await cookie(), { dpop_jkt: key.jkt });
      const fields = {
        ...{ grant_type: 'authorization_code', client_id: 'cli', code },
        ...{ redirect_uri: REDIRECT, code_verifier: VERIFIER },
      };
      for (const headers of [{}, await prove(other)])
        expect(await errorOf(await world().token(fields, headers))).toEqual({
          status: 400,
          error: 'invalid_grant',
        });
      expect((await world().token(fields, await prove(key))).status).toBe(200);
      const { parameters } = redirectOf(
        await world().authorize({ dpop_jkt: 'short' }, { cookie: await cookie() }),
      );
      expect(parameters.get('error')).toBe('invalid_request');
    });

    test('10.1: a proof at the PAR endpoint binds it as well, and may not contradict dpop_jkt', async () => {
      const parUrl = `${world().url}/oauth2/par/MyApp`;
      const push = async (by: DpopClient, more = {}) =>
        world().form(
          '/oauth2/par/MyApp',
          {
            ...{ client_id: 'cli', response_type: 'code', redirect_uri: REDIRECT, scope: 'all' },
            ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256', ...more },
          },
          { dpop: await proofFor(by, { url: parUrl }) },
        );
      expect((await errorOf(await push(key, { dpop_jkt: other.jkt }))).error).toBe('invalid_dpop_proof');
      const { request_uri } = (await (await push(key)).json()) as { request_uri: string };
      const query = new URLSearchParams({ client_id: 'cli', request_uri });
      const answer = await world().fetch(`/oauth2/authorize/MyApp?${query}`, {
        headers: { cookie: await cookie() },
      });
      const code = redirectOf(answer).parameters.get('code') ?? '';
      const fields = {
        ...{ grant_type: 'authorization_code', client_id: 'cli', code },
        ...{ redirect_uri: REDIRECT, code_verifier: VERIFIER },
      };
      expect((await errorOf(await world().token(fields, await prove(other)))).error).toBe('invalid_grant');
      expect((await world().token(fields, await prove(key))).status).toBe(200);
    });
  });

  describe.each(['JwtRS256', 'opaque'])('7: a bound %s token', (type) => {
    let token = '';
    beforeAll(async () => {
      await world().configure({ tokens: { ...APP.tokens, type } });
      token = (await boundTokens()).access_token;
    });

    const PLACES: [string, RequestInit][] = [
      ['/api/v1/me', {}],
      ['/security/whoami', { method: 'POST' }],
      ['/oauth2/userinfo/MyApp', {}],
      ['/oauth2/userinfo/MyApp', { method: 'POST' }],
    ];
    test.each(PLACES)('opens %s with a proof, and not as a bearer', async (path, init) => {
      expect((await call(path, token, {}, key, init)).status).toBe(200);
      const bearer = await world().fetch(path, { ...init, headers: { authorization: `Bearer ${token}` } });
      expect(bearer.status).toBe(401);
    });

    test('is no bearer of an introspection or of a session’s end either', async () => {
      const headers = { authorization: `Bearer ${token}` };
      expect((await world().form('/oauth2/introspect/MyApp', { token }, headers)).status).toBe(401);
      expect((await world().fetch('/security/logout', { method: 'POST', headers })).status).toBe(401);
      const form = new URLSearchParams({ token });
      const init = { method: 'POST', body: form };
      const answer = await call('/oauth2/introspect/MyApp', token, {}, key, init);
      expect(await answer.json()).toMatchObject({ active: true, cnf: { jkt: key.jkt } });
    });

    test('is refused with the proof of another key, for another token, spent, or without a nonce', async () => {
      const path = '/api/v1/me';
      expect((await call(path, token, {}, other)).status).toBe(401);
      expect((await call(path, token, { token: 'another' })).status).toBe(401);
      expect((await call(path, token, { over: { ath: undefined } })).status).toBe(401);
      const plain = await world().fetch(path, { headers: { authorization: `DPoP ${token}` } });
      expect(plain.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_token".*algs="ES256/);
      const asked = await call(path, token, { nonce: null });
      expect(asked.status).toBe(401);
      expect(asked.headers.get('www-authenticate')).toContain('error="use_dpop_nonce"');
      expect(asked.headers.get('dpop-nonce')).toBe(world().core.dpop.nonce());
      const dpop = await proofFor(key, { method: 'GET', url: `${world().url}${path}`, token });
      const headers = { authorization: `DPoP ${token}`, dpop };
      expect((await world().fetch(path, { headers })).status).toBe(200);
      expect((await world().fetch(path, { headers })).status).toBe(401);
    });

    test('an unbound token is not taken under the scheme DPoP', async () => {
      const { access_token } = await world().tokens(await cookie(), {});
      expect((await call('/api/v1/me', access_token)).status).toBe(401);
    });
  });

  test('an app may insist on it: bearer tokens are not issued then', async () => {
    await world().configure({ tokens: { ...APP.tokens, type: 'JwtRS256', requireDpop: true } });
    const bearer = await world().token({ grant_type: 'client_credentials', scope: 'all' }, basic());
    expect(await errorOf(bearer)).toEqual({ status: 400, error: 'invalid_dpop_proof' });
    expect((await service()).status).toBe(200);
    await world().configure({ tokens: { ...APP.tokens, authMethods: ['authCode', 'implicit'] } });
    const asked = { response_type: 'token', response_mode: undefined };
    const { parameters } = redirectOf(await world().authorize(asked, { cookie: await cookie() }));
    expect(parameters.get('error')).toBe('unauthorized_client');
    await world().configure({ tokens: { ...APP.tokens, requireDpop: false } });
  });

  test('browsers of other origins may send proofs and read nonces', async () => {
    const preflight = await world().fetch('/oauth2/token/MyApp', { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('dpop');
    const response = await service();
    expect(response.headers.get('access-control-expose-headers')).toContain('dpop-nonce');
  });
});
