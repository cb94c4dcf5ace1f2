/** The flows beyond the plain code flow, by clients of the registry, unmodified. */
import { exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBrowser } from './conformance/browser.js';
import { callback, initialAccessToken } from './support/black-box.js';
import { describeWorld, REDIRECT } from './support/world.js';

const LOGGED_OUT = 'https://client.test/signed-out';
const APP = {
  generalUsage: { registration: 'initialAccessToken', postLogoutRedirects: [LOGGED_OUT] },
  tokens: { authMethods: ['authCode', 'implicit'] },
};
const METADATA = {
  redirect_uris: [REDIRECT],
  post_logout_redirect_uris: [LOGGED_OUT],
  response_types: ['code', 'id_token', 'code id_token'],
  grant_types: ['authorization_code', 'refresh_token', 'implicit'],
};

describeWorld(
  'every flow by clients of the registry',
  (world) => {
    const issuer = () => new URL(`${world().url}/MyApp/`);
    let key: oauth.PrivateKey;
    let jwks: { keys: object[] };
    beforeAll(async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      key = { key: privateKey, kid: 'one' };
      jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
    });

    describe('openid-client', () => {
      async function registered(
        more: object = {},
        auth: oidc.ClientAuth = oidc.PrivateKeyJwt(key),
      ): Promise<oidc.Configuration> {
        const options = {
          execute: [oidc.allowInsecureRequests],
          initialAccessToken: await initialAccessToken(world()),
        };
        const metadata = {
          ...{ ...METADATA, jwks, token_endpoint_auth_method: 'private_key_jwt' },
          ...more,
        } as Partial<oidc.ClientMetadata>;
        return oidc.dynamicClientRegistration(issuer(), metadata, auth, options);
      }

      type Parameters = Record<string, string>;

      /** The code flow with PKCE; `ask` makes the address out of the parameters. */
      async function complete(
        config: oidc.Configuration,
        scope: string,
        ask: (parameters: Parameters) => Promise<URL> | URL = (parameters) =>
          oidc.buildAuthorizationUrl(config, parameters),
      ) {
        const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
        const url = await ask({
          ...{ redirect_uri: REDIRECT, scope, code_challenge_method: 'S256' },
          code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
        });
        const checks = { pkceCodeVerifier, idTokenExpected: true };
        return oidc.authorizationCodeGrant(config, await callback(world(), url), checks);
      }

      test.each(['a pushed request', 'a signed request', 'a signed request, pushed'])(
        'completes code by %s, proved by private_key_jwt',
        async (how) => {
          const config = await registered();
          const tokens = await complete(config, 'openid all', async (parameters) => {
            const asked = how.includes('signed')
              ? (await oidc.buildAuthorizationUrlWithJAR(config, parameters, key)).searchParams
              : new URLSearchParams(parameters);
            return how.includes('pushed')
              ? oidc.buildAuthorizationUrlWithPAR(config, asked)
              : oidc.buildAuthorizationUrl(config, asked);
          });
          expect(await world().whoami(tokens.access_token)).toBe(200);
        },
      );

      test('completes code and refresh by client_secret_jwt', async () => {
        const config = await registered(
          { jwks: undefined, token_endpoint_auth_method: 'client_secret_jwt' },
          (as, client, body, headers) =>
            oidc.ClientSecretJwt(String(client.client_secret))(as, client, body, headers),
        );
        const tokens = await complete(config, 'openid all offline_access');
        const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
        expect(await world().whoami(refreshed.access_token)).toBe(200);
      });

      test('takes an ID token by the implicit flow, and signs out by RP-initiated logout', async () => {
        const config = await registered();
        oidc.useIdTokenResponseType(config);
        const nonce = oidc.randomNonce();
        const url = oidc.buildAuthorizationUrl(config, { redirect_uri: REDIRECT, scope: 'openid', nonce });
        const back = await callback(world(), url);
        const claims = await oidc.implicitAuthentication(config, back, nonce);
        expect(claims.nonce).toBe(nonce);
        const end = oidc.buildEndSessionUrl(config, {
          id_token_hint: new URLSearchParams(back.hash.slice(1)).get('id_token') ?? '',
          post_logout_redirect_uri: LOGGED_OUT,
          state: 'over',
        });
        const left = await createBrowser(world().url).open(`${end.pathname}${end.search}`, {
          'logout-yes': {},
        });
        expect([left.reached, left.query.get('state')]).toEqual([LOGGED_OUT, 'over']);
      });

      test('reads signed userinfo', async () => {
        const config = await registered({ userinfo_signed_response_alg: 'RS256' });
        const tokens = await complete(config, 'openid profile');
        const told = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
        expect(told.name).toBe('Ada Lovelace');
      });
    });

    describe('oauth4webapi', () => {
      const options = { [oauth.allowInsecureRequests]: true };

      async function registered(): Promise<[oauth.AuthorizationServer, oauth.Client, oauth.ClientAuth]> {
        const found = await oauth.discoveryRequest(issuer(), options);
        const as = await oauth.processDiscoveryResponse(issuer(), found);
        const metadata = { ...METADATA, jwks, token_endpoint_auth_method: 'private_key_jwt' };
        const response = await oauth.dynamicClientRegistrationRequest(
          as,
          metadata as Partial<oauth.OmitSymbolProperties<oauth.Client>>,
          { ...options, initialAccessToken: await initialAccessToken(world()) },
        );
        const client = await oauth.processDynamicClientRegistrationResponse(response);
        return [as, client, oauth.PrivateKeyJwt(key)];
      }

      test('completes the hybrid flow by a signed and pushed request', async () => {
        const [as, client, auth] = await registered();
        const verifier = oauth.generateRandomCodeVerifier();
        const nonce = oauth.generateRandomNonce();
        const request = await oauth.issueRequestObject(
          as,
          client,
          {
            ...{ response_type: 'code id_token', redirect_uri: REDIRECT, scope: 'openid all', nonce },
            ...{ state: 'st', code_challenge_method: 'S256' },
            code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          },
          key,
        );
        const pushed = await oauth.pushedAuthorizationRequest(as, client, auth, { request }, options);
        const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, pushed);
        const url = new URL(as.authorization_endpoint ?? '');
        url.search = new URLSearchParams({ client_id: client.client_id, request_uri }).toString();
        const back = await callback(world(), url);
        const answer = await oauth.validateCodeIdTokenResponse(
          ...([as, client, back, nonce, 'st', oauth.skipAuthTimeCheck, options] as const),
        );
        const response = await oauth.authorizationCodeGrantRequest(
          ...([as, client, auth, answer, REDIRECT, verifier, options] as const),
        );
        const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
          expectedNonce: nonce,
          requireIdToken: true,
        });
        expect(await world().whoami(tokens.access_token)).toBe(200);
      });
    });
  },
  APP,
);
