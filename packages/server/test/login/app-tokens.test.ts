/** What an app's token may not become (rule 15), and what a logout takes back (rule 12). */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnEveryDatabase } from '../support/databases.js';
import type { TestServer } from '../support/server.js';
import { ADA, call, serverWithPeople, signIn, whoami } from './dance.js';

const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-0123';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

describeOnEveryDatabase('tokens of apps at the vendor’s calls', (database) => {
  let server: TestServer;
  const redirect = 'http://127.0.0.1/callback';

  beforeAll(async () => {
    server = await serverWithPeople(database);
    const app = (applicationId: string, type: string) => ({
      applicationId,
      name: applicationId,
      generalUsage: { redirects: [redirect] },
      tokens: { type, authMethods: ['authCode'], issueRefreshTokens: true },
      scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] },
      userAccess: { roles: ['Readers'] },
    });
    await server.apply({
      roles: [{ name: 'Readers', members: [ADA.loginName] }],
      apps: [app('jwt', 'JwtRS256'), app('opaque', 'opaque')],
    });
  });
  afterAll(() => server.close());

  /** A code of `app` for the session of `cookie`. */
  async function codeOf(cookie: string, app: string, scope: string): Promise<string> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'native',
      redirect_uri: redirect,
      scope,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    const authorized = await server.fetch(`/oauth2/authorize/${app}?${query}`, { headers: { cookie } });
    return new URL(authorized.headers.get('location') ?? '', server.url).searchParams.get('code') ?? '';
  }

  const redeem = (app: string, code: string) =>
    server.form(`/oauth2/token/${app}`, {
      grant_type: 'authorization_code',
      client_id: 'native',
      redirect_uri: redirect,
      code,
      code_verifier: VERIFIER,
    });

  /** Tokens of `app` for the session of `cookie`. */
  async function tokens(cookie: string, app: string, scope = 'all') {
    const response = await redeem(app, await codeOf(cookie, app, scope));
    expect(response.status).toBe(200);
    return (await response.json()) as { access_token: string; refresh_token: string };
  }

  async function refreshes(app: string, refreshToken: string): Promise<boolean> {
    const fields = { grant_type: 'refresh_token', client_id: 'native', refresh_token: refreshToken };
    return (await server.form(`/oauth2/token/${app}`, fields)).status === 200;
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test.each(['jwt', 'opaque'])('a token (%s) starts, advances and renews no session', async (app) => {
    const { cookie } = await signIn(server);
    const headers = bearer((await tokens(cookie, app)).access_token);
    expect(await whoami(server, headers)).toBe(ADA.loginName);
    for (const path of ['StartAuthentication', 'AdvanceAuthentication', 'RefreshToken']) {
      const body = { User: ADA.loginName, Version: '1.0', SessionId: 'x', MechanismId: 'y' };
      const { response, envelope } = await call(server, `/Security/${path}`, body, headers);
      expect(response.status).toBe(403);
      expect(envelope).toMatchObject({ success: false, Result: null });
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  test.each(['jwt', 'opaque'])(
    'logout by a token (%s) ends it and its family, not the session',
    async (app) => {
      const { cookie } = await signIn(server);
      const { access_token, refresh_token } = await tokens(cookie, app);
      const { envelope } = await call(server, '/security/logout', {}, bearer(access_token));
      expect(envelope.success).toBe(true);
      expect(await whoami(server, bearer(access_token))).toBeNull();
      expect(await refreshes(app, refresh_token)).toBe(false);
      expect(await whoami(server, { cookie })).toBe(ADA.loginName);
    },
  );

  test.each(['jwt', 'opaque'])(
    'logout of the session ends tokens (%s) but keeps offline access',
    async (app) => {
      const { cookie } = await signIn(server);
      const online = await tokens(cookie, app);
      const offline = await tokens(cookie, app, 'all offline_access');
      await call(server, '/security/logout', {}, { cookie });
      expect(await whoami(server, bearer(online.access_token))).toBeNull();
      expect(await refreshes(app, online.refresh_token)).toBe(false);
      expect(await whoami(server, bearer(offline.access_token))).toBeNull();
      expect(await refreshes(app, offline.refresh_token)).toBe(true);
    },
  );

  test('a token renewed after the logout by offline access is good', async () => {
    const { cookie } = await signIn(server);
    const { refresh_token } = await tokens(cookie, 'jwt', 'all offline_access');
    await call(server, '/security/logout', {}, { cookie });
    const fields = { grant_type: 'refresh_token', client_id: 'native', refresh_token };
    const answer = await server.form('/oauth2/token/jwt', fields);
    const renewed = (await answer.json()) as { access_token: string };
    expect(await whoami(server, bearer(renewed.access_token))).not.toBeNull();
  });

  test('a code does not outlive the session it came of, unless for offline access', async () => {
    const { cookie } = await signIn(server);
    const online = await codeOf(cookie, 'jwt', 'all');
    const offline = await codeOf(cookie, 'jwt', 'all offline_access');
    await call(server, '/security/logout', {}, { cookie });
    const refused = await redeem('jwt', online);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await redeem('jwt', offline)).status).toBe(200);
  });

  test('signing out everywhere ends offline access as well', async () => {
    const { cookie } = await signIn(server);
    const { access_token, refresh_token } = await tokens(cookie, 'jwt', 'all offline_access');
    await call(server, '/UserMgmt/SignOutEverywhere', {}, { cookie });
    expect(await whoami(server, bearer(access_token))).toBeNull();
    expect(await refreshes('jwt', refresh_token)).toBe(false);
  });
});
