/** Tokens for APIs elsewhere: OAuth2 Server apps, and the parameter `resource` that names one. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { describe, expect, test } from 'vitest';
import {
  ADA,
  type Answer,
  basic,
  describeWorld,
  EVE,
  errorOf,
  REDIRECT,
  redirectOf,
  SVC,
  VERIFIER,
  type World,
} from './support/world.js';

const REPORTS = 'https://reports.acme.test/api';
const WIKI = 'https://wiki.acme.test';

/** An API of the administrator's, with scopes of its own. */
const api = (applicationId: string, audience: string, more: object = {}) => ({
  applicationId,
  template: 'OAuth2Server',
  name: applicationId,
  generalUsage: { audience, redirects: [REDIRECT] },
  tokens: {
    authMethods: ['authCode', 'clientCreds'],
    claims: [
      { name: 'mail', from: 'email' },
      { name: 'groups', from: 'roles' },
      { name: 'stage', from: 'constant', value: 'test' },
      { name: 'phone', from: 'phoneNumber' },
    ],
  },
  scope: {
    definitions: [
      { name: 'read', description: `Read ${applicationId}`, restRegex: ['.*'] },
      { name: 'write', description: `Write ${applicationId}` },
    ],
  },
  userAccess: { roles: ['Developers'] },
  ...more,
});

async function prepare(world: World): Promise<void> {
  await world.apply({
    apps: [
      api('Reports', REPORTS),
      api('Wiki', WIKI, { tokens: { type: 'opaque', authMethods: ['authCode'] } }),
      api('Closed', 'https://closed.acme.test', { userAccess: { roles: [] } }),
      api('Off', 'https://off.acme.test', { enabled: false }),
    ],
  });
}

const list = (values: Record<string, string>, resources: readonly string[]) =>
  new URLSearchParams([
    ...Object.entries(values),
    ...resources.map((uri): [string, string] => ['resource', uri]),
  ]);

describeWorld(
  'OAuth2 Server apps and resource indicators',
  (world) => {
    const cookie = async () => (await world().signIn(ADA)).cookie;

    async function codeFor(resources: readonly string[], scope: string): Promise<Response> {
      const query = list(
        { response_type: 'code', client_id: SVC.loginName, redirect_uri: REDIRECT, scope },
        resources,
      );
      return world().fetch(`/oauth2/authorize/MyApp?${query}`, { headers: { cookie: await cookie() } });
    }

    async function redeemed(
      resources: readonly string[],
      scope: string,
      at?: readonly string[],
    ): Promise<Response> {
      const code = redirectOf(await codeFor(resources, scope)).parameters.get('code') ?? '';
      return exchanged({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }, at ?? []);
    }

    function exchanged(fields: Record<string, string>, resources: readonly string[]): Promise<Response> {
      const body = list(fields, resources);
      return world().fetch('/oauth2/token/MyApp', { method: 'POST', body, headers: basic() });
    }

    const claimsOf = async (response: Response) =>
      decodeJwt(((await response.json()) as Answer).access_token);

    describe('an OAuth2 Server app', () => {
      test('issues tokens for its audience with its claims, which open nothing here', async () => {
        const query = list(
          { response_type: 'code', client_id: SVC.loginName, redirect_uri: REDIRECT, scope: 'read' },
          [],
        );
        const answer = await world().fetch(`/oauth2/authorize/Reports?${query}`, {
          headers: { cookie: await cookie() },
        });
        const code = redirectOf(answer).parameters.get('code') ?? '';
        const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
        const response = await world().token(fields, basic(), 'Reports');
        const { access_token } = (await response.json()) as Answer;
        const keys = createRemoteJWKSet(new URL('/oauth2/keys/Reports', world().url));
        const { payload } = await jwtVerify(access_token, keys, {
          audience: REPORTS,
          issuer: `${world().url}/Reports/`,
          typ: 'at+jwt',
        });
        expect(payload).toMatchObject({
          scope: 'read',
          mail: ADA.loginName,
          groups: ['Developers', 'Everybody'],
          stage: 'test',
        });
        expect(payload).not.toHaveProperty('phone');
        expect(await world().whoami(access_token)).toBe(401);
      });

      test('issues tokens to clients of their own, by client credentials', async () => {
        const fields = { grant_type: 'client_credentials', scope: 'write' };
        const claims = await claimsOf(await world().token(fields, basic(), 'Reports'));
        expect(claims).toMatchObject({ aud: REPORTS, scope: 'write', mail: SVC.loginName });
      });

      test('is no issuer of this server’s own API', async () => {
        const response = await world().fetch('/.well-known/oauth-protected-resource');
        const { authorization_servers } = (await response.json()) as { authorization_servers: string[] };
        expect(authorization_servers).toEqual([`${world().url}/MyApp/`]);
      });
    });

    describe('resource, RFC 8707', () => {
      test('sets audience, scopes and claims from the registered app', async () => {
        const claims = await claimsOf(await redeemed([REPORTS], 'read openid'));
        expect(claims).toMatchObject({ aud: REPORTS, scope: 'read openid', stage: 'test' });
        expect(claims.iss).toBe(`${world().url}/MyApp/`);
      });

      test('2.2: of several that were granted a token is for the one that is named', async () => {
        const both = [REPORTS, world().url];
        expect(await claimsOf(await redeemed(both, 'read all', [REPORTS]))).toMatchObject({
          aud: REPORTS,
          scope: 'read',
        });
        const own = (await (await redeemed(both, 'read all', [world().url])).json()) as Answer;
        expect(decodeJwt(own.access_token)).toMatchObject({ aud: world().url, scope: 'all' });
        expect(await world().whoami(own.access_token)).toBe(200);
        for (const at of [[], both, [WIKI]])
          expect(await errorOf(await redeemed(both, 'read all', at))).toEqual({
            status: 400,
            error: 'invalid_target',
          });
      });

      test('2.2: a refresh token reaches the resources of its grant and no other', async () => {
        const first = (await (
          await redeemed([REPORTS, world().url], 'read all', [REPORTS])
        ).json()) as Answer;
        const refresh = (refresh_token: string, at: string[]) =>
          exchanged({ grant_type: 'refresh_token', refresh_token }, at);
        expect(await errorOf(await refresh(first.refresh_token, [WIKI]))).toEqual({
          status: 400,
          error: 'invalid_target',
        });
        const second = (await (await refresh(first.refresh_token, [world().url])).json()) as Answer;
        expect(decodeJwt(second.access_token)).toMatchObject({ aud: world().url, scope: 'all' });
        const third = await claimsOf(await refresh(second.refresh_token, [REPORTS]));
        expect(third).toMatchObject({ aud: REPORTS, scope: 'read' });
      });

      test.each([
        ['is not registered', 'https://nobody.test', 'invalid_target'],
        ['is disabled', 'https://off.acme.test', 'invalid_target'],
        ['has a fragment', `${REPORTS}#x`, 'invalid_target'],
        ['is no URI', 'reports', 'invalid_target'],
        ['is closed to the user', 'https://closed.acme.test', 'access_denied'],
      ])('is refused by redirect when it %s', async (_, resource, error) => {
        const { target, parameters } = redirectOf(await codeFor([resource], 'read'));
        expect([target, parameters.get('error')]).toEqual([REDIRECT, error]);
      });

      test('opens no scope of the app that was asked, nor a scope of another API', async () => {
        expect(redirectOf(await codeFor([REPORTS], 'all')).parameters.get('error')).toBe('invalid_scope');
        expect(redirectOf(await codeFor([], 'read')).parameters.get('error')).toBe('invalid_scope');
      });

      test('is checked again at the token endpoint: an API closed meanwhile gets no token', async () => {
        const code = redirectOf(await codeFor([REPORTS], 'read')).parameters.get('code') ?? '';
        await world().apply({ apps: [{ applicationId: 'Reports', userAccess: { roles: [] } }] });
        const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
        expect(await errorOf(await exchanged(fields, []))).toEqual({ status: 400, error: 'invalid_grant' });
        await world().apply({ apps: [{ applicationId: 'Reports', userAccess: { roles: ['Developers'] } }] });
      });

      test('a token for another API is refused at the gate, at userinfo and as a bearer of introspection', async () => {
        const { access_token } = (await (await redeemed([REPORTS], 'read openid')).json()) as Answer;
        const headers = { authorization: `Bearer ${access_token}` };
        expect((await world().fetch('/api/v1/me', { headers })).status).toBe(401);
        expect((await world().fetch('/oauth2/userinfo/MyApp', { headers })).status).toBe(401);
        const asked = await world().form('/oauth2/introspect/MyApp', { token: access_token }, headers);
        expect(asked.status).toBe(401);
      });

      test('the API it is for may introspect it, with its claims, and another API may not', async () => {
        const { access_token } = (await (await redeemed([REPORTS], 'read')).json()) as Answer;
        const ask = async (app: string) =>
          (await world().form(`/oauth2/introspect/${app}`, { token: access_token }, basic())).json();
        expect(await ask('Reports')).toMatchObject({
          active: true,
          aud: REPORTS,
          scope: 'read',
          stage: 'test',
        });
        expect(await ask('Wiki')).toEqual({ active: false });
        await world().apply({ apps: [{ applicationId: 'Reports', enabled: false }] });
        expect(await ask('MyApp')).toEqual({ active: false });
        await world().apply({ apps: [{ applicationId: 'Reports', enabled: true }] });
      });

      test('is shown to the user who is asked to allow it', async () => {
        await world().apply({ apps: [{ applicationId: 'Reports', scope: { userMustConfirm: true } }] });
        const page = await (await codeFor([REPORTS], 'read')).text();
        expect(page).toContain('Read Reports');
        expect(page).toMatch(/id="resources".*Reports/);
        await world().apply({ apps: [{ applicationId: 'Reports', scope: { userMustConfirm: false } }] });
      });

      test('a user without a role of the API gets no code for it', async () => {
        const { cookie: eve } = await world().signIn(EVE);
        const query = { client_id: 'cli', scope: 'read', resource: REPORTS };
        const { parameters } = redirectOf(await world().authorize(query, { cookie: eve }));
        expect(parameters.get('error')).toBe('access_denied');
      });
    });

    test('openid-client names a resource at authorize, token and refresh, unmodified', async () => {
      const issuer = new URL(`${world().url}/MyApp/`);
      const config = await oidc.discovery(issuer, 'cli', undefined, oidc.None(), {
        execute: [oidc.allowInsecureRequests],
      });
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT,
        scope: 'read',
        resource: REPORTS,
        state: 'st',
        code_challenge: await oidc.calculatePKCECodeChallenge(VERIFIER),
        code_challenge_method: 'S256',
      });
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: await cookie() } });
      const callback = new URL(answer.headers.get('location') ?? '');
      const checks = { pkceCodeVerifier: VERIFIER, expectedState: 'st' };
      const tokens = await oidc.authorizationCodeGrant(config, callback, checks, { resource: REPORTS });
      expect(decodeJwt(tokens.access_token).aud).toBe(REPORTS);
      const again = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', { resource: REPORTS });
      expect(decodeJwt(again.access_token).aud).toBe(REPORTS);
    });
  },
  prepare,
);
