import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { describe, expect, test } from 'vitest';
import { callback } from './support/black-box.js';
import { describeWorld, REDIRECT, SVC } from './support/world.js';

describeWorld('clients of the registry, unmodified', (world) => {
  const issuer = () => new URL(`${world().url}/MyApp/`);
  const insecure = { execute: [oidc.allowInsecureRequests] };

  describe('openid-client', () => {
    async function configuration(auth: 'basic' | 'post' | 'none'): Promise<oidc.Configuration> {
      if (auth === 'none') return oidc.discovery(issuer(), 'cli', undefined, oidc.None(), insecure);
      const { loginName, password } = SVC;
      const method = auth === 'basic' ? oidc.ClientSecretBasic(password) : oidc.ClientSecretPost(password);
      return oidc.discovery(issuer(), loginName, password, method, insecure);
    }

    test.each(['basic', 'post', 'none'] as const)(
      'completes code with PKCE, userinfo and refresh by %s, and checks the ID token',
      async (auth) => {
        const config = await configuration(auth);
        const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
        const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
        const url = oidc.buildAuthorizationUrl(config, {
          redirect_uri: REDIRECT,
          scope: 'openid profile all',
          code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: 'S256',
          state: expectedState,
          nonce: expectedNonce,
        });
        const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
        const tokens = await oidc.authorizationCodeGrant(config, await callback(world(), url), checks);
        expect(tokens.claims()?.sub).toBeTypeOf('string');
        const told = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
        expect(told.name).toBe('Ada Lovelace');
        const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
        expect(refreshed.access_token).not.toBe(tokens.access_token);
        expect(await world().whoami(refreshed.access_token)).toBe(200);
      },
    );

    test('completes client credentials, introspection and revocation', async () => {
      const config = await configuration('basic');
      const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'all' });
      expect(await oidc.tokenIntrospection(config, access_token)).toMatchObject({
        active: true,
        scope: 'all',
      });
      await oidc.tokenRevocation(config, access_token);
      expect(await oidc.tokenIntrospection(config, access_token)).toEqual({ active: false });
    });
  });

  describe('oauth4webapi', () => {
    const options = { [oauth.allowInsecureRequests]: true };
    const client: oauth.Client = { client_id: SVC.loginName };
    const auth = oauth.ClientSecretBasic(SVC.password);

    async function server(algorithm: 'oidc' | 'oauth2'): Promise<oauth.AuthorizationServer> {
      const response = await oauth.discoveryRequest(issuer(), { ...options, algorithm });
      return oauth.processDiscoveryResponse(issuer(), response);
    }

    test('completes code with PKCE, refresh, introspection and revocation', async () => {
      const as = await server('oidc');
      const verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(as.authorization_endpoint ?? '');
      url.search = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: REDIRECT,
        response_type: 'code',
        scope: 'openid all',
        state: 'st',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).toString();
      const params = oauth.validateAuthResponse(as, client, await callback(world(), url), 'st');
      const request = [as, client, auth] as const;
      const answer = await oauth.processAuthorizationCodeResponse(
        as,
        client,
        await oauth.authorizationCodeGrantRequest(...request, params, REDIRECT, verifier, options),
        { requireIdToken: true },
      );
      const refreshed = await oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(...request, answer.refresh_token ?? '', options),
      );
      const introspect = async () =>
        oauth.processIntrospectionResponse(
          as,
          client,
          await oauth.introspectionRequest(...request, refreshed.access_token, options),
        );
      expect(await introspect()).toMatchObject({ active: true, client_id: SVC.loginName });
      const revoked = await oauth.revocationRequest(...request, refreshed.refresh_token ?? '', options);
      await oauth.processRevocationResponse(revoked);
      expect(await introspect()).toEqual({ active: false });
    });

    test('verifies a JWT access token of client credentials by RFC 9068', async () => {
      const as = await server('oauth2');
      const parameters = new URLSearchParams({ scope: 'all' });
      const answer = await oauth.processClientCredentialsResponse(
        as,
        client,
        await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, options),
      );
      const call = new Request(`${world().url}/api`, {
        headers: { authorization: `Bearer ${answer.access_token}` },
      });
      const claims = await oauth.validateJwtAccessToken(as, call, world().url, options);
      expect(claims).toMatchObject({ client_id: SVC.loginName, scope: 'all' });
    });

    test('finds the protected resource and its issuers by RFC 9728', async () => {
      const resource = new URL(world().url);
      const response = await oauth.resourceDiscoveryRequest(resource, options);
      const metadata = await oauth.processResourceDiscoveryResponse(resource, response);
      expect(metadata.authorization_servers).toContain(issuer().href);
    });
  });
});
