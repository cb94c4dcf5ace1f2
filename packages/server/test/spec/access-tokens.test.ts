import { createHash, createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Tenant } from '../../src/core/model.js';
import { createOpaqueFormat } from '../../src/core/tokens/opaque.js';
import { createUrls } from '../../src/core/urls.js';
import { ADA, type Answer, basic, describeWorld, SVC, type World } from './support/world.js';

async function adasTokens(world: World, scope = 'all'): Promise<Answer> {
  return world.tokens((await world.signIn(ADA)).cookie, { scope });
}

async function jwks(world: World): Promise<JSONWebKeySet> {
  return (await (await world.fetch('/oauth2/keys/MyApp')).json()) as JSONWebKeySet;
}

const segment = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token with the claims of a good one under another header, signed as `signer` says. */
function forge(token: string, header: object, signer: (input: string) => Buffer): string {
  const input = `${segment(header)}.${token.split('.')[1]}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

describeWorld('access tokens', (world) => {
  test('a JWT verifies with jose and carries the claims of contract section 7', async () => {
    const { access_token } = await adasTokens(world());
    const verified = await jwtVerify(access_token, createLocalJWKSet(await jwks(world())), {
      issuer: `${world().url}/MyApp/`,
      audience: world().url,
      typ: 'at+jwt',
      algorithms: ['RS256'],
      currentDate: new Date(world().clock.now()),
    });
    expect(verified.protectedHeader.kid).toBeTypeOf('string');
    expect(verified.payload).toMatchObject({
      client_id: 'cli',
      scope: 'all',
      unique_name: ADA.loginName,
      tenant_id: world().tenant.code,
      sub: expect.stringMatching(/^[\w-]{36}$/),
      jti: expect.any(String),
      iat: Math.floor(world().clock.now() / 1000),
      exp: Math.floor(world().clock.now() / 1000) + 18_000,
      auth_time: expect.any(Number),
    });
  });

  test('an ID token comes with openid: aud, nonce, at_hash, sid, and verifies with jose', async () => {
    const { cookie } = await world().signIn(ADA);
    const { id_token } = await world().tokens(cookie, { scope: 'openid all', nonce: 'n-0' });
    const { payload } = await jwtVerify(id_token, createLocalJWKSet(await jwks(world())), {
      issuer: `${world().url}/MyApp/`,
      audience: 'cli',
      currentDate: new Date(world().clock.now()),
    });
    expect(payload).toMatchObject({ nonce: 'n-0', at_hash: expect.any(String), sid: expect.any(String) });
    expect(await world().whoami(id_token)).toBe(401);
  });

  test('J08: the key set holds public halves alone', async () => {
    const { keys } = await jwks(world());
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  test('J01: alg none in any spelling, with or without signature, is 401', async () => {
    const { access_token } = await adasTokens(world());
    const { kid } = decodeProtectedHeader(access_token);
    for (const alg of ['none', 'None', 'nOnE', '', undefined]) {
      const forged = forge(access_token, { alg, kid, typ: 'at+jwt' }, () => Buffer.alloc(0));
      expect(await world().whoami(forged)).toBe(401);
      expect(await world().whoami(`${forged}AAAA`)).toBe(401);
    }
  });

  test('J02: HS256 keyed with the public key in any form is 401', async () => {
    const { access_token } = await adasTokens(world());
    const [jwk] = (await jwks(world())).keys;
    const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' });
    const forms = [
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      JSON.stringify(jwk),
    ];
    for (const form of forms) {
      const header = { alg: 'HS256', kid: jwk?.kid, typ: 'at+jwt' };
      const forged = forge(access_token, header, (input) =>
        createHmac('sha256', form).update(input).digest(),
      );
      expect(await world().whoami(forged)).toBe(401);
    }
  });

  test('J03, J04: a strange kid and keys named in the header are 401, and lead nowhere', async () => {
    const { access_token } = await adasTokens(world());
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const own = publicKey.export({ format: 'jwk' });
    const { kid } = decodeProtectedHeader(access_token);
    const headers = [
      { kid: '../../dev/null' },
      { kid: "x' or '1'='1" },
      { kid: ['a'] },
      { kid: 'k'.repeat(5_000) },
      { kid, jwk: own },
      { kid, jku: 'http://127.0.0.1:1/keys' },
      { kid, x5u: 'http://127.0.0.1:1/cert' },
      { kid, crit: ['b64'], b64: false },
    ];
    for (const header of headers) {
      const forged = forge(access_token, { alg: 'RS256', typ: 'at+jwt', ...header }, (input) =>
        sign('sha256', Buffer.from(input), privateKey),
      );
      expect(await world().whoami(forged)).toBe(401);
    }
  });

  test('J05: another spelling of a good token is 401', async () => {
    const { access_token } = await adasTokens(world());
    expect(await world().whoami(access_token)).toBe(200);
    const [header, claims, signature = ''] = access_token.split('.');
    const spellings = [
      `${header}.${claims}.${signature.slice(0, -4)}`,
      `${access_token}.x`,
      `${access_token}=`,
      `${header}.${claims}.${signature}==`,
      `${header}=.${claims}.${signature}`,
      `.${claims}.${signature}`,
      `${header}.${claims}.`,
    ];
    for (const spelling of spellings) expect(await world().whoami(spelling)).toBe(401);
  });

  test('what we signed ourselves is no access token under another typ or audience', async () => {
    const { access_token } = await adasTokens(world());
    const { core, tenant } = world();
    const claims = decodeJwt(access_token);
    const sign = (typ: string, changed: object) =>
      core.keys.sign(tenant.id, { typ }, { ...claims, ...changed });
    expect(await world().whoami(await sign('at+jwt', {}))).toBe(200);
    expect(await world().whoami(await sign('JWT', {}))).toBe(401);
    expect(await world().whoami(await sign('at+jwt', { aud: 'https://api.test' }))).toBe(401);
    expect(await world().whoami(await sign('at+jwt', { app_id: undefined }))).toBe(401);
  });

  test.each(['JwtRS256', 'opaque'])(
    'a new password of the user voids %s tokens, codes and refresh tokens from before (advisory 38)',
    async (type) => {
      await world().configure({ tokens: { type } });
      const { cookie } = await world().signIn(ADA);
      const { access_token, refresh_token } = await world().tokens(cookie);
      const code = await world().code(cookie);
      world().clock.advance(1);
      await world().apply({ users: [{ ...ADA, password: 'a new password of hers' }] });
      expect(await world().whoami(access_token)).toBe(401);
      expect(await world().introspect(access_token)).toEqual({ active: false });
      expect(await world().introspect(refresh_token)).toEqual({ active: false });
      const fields = { grant_type: 'refresh_token', client_id: 'cli', refresh_token };
      expect((await world().token(fields)).status).toBe(400);
      expect((await world().redeem(code)).status).toBe(400);
      await world().apply({ users: [ADA] });
      world().clock.advance(1);
      expect(await world().whoami((await adasTokens(world())).access_token)).toBe(200);
    },
  );

  test('an expired token is 401', async () => {
    const { access_token } = await adasTokens(world());
    world().clock.advance(18_000_000);
    expect(await world().whoami(access_token)).toBe(401);
  });

  test.each(['JwtRS256', 'opaque'])(
    'a %s token dies with its user, role, app and scope pattern, at once',
    async (type) => {
      await world().configure({ tokens: { type } });
      const cases: [object, object, number][] = [
        [
          { users: [{ loginName: ADA.loginName, enabled: false }] },
          { users: [{ loginName: ADA.loginName, enabled: true }] },
          401,
        ],
        [
          { roles: [{ name: 'Developers', members: [SVC.loginName] }] },
          { roles: [{ name: 'Developers', members: [ADA.loginName, SVC.loginName] }] },
          401,
        ],
        [
          { apps: [{ applicationId: 'MyApp', enabled: false }] },
          { apps: [{ applicationId: 'MyApp', enabled: true }] },
          401,
        ],
        [
          { apps: [{ applicationId: 'MyApp', scope: { definitions: [{ name: 'all', restRegex: ['x'] }] } }] },
          {
            apps: [{ applicationId: 'MyApp', scope: { definitions: [{ name: 'all', restRegex: ['.*'] }] } }],
          },
          403,
        ],
      ];
      for (const [taken, back, status] of cases) {
        const { access_token } = await adasTokens(world());
        expect(await world().whoami(access_token)).toBe(200);
        await world().apply(taken);
        expect(await world().whoami(access_token)).toBe(status);
        await world().apply(back);
      }
    },
  );

  test('rotation drops no valid token and publishes each key before it signs (J08, lesson 33)', async () => {
    await world().configure({ tokens: { type: 'JwtRS256' } });
    const { core, tenant, operator } = world();
    const signed: string[] = [];
    for (let round = 0; round < 3; round++) {
      const published = (await jwks(world())).keys.map((key) => key.kid);
      const { access_token } = await adasTokens(world());
      expect(published).toContain(decodeProtectedHeader(access_token).kid);
      signed.push(access_token);
      await core.admin.keys.rotate(tenant, operator);
      for (const token of signed) expect(await world().whoami(token)).toBe(200);
    }
    const kids = signed.map((token) => decodeProtectedHeader(token).kid);
    expect(new Set(kids).size).toBe(3);
    const states = (await core.admin.keys.list(tenant, operator)).map((key) => key.state);
    expect(states.filter((state) => state === 'active')).toHaveLength(1);
    expect(states.filter((state) => state === 'next')).toHaveLength(1);
  });

  /** Keys made in one millisecond come in any order. */
  async function activeKey() {
    const { core, tenant, operator } = world();
    return (await core.admin.keys.list(tenant, operator)).find(({ state }) => state === 'active');
  }

  test('a retired key leaves the set when its last token is over', async () => {
    const { core, tenant, operator } = world();
    const first = await activeKey();
    await core.admin.keys.rotate(tenant, operator);
    world().clock.advance(40 * 86_400_000);
    expect((await jwks(world())).keys.map((key) => key.kid)).not.toContain(first?.kid);
  });

  test('its private half is removed with it, once, and the change log says so', async () => {
    const { core, tenant, operator } = world();
    const kids = async () => (await core.store.read.keys.list(tenant.id)).map(({ kid }) => kid);
    const first = await activeKey();
    await core.admin.keys.rotate(tenant, operator);
    await core.admin.keys.removeRetired(tenant);
    expect(await kids()).toContain(first?.kid);
    world().clock.advance(40 * 86_400_000);
    await Promise.all([1, 2].map(() => core.admin.keys.removeRetired(tenant)));
    expect(await kids()).not.toContain(first?.kid);
    const { items } = await core.store.read.changes.page(tenant.id, { limit: 50 });
    expect(items.filter(({ action, name }) => action === 'delete' && name === first?.kid)).toMatchObject([
      { actor: 'local:schedule' },
    ]);
  });

  test('lesson 2: client credentials leave no grant, session or token behind', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'all' };
    const answer = (await (await world().token(fields, basic())).json()) as Answer;
    const { sub = '' } = decodeJwt(answer.access_token);
    const { read } = world().core.store;
    expect(await read.grants.ofUser(world().tenant.id, sub)).toEqual([]);
    expect(await read.sessions.ofUser(world().tenant.id, sub)).toEqual([]);
  });
});

describe('an opaque token', () => {
  const facts = {
    appId: 'a',
    clientId: 'svc',
    userId: 'u',
    scope: 'all',
    audience: 'https://api.test',
    jkt: null,
    act: null,
    authTime: 0,
    grantId: null,
    sessionId: null,
    issuedAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
  };

  test('made by an earlier version, of 256 random bits alone, is still found', async () => {
    const old = randomBytes(32).toString('base64url');
    const tokenHash = createHash('sha256').update(old).digest('base64url');
    const { issuedAt: createdAt, ...kept } = facts;
    const row = { ...kept, tokenHash, createdAt, tenantId: 't', revokedAt: null };
    const format = createOpaqueFormat({
      read: { accessTokens: { find: async (hash) => (hash === tokenHash ? row : null) } },
      urls: createUrls('https://sallyport.test'),
      clock: { now: () => Date.now() },
    });
    const tenant = { id: 't' } as Tenant;
    expect(format.recognises(old)).toBe(true);
    expect(await format.read(tenant, old)).toMatchObject({ id: tokenHash, facts: { clientId: 'svc' } });
  });
});
