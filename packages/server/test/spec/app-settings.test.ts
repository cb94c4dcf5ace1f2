/** Every setting of an app is obeyed: each key of the schema has a case here that flips it and sees the wire change. */
import { AppInput } from '@sallyport/contract';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ADMIN } from '../support/server.js';
import {
  ADA,
  type Answer,
  APP,
  basic,
  describeWorld,
  REDIRECT,
  redirectOf,
  type World,
} from './support/world.js';

interface Case {
  /** Settings under which the key matters; the app of the test world when absent. */
  from?: object;
  to: object;
  observe(world: World): Promise<unknown>;
  before: unknown;
  after: unknown;
}

const NO_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

async function authorize(world: World, parameters: Record<string, string | undefined> = {}) {
  const { cookie } = await world.signIn(ADA);
  return world.authorize(parameters, { cookie });
}

/** The page after signing out of a session in which the client `cli` got a code. */
async function signOut(world: World): Promise<string> {
  const { cookie } = await world.signIn(ADA);
  await world.code(cookie);
  const url = '/oauth2/endsession/MyApp';
  const asked = await world.fetch(url, { headers: { cookie } });
  const [, form_token = ''] = /name="form_token" value="([^"]*)"/.exec(await asked.text()) ?? [];
  const cookies = asked.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  return (await world.form(url, { form_token }, { cookie: [cookie, ...cookies].join('; ') })).text();
}

const status = async (world: World) => (await authorize(world)).status;
const answered = async (world: World, name: string, parameters?: Record<string, string | undefined>) =>
  redirectOf(await authorize(world, parameters)).parameters.get(name);
const page = async (world: World) => (await authorize(world)).text();
const tokens = async (world: World, parameters?: Record<string, string | undefined>) =>
  world.tokens((await world.signIn(ADA)).cookie, parameters);
const shows = (text: string) => async (world: World) => (await page(world)).includes(text);

/** A field of the app as an administrator reads it. */
const administered = (field: string) => async (world: World) => {
  const { cookie } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  const response = await world.fetch('/api/v1/apps/MyApp', { headers: { cookie } });
  return ((await response.json()) as Record<string, unknown>)[field];
};

const one = (definition: object) => ({
  scope: { definitions: [{ name: 'all', description: 'Everything', restRegex: ['.*'], ...definition }] },
});
const CONSENT = { scope: { userMustConfirm: true } };

/** Flips of one member of a mapping; what the claim `mail` then is. */
function flipsOfClaims(flips: Record<string, [object, unknown]>): Record<string, Case> {
  const mapped = (over: object) => ({ tokens: { claims: [{ name: 'who', from: 'email', ...over }] } });
  return Object.fromEntries(
    Object.entries(flips).map(([member, [over, after]]) => [
      `tokens.claims.${member}`,
      {
        from: { template: 'OAuth2Server', ...mapped({}) },
        to: mapped(over),
        observe: async (world) =>
          decodeJwt((await tokens(world)).access_token)[member === 'name' ? 'mail' : 'who'],
        before: member === 'name' ? undefined : ADA.loginName,
        after,
      },
    ]),
  );
}

const CASES: Record<string, Case> = {
  applicationId: {
    to: { applicationId: 'Another' },
    observe: async (world) => (await world.authorize({}, {}, 'Another')).status,
    before: 400,
    after: 302,
  },
  name: {
    from: CONSENT,
    to: { name: 'Flipped name' },
    observe: shows('Flipped name'),
    before: false,
    after: true,
  },
  template: {
    to: { template: 'OAuth2Server', generalUsage: { issuer: 'default' } },
    observe: async (world) => world.whoami((await tokens(world)).access_token),
    before: 200,
    after: 401,
  },
  description: { to: { description: 'new' }, observe: administered('description'), before: '', after: 'new' },
  category: {
    to: { category: 'Finance' },
    observe: administered('category'),
    before: 'Other',
    after: 'Finance',
  },
  vendorFields: {
    to: { vendorFields: { UserNameStrategy: 'ADAttribute' } },
    observe: administered('vendorFields'),
    before: undefined,
    after: { UserNameStrategy: 'ADAttribute' },
  },
  enabled: { to: { enabled: false }, observe: status, before: 302, after: 400 },
  'generalUsage.clientIdType': {
    to: { generalUsage: { clientIdType: 'confidential' } },
    observe: status,
    before: 302,
    after: 400,
  },
  'generalUsage.allowedClients': {
    from: { generalUsage: { clientIdType: 'list', allowedClients: ['cli'] } },
    to: { generalUsage: { allowedClients: ['other'] } },
    observe: status,
    before: 302,
    after: 400,
  },
  'generalUsage.mustBeOAuthClient': {
    from: { generalUsage: { clientIdType: 'confidential' } },
    to: { generalUsage: { mustBeOAuthClient: false } },
    observe: async (world) =>
      (await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic(ADA))).status,
    before: 401,
    after: 200,
  },
  'generalUsage.admitOldClients': {
    to: { generalUsage: { admitOldClients: true } },
    observe: (world) => answered(world, 'responseType', NO_PKCE),
    before: null,
    after: 'code',
  },
  'generalUsage.issuer': {
    to: { generalUsage: { issuer: 'https://issuer.test/x' } },
    observe: async (world) => decodeJwt((await tokens(world)).access_token).iss?.endsWith('/MyApp/'),
    before: true,
    after: false,
  },
  'generalUsage.redirects': {
    to: { generalUsage: { redirects: ['https://elsewhere.test/cb'] } },
    observe: status,
    before: 302,
    after: 400,
  },
  'generalUsage.requirePar': {
    to: { generalUsage: { requirePar: true } },
    observe: (world) => answered(world, 'error'),
    before: null,
    after: 'invalid_request',
  },
  'generalUsage.postLogoutRedirects': {
    to: { generalUsage: { postLogoutRedirects: ['https://rp.test/bye'] } },
    observe: async (world) => {
      const { id_token } = await tokens(world, { scope: 'openid' });
      const query = new URLSearchParams({
        id_token_hint: id_token,
        post_logout_redirect_uri: 'https://rp.test/bye',
      });
      return (await world.fetch(`/oauth2/endsession/MyApp?${query}`)).headers.get('location');
    },
    before: null,
    after: 'https://rp.test/bye',
  },
  'generalUsage.registration': {
    to: { generalUsage: { registration: 'open' } },
    observe: async (world) =>
      (
        await world.fetch('/oauth2/register/MyApp', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ redirect_uris: [REDIRECT] }),
        })
      ).status,
    before: 403,
    after: 201,
  },
  'generalUsage.clientMetadataDocuments': {
    to: { generalUsage: { clientMetadataDocuments: true } },
    // Nobody answers at this address: as the id of a document it is no client, as any other word it is.
    observe: async (world) => (await authorize(world, { client_id: 'https://127.0.0.1:1/client' })).status,
    before: 302,
    after: 400,
  },
  'generalUsage.subjectType': {
    to: { generalUsage: { subjectType: 'pairwise' } },
    async observe(world) {
      const { id_token, access_token } = await tokens(world, { scope: 'openid' });
      const { sub, unique_name } = decodeJwt(id_token);
      return [sub === (await world.introspect(access_token)).sub, unique_name, access_token.includes('.')];
    },
    before: [true, ADA.loginName, true],
    after: [true, undefined, false],
  },
  'tokens.userinfoSignedResponseAlg': {
    to: { tokens: { userinfoSignedResponseAlg: 'RS256' } },
    async observe(world) {
      const { access_token } = await tokens(world, { scope: 'openid' });
      const headers = { authorization: `Bearer ${access_token}` };
      return (await world.fetch('/oauth2/userinfo/MyApp', { headers })).headers.get('content-type');
    },
    before: 'application/json; charset=utf-8',
    after: 'application/jwt',
  },
  'generalUsage.frontchannelLogoutUri': {
    to: { generalUsage: { frontchannelLogoutUri: 'https://rp.test/signed-out' } },
    observe: async (world) => (await signOut(world)).includes('src="https://rp.test/signed-out?'),
    before: false,
    after: true,
  },
  'generalUsage.backchannelLogoutUri': {
    to: { generalUsage: { backchannelLogoutUri: 'http://127.0.0.1:1/signed-out' } },
    async observe(world) {
      await signOut(world);
      return (await world.core.store.read.sessionClients.orphans(world.clock.now() + 60_000, 9)).length;
    },
    before: 0,
    after: 1,
  },
  'generalUsage.audience': {
    from: { template: 'OAuth2Server' },
    to: { generalUsage: { audience: 'https://api.acme.test' } },
    observe: async (world) =>
      String(decodeJwt((await tokens(world)).access_token).aud).replace(world.url, ''),
    before: '/MyApp/',
    after: 'https://api.acme.test',
  },
  'tokens.idTokenAlg': {
    to: { tokens: { idTokenAlg: 'PS256' } },
    observe: async (world) => decodeProtectedHeader((await tokens(world, { scope: 'openid' })).id_token).alg,
    before: 'RS256',
    after: 'PS256',
  },
  'tokens.requireDpop': {
    to: { tokens: { requireDpop: true } },
    observe: async (world) =>
      (await world.token({ grant_type: 'client_credentials', scope: 'all' }, basic())).status,
    before: 200,
    after: 400,
  },
  ...flipsOfClaims({
    name: [{ name: 'mail' }, ADA.loginName],
    from: [{ from: 'roles' }, ['Developers', 'Everybody']],
    value: [{ from: 'constant', value: 7 }, 7],
  }),
  'tokens.type': {
    to: { tokens: { type: 'opaque' } },
    observe: async (world) => (await tokens(world)).access_token.split('.').length,
    before: 3,
    after: 1,
  },
  'tokens.authMethods': {
    to: { tokens: { authMethods: ['clientCreds'] } },
    observe: (world) => answered(world, 'error'),
    before: null,
    after: 'unauthorized_client',
  },
  'tokens.lifetime': {
    to: { tokens: { lifetime: '2m' } },
    observe: async (world) => (await tokens(world)).expires_in,
    before: 18_000,
    after: 120,
  },
  'tokens.codeLifetime': {
    to: { tokens: { codeLifetime: '2s' } },
    observe: async (world) => {
      const code = await world.code((await world.signIn(ADA)).cookie);
      world.clock.advance(3_000);
      return (await world.redeem(code)).status;
    },
    before: 200,
    after: 400,
  },
  'tokens.issueRefreshTokens': {
    to: { tokens: { issueRefreshTokens: false } },
    observe: async (world) => 'refresh_token' in (await tokens(world)),
    before: true,
    after: false,
  },
  'tokens.refreshTokenLifetime': {
    to: { tokens: { refreshTokenLifetime: '2d' } },
    observe: async (world) => {
      const { exp, auth_time } = await world.introspect((await tokens(world)).refresh_token);
      return (Number(exp) - Number(auth_time)) / 86_400;
    },
    before: 365,
    after: 2,
  },
  'scope.userMustConfirm': { to: CONSENT, observe: status, before: 302, after: 200 },
  'scope.allowScopeSelection': {
    from: CONSENT,
    to: { scope: { allowScopeSelection: true } },
    observe: shows('type="checkbox" name="scopes"'),
    before: false,
    after: true,
  },
  'scope.definitions.name': {
    to: one({ name: 'everything' }),
    observe: (world) => answered(world, 'error'),
    before: null,
    after: 'invalid_scope',
  },
  'scope.definitions.description': {
    from: CONSENT,
    to: one({ description: 'In other words' }),
    observe: shows('In other words'),
    before: false,
    after: true,
  },
  'scope.definitions.restRegex': {
    to: one({ restRegex: ['nothing'] }),
    observe: async (world) => world.whoami((await tokens(world)).access_token),
    before: 200,
    after: 403,
  },
  'scope.definitions.default': {
    from: { scope: { definitions: [{ name: 'all' }, { name: 'whoami' }] } },
    to: { scope: { definitions: [{ name: 'all' }, { name: 'whoami', default: true }] } },
    observe: (world) => answered(world, 'error', { scope: undefined }),
    before: 'invalid_scope',
    after: null,
  },
  'userAccess.roles': {
    to: { userAccess: { roles: [] } },
    observe: (world) => answered(world, 'error'),
    before: null,
    after: 'access_denied',
  },
};

/** Paths of the keys that hold a value, lists of documents included. */
function leafKeys(schema: unknown, path = ''): string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return leafKeys(schema.unwrap(), path);
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject)
    return leafKeys(schema.element, path);
  if (!(schema instanceof z.ZodObject)) return [path];
  return Object.entries(schema.shape).flatMap(([key, value]) =>
    leafKeys(value, path ? `${path}.${key}` : key),
  );
}

/** `patch` over `base`, at every depth; lists replace whole. */
function over(base: object, patch: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const old = merged[key];
    const isDeep = isPlain(value) && isPlain(old);
    merged[key] = isDeep ? over(old, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The app of the test world with every key spelled out. */
const BASE = AppInput.parse(APP);

test('every key of the settings schema has a case that flips it', () => {
  expect(leafKeys(AppInput).sort()).toEqual(Object.keys(CASES).sort());
});

describeWorld('settings of an app', (world) => {
  afterEach(() => world().apply({ apps: [BASE] }));

  test.each(Object.entries(CASES))(
    '%s changes the wire',
    async (_, { from = {}, to, observe, before, after }) => {
      const start = over(BASE, from);
      await world().apply({ apps: [start] });
      expect(await observe(world())).toEqual(before);
      await world().apply({ apps: [over(start, to)] });
      expect(await observe(world())).toEqual(after);
    },
  );

  describe('admitOldClients, rule 3', () => {
    const swap = async () => {
      const { cookie } = await world().signIn(ADA);
      const code = await world().code(cookie);
      return world().redeem(code, { grant_type: 'implicit' });
    };

    test('admits grant_type=implicit, and its absence is named', async () => {
      const refused = await swap();
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({
        error: 'unsupported_grant_type',
        error_description: expect.stringContaining('admitOldClients'),
      });
      await world().configure({ generalUsage: { admitOldClients: true } });
      await world().configure({ tokens: { issueRefreshTokens: true } });
      const tokens = (await (await swap()).json()) as Answer;
      expect(tokens.access_token).toBeTypeOf('string');
      expect(tokens).not.toHaveProperty('refresh_token');
    });

    test('never admits PKCE plain', async () => {
      await world().configure({ generalUsage: { admitOldClients: true } });
      expect(await answered(world(), 'error', { code_challenge_method: 'plain' })).toBe('invalid_request');
      expect(redirectOf(await authorize(world())).target).toBe(REDIRECT);
    });
  });
});
