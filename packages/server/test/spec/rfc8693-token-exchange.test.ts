/** Token exchange: the next API in the user's name, and never a wider token (rule 15). */
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { describe, expect, test } from 'vitest';
import { createDpopClient } from './support/dpop-client.js';
import {
  ADA,
  type Answer,
  APP,
  basic,
  describeWorld,
  errorOf,
  REDIRECT,
  SVC,
  type World,
} from './support/world.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const FRONT = 'https://front.acme.test';
const BACK = 'https://back.acme.test';

/** Front receives the user's token and calls Back; Loner is the API of somebody else. */
async function prepare(world: World): Promise<void> {
  const api = (applicationId: string, audience: string, more: object = {}) => ({
    applicationId,
    template: 'OAuth2Server',
    name: applicationId,
    generalUsage: { audience, redirects: [REDIRECT] },
    tokens: { authMethods: ['authCode', 'clientCreds', 'tokenExchange'], issueRefreshTokens: true },
    scope: { definitions: [{ name: 'read' }, { name: 'write' }, { name: 'all' }] },
    userAccess: { roles: ['Developers'] },
    ...more,
  });
  await world.apply({
    apps: [
      api('Front', FRONT),
      api('Back', BACK, { scope: { definitions: [{ name: 'read' }, { name: 'admin' }] } }),
      api('Loner', 'https://loner.acme.test', { userAccess: { roles: [] } }),
      { ...APP, tokens: { ...APP.tokens, authMethods: ['authCode', 'clientCreds', 'tokenExchange'] } },
    ],
  });
}

describeWorld(
  'RFC 8693 token exchange',
  (world) => {
    const cookie = async () => (await world().signIn(ADA)).cookie;

    /** Ada's token for the API Front, as its client got it. */
    async function received(
      scope = 'read write openid offline_access',
      extra = {},
      headers = {},
    ): Promise<Answer> {
      const query = { client_id: 'cli', scope, ...extra };
      const response = await world().authorize(query, { cookie: await cookie() }, 'Front');
      const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
      const fields = {
        ...{ grant_type: 'authorization_code', client_id: 'cli', code, redirect_uri: REDIRECT },
        code_verifier: 'a-verifier-of-forty-three-characters-or-more-0',
      };
      return (await (await world().token(fields, headers, 'Front')).json()) as Answer;
    }
    const exchange = (
      subject_token: string,
      fields: Record<string, string> = {},
      app = 'Front',
      headers = {},
    ) =>
      world().token(
        { grant_type: GRANT, subject_token, subject_token_type: ACCESS_TOKEN, ...fields },
        { ...basic(), ...headers },
        app,
      );
    const own = async (app = 'Front', scope = 'read') => {
      const fields = { grant_type: 'client_credentials', scope };
      return ((await (await world().token(fields, basic(), app)).json()) as Answer).access_token;
    };

    test('2.2: the API that received a token gets one for the next API, of the same user', async () => {
      const { access_token } = await received();
      const response = await exchange(access_token, { resource: BACK });
      expect(response.status).toBe(200);
      const answer = (await response.json()) as Answer;
      expect(answer).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', scope: 'read' });
      expect(answer.refresh_token).toBeUndefined();
      expect(answer.id_token).toBeUndefined();
      const [before, after] = [access_token, answer.access_token].map((token) => decodeJwt(token));
      expect(after).toMatchObject({ aud: BACK, sub: before?.sub, client_id: SVC.loginName, scope: 'read' });
      expect(after).not.toHaveProperty('act');
    });

    test('2.1: the audience may be named instead, and must not contradict the resource', async () => {
      const { access_token } = await received();
      const claims = async (fields: Record<string, string>) =>
        decodeJwt(((await (await exchange(access_token, fields)).json()) as Answer).access_token);
      expect((await claims({ audience: BACK })).aud).toBe(BACK);
      expect((await claims({})).aud).toBe(FRONT);
      const both = await exchange(access_token, { audience: BACK, resource: FRONT });
      expect((await errorOf(both)).error).toBe('invalid_target');
    });

    test('4.1: an actor token of the client makes it delegation, and the chain is kept', async () => {
      const { access_token } = await received();
      const actor = { actor_token: await own(), actor_token_type: ACCESS_TOKEN };
      const first = (await (await exchange(access_token, { resource: BACK, ...actor })).json()) as Answer;
      const me = { sub: decodeJwt(actor.actor_token).sub, client_id: SVC.loginName };
      expect(decodeJwt(first.access_token).act).toEqual(me);
      const second = (await (await exchange(first.access_token, actor, 'Back')).json()) as Answer;
      expect(decodeJwt(second.access_token).act).toEqual({ ...me, act: me });
      const asked = await world().form('/oauth2/introspect/Back', { token: second.access_token }, basic());
      expect(await asked.json()).toMatchObject({ active: true, act: { ...me, act: me } });
      let token = second.access_token;
      for (let i = 0; i < 3; i++)
        token = ((await (await exchange(token, actor, 'Back')).json()) as Answer).access_token;
      expect(await errorOf(await exchange(token, actor, 'Back'))).toEqual({
        status: 400,
        error: 'invalid_request',
      });
    });

    test('the actor token must be of the client itself', async () => {
      const { access_token } = await received();
      const fields = { actor_token: access_token, actor_token_type: ACCESS_TOKEN };
      expect((await errorOf(await exchange(access_token, fields))).error).toBe('invalid_request');
    });

    describe('never reaches further', () => {
      test.each([
        ['a scope the token lacks', 'read', { scope: 'read write' }],
        ['a scope of the next API alone', 'read write', { resource: BACK, scope: 'admin' }],
        ['openid', 'read openid', { scope: 'read openid' }],
        ['offline_access', 'read offline_access', { scope: 'offline_access' }],
      ])('by %s', async (_, held, fields) => {
        const { access_token } = await received(held);
        expect((await errorOf(await exchange(access_token, fields as Record<string, string>))).error).toBe(
          'invalid_scope',
        );
      });

      test('into this server’s own API, whatever the scopes are called', async () => {
        const { access_token } = await received('all');
        const tries: Record<string, string>[] = [{}, { scope: 'all' }];
        for (const fields of tries)
          expect((await errorOf(await exchange(access_token, fields, 'MyApp'))).error).toBe(
            'invalid_request',
          );
        const swapped = await exchange(access_token, { resource: world().url });
        expect((await errorOf(swapped)).error).toBe('invalid_target');
      });

      test('than the scopes of a token for this server’s own API', async () => {
        const { access_token } = await world().tokens(await cookie(), { scope: 'whoami' });
        expect((await errorOf(await exchange(access_token, { scope: 'all' }, 'MyApp'))).error).toBe(
          'invalid_scope',
        );
        const answer = (await (await exchange(access_token, {}, 'MyApp')).json()) as Answer;
        expect(answer.scope).toBe('whoami');
        expect(await world().whoami(answer.access_token)).toBe(200);
      });

      test('in time', async () => {
        const { access_token } = await received();
        world().clock.advance(3_600_000);
        const answer = (await (await exchange(access_token, { resource: BACK })).json()) as Answer;
        expect(decodeJwt(answer.access_token).exp).toBe(decodeJwt(access_token).exp);
        expect(answer.expires_in).toBeLessThanOrEqual(4 * 3600);
      });

      test('than the life of its family: what revokes the first token revokes the second', async () => {
        const { access_token, refresh_token } = await received();
        const answer = (await (await exchange(access_token, { resource: BACK })).json()) as Answer;
        const ask = async () =>
          (await world().form('/oauth2/introspect/Back', { token: answer.access_token }, basic())).json();
        expect(await ask()).toMatchObject({ active: true });
        await world().form('/oauth2/revoke/Front', { client_id: 'cli', token: refresh_token });
        expect(await ask()).toEqual({ active: false });
        expect((await errorOf(await exchange(access_token))).error).toBe('invalid_request');
      });

      test('than its key: a bound token yields none that is not bound', async () => {
        const key = await createDpopClient();
        const proof = (app: string) =>
          key.proof({
            url: `${world().url}/oauth2/token/${app}`,
            nonce: world().core.dpop.nonce(),
            iat: world().clock.now(),
          });
        const { access_token } = await received(
          'read',
          { dpop_jkt: key.jkt },
          { dpop: await proof('Front') },
        );
        expect((await errorOf(await exchange(access_token))).error).toBe('invalid_dpop_proof');
        const answer = await exchange(access_token, {}, 'Front', { dpop: await proof('Front') });
        expect(decodeJwt(((await answer.json()) as Answer).access_token).cnf).toEqual({ jkt: key.jkt });
      });
    });

    describe('is refused', () => {
      test('to a public client, and to one whose user holds no role of the app or of the next API (rule 1)', async () => {
        const { access_token } = await received();
        const fields = {
          grant_type: GRANT,
          client_id: 'cli',
          subject_token: access_token,
          subject_token_type: ACCESS_TOKEN,
        };
        expect((await world().token(fields, {}, 'Front')).status).toBe(401);
        const loner = await exchange(access_token, { resource: 'https://loner.acme.test' });
        expect((await errorOf(loner)).error).toBe('unauthorized_client');
      });

      test('for a token of another app and for another API', async () => {
        const { access_token } = await received();
        expect((await errorOf(await exchange(access_token, {}, 'Back'))).error).toBe('invalid_request');
      });

      test.each([
        ['no token', { subject_token: 'x' }],
        ['an unknown type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }],
        ['an unknown requested type', { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }],
        ['an actor type without a token', { actor_token_type: ACCESS_TOKEN }],
      ])('for %s', async (_, fields) => {
        const { access_token } = await received();
        expect((await errorOf(await exchange(access_token, fields as Record<string, string>))).error).toBe(
          'invalid_request',
        );
      });

      test('where the app does not allow it, and an ID token is never a subject', async () => {
        const { access_token, id_token } = await received();
        expect((await errorOf(await exchange(id_token))).error).toBe('invalid_request');
        await world().apply({ apps: [{ applicationId: 'Front', tokens: { authMethods: ['authCode'] } }] });
        expect((await errorOf(await exchange(access_token))).error).toBe('unauthorized_client');
        await prepare(world());
      });

      test('for a user who left the role, at once', async () => {
        const { access_token } = await received();
        await world().apply({ roles: [{ name: 'Developers', members: [SVC.loginName] }] });
        expect((await errorOf(await exchange(access_token))).error).toBe('invalid_request');
        await world().apply({ roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }] });
      });
    });

    test('yields opaque tokens too, that know their actor', async () => {
      await world().apply({ apps: [{ applicationId: 'Front', tokens: { type: 'opaque' } }] });
      const { access_token } = await received();
      const actor = { actor_token: await own(), actor_token_type: ACCESS_TOKEN };
      const answer = (await (await exchange(access_token, { resource: BACK, ...actor })).json()) as Answer;
      const asked = await world().form('/oauth2/introspect/Back', { token: answer.access_token }, basic());
      expect(await asked.json()).toMatchObject({
        active: true,
        aud: BACK,
        act: { client_id: SVC.loginName },
      });
      await world().apply({ apps: [{ applicationId: 'Front', tokens: { type: 'JwtRS256' } }] });
    });

    test.each(['openid-client', 'oauth4webapi'])('%s completes it, unmodified', async (library) => {
      const { access_token } = await received();
      const issuer = new URL(`${world().url}/Front/`);
      const parameters = { subject_token: access_token, subject_token_type: ACCESS_TOKEN, resource: BACK };
      if (library === 'openid-client') {
        const auth = oidc.ClientSecretBasic(SVC.password);
        const config = await oidc.discovery(issuer, SVC.loginName, SVC.password, auth, {
          execute: [oidc.allowInsecureRequests],
        });
        const answer = await oidc.genericGrantRequest(config, GRANT, parameters);
        expect(decodeJwt(answer.access_token).aud).toBe(BACK);
        return;
      }
      const options = { [oauth.allowInsecureRequests]: true };
      const found = await oauth.discoveryRequest(issuer, options);
      const as = await oauth.processDiscoveryResponse(issuer, found);
      expect(as.grant_types_supported).toContain(GRANT);
      const client: oauth.Client = { client_id: SVC.loginName };
      const auth = oauth.ClientSecretBasic(SVC.password);
      const response = await oauth.genericTokenEndpointRequest(as, client, auth, GRANT, parameters, options);
      const answer = await oauth.processGenericTokenEndpointResponse(as, client, response);
      expect(decodeJwt(answer.access_token).aud).toBe(BACK);
    });
  },
  prepare,
);
