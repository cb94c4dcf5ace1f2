/** A request that came before is answered likewise only while nothing has happened that would change the answer. */
import { decodeJwt } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { addSigningClient } from './support/signing-client.js';
import { ADA, type Answer, APP, basic, describeWorld, SVC, type World } from './support/world.js';

const INACTIVE = { status: 200, active: false };
const ACTIVE = { status: 200, active: true };
const REFUSED = { status: 401, active: undefined };

const user = (who: { loginName: string }, changed: object) => ({
  users: [{ loginName: who.loginName, ...changed }],
});
const members = (...who: { loginName: string }[]) => ({
  roles: [{ name: 'Developers', members: who.map(({ loginName }) => loginName) }],
});

/** What ends an answer, what is answered from then on, and how to undo it. */
interface Ending {
  end(world: World, tokens: Answer, cookie: string): Promise<unknown>;
  leaves: { status: number; active: boolean | undefined };
  undo?(world: World): Promise<unknown>;
}

const ENDINGS: Record<string, Ending> = {
  'its revocation': {
    end: (world, { access_token }) =>
      world.form('/oauth2/revoke/MyApp', { client_id: 'cli', token: access_token }),
    leaves: INACTIVE,
  },
  'the revocation of its refresh token': {
    end: (world, { refresh_token }) =>
      world.form('/oauth2/revoke/MyApp', { client_id: 'cli', token: refresh_token }),
    leaves: INACTIVE,
  },
  'the end of its session': {
    end: (world, _tokens, cookie) =>
      world.fetch('/security/logout', {
        method: 'POST',
        headers: { cookie, 'x-centrify-native-client': '1' },
      }),
    leaves: INACTIVE,
  },
  'its time': { end: async (world) => world.clock.advance(18_000_000), leaves: INACTIVE },
  'its user being disabled': {
    end: (world) => world.apply(user(ADA, { enabled: false })),
    leaves: INACTIVE,
    undo: (world) => world.apply(user(ADA, { enabled: true })),
  },
  "its user leaving the app's role": {
    end: (world) => world.apply(members(SVC)),
    leaves: INACTIVE,
    undo: (world) => world.apply(members(ADA, SVC)),
  },
  'its user getting another password': {
    end: async (world) => {
      world.clock.advance(1);
      await world.apply({ users: [{ ...ADA, password: 'quite another password' }] });
    },
    leaves: INACTIVE,
    undo: (world) => world.apply({ users: [ADA] }),
  },
  'whoever asks leaving the role': {
    end: (world) => world.apply(members(ADA)),
    leaves: INACTIVE,
    undo: (world) => world.apply(members(ADA, SVC)),
  },
  'whoever asks being disabled': {
    end: (world) => world.apply(user(SVC, { enabled: false })),
    leaves: REFUSED,
    undo: (world) => world.apply(user(SVC, { enabled: true })),
  },
  'whoever asks getting another secret': {
    end: (world) => world.apply(user(SVC, { password: 'a newer secret of theirs' })),
    leaves: REFUSED,
    undo: (world) => world.apply(user(SVC, { password: SVC.password })),
  },
  'its app being switched off': {
    end: (world) => world.configure({ enabled: false }),
    leaves: { status: 400, active: undefined },
    undo: (world) => world.configure({ enabled: true }),
  },
};

describeWorld('an introspection asked again', (world) => {
  async function ask(token: string, headers = basic()): Promise<{ status: number; active: unknown }> {
    const response = await world().form('/oauth2/introspect/MyApp', { token }, headers);
    const { active } = (await response.json()) as { active?: unknown };
    return { status: response.status, active };
  }

  /** Tokens from after every change of the app, introspected twice. */
  async function remembered(): Promise<{ tokens: Answer; cookie: string }> {
    world().clock.advance(2_000);
    const { cookie } = await world().signIn(ADA);
    const tokens = await world().tokens(cookie);
    for (const _ of [1, 2]) expect(await ask(tokens.access_token)).toEqual(ACTIVE);
    return { tokens, cookie };
  }

  for (const type of ['JwtRS256', 'opaque'])
    test.each(Object.entries(ENDINGS))(`of a token (${type}) ends with %s, at once`, async (_, ending) => {
      await world().configure({ tokens: { type } });
      const { tokens, cookie } = await remembered();
      await ending.end(world(), tokens, cookie);
      expect(await ask(tokens.access_token)).toEqual(ending.leaves);
      await ending.undo?.(world());
    });

  test('is not answered to another secret, another client or another app', async () => {
    const { tokens } = await remembered();
    expect(await ask(tokens.access_token, basic({ ...SVC, password: 'wrong' }))).toEqual(REFUSED);
    expect(await ask(tokens.access_token, basic({ ...SVC, loginName: 'nobody@acme.test' }))).toEqual(REFUSED);
    const other = await world().form('/oauth2/introspect/Nowhere', { token: tokens.access_token }, basic());
    expect(other.status).toBe(400);
  });

  test('K07: is not answered to an assertion that came before', async () => {
    const client = await addSigningClient(world());
    const { tokens } = await remembered();
    const fields = { token: tokens.access_token, ...(await client.proof(world())) };
    const statuses: number[] = [];
    for (const _ of [1, 2]) statuses.push((await world().form('/oauth2/introspect/MyApp', fields)).status);
    expect(statuses).toEqual([200, 401]);
  });

  test('a refresh token is looked at each time', async () => {
    const { tokens } = await remembered();
    const { refresh_token } = tokens;
    for (const _ of [1, 2]) expect(await ask(refresh_token)).toEqual(ACTIVE);
    await world().token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token });
    expect(await ask(refresh_token)).toEqual(INACTIVE);
  });

  test('is refused while the asker is slowed down for wrong secrets', async () => {
    const { tokens } = await remembered();
    const wrong = basic({ ...SVC, password: 'guessed' });
    for (let guess = 0; guess < 6; guess++) expect(await ask(tokens.access_token, wrong)).toEqual(REFUSED);
    expect(await ask(tokens.access_token)).toEqual(REFUSED);
    world().clock.advance(3_600_000);
    expect(await ask(tokens.access_token)).toEqual(ACTIVE);
  });
});

/** What ends the granting of a repeated token request, the error it leaves, and how to undo it. */
const REFUSALS: Record<string, [end: (world: World) => Promise<unknown>, error: string]> = {
  'another secret': [
    (world) => world.apply(user(SVC, { password: 'a newer one of theirs' })),
    'invalid_client',
  ],
  'the client being disabled': [(world) => world.apply(user(SVC, { enabled: false })), 'invalid_client'],
  'the client leaving the role': [(world) => world.apply(members(ADA)), 'unauthorized_client'],
  'the app being switched off': [(world) => world.configure({ enabled: false }), 'unauthorized_client'],
  'the grant being taken from the app': [
    (world) => world.configure({ tokens: { authMethods: ['authCode'] } }),
    'unauthorized_client',
  ],
  'the scope being taken from the app': [
    (world) =>
      world.configure({ scope: { definitions: APP.scope.definitions.filter(({ name }) => name !== 'all') } }),
    'invalid_scope',
  ],
  'the app asking for a proof': [
    (world) => world.configure({ tokens: { requireDpop: true } }),
    'invalid_dpop_proof',
  ],
};

describeWorld('client credentials asked for again', (world) => {
  const ASKED = { grant_type: 'client_credentials', scope: 'all' };

  async function asked(headers = basic()): Promise<{ error?: string; access_token: string }> {
    return (await (await world().token(ASKED, headers)).json()) as { error?: string; access_token: string };
  }

  afterEach(async () => {
    await world().apply(user(SVC, { password: SVC.password, enabled: true }));
    await world().apply(members(ADA, SVC));
    await world().configure({ ...APP, enabled: true, tokens: { ...APP.tokens, requireDpop: false } });
  });

  test.each(Object.entries(REFUSALS))('are refused at once after %s', async (_, [end, error]) => {
    for (const _ of [1, 2]) expect((await asked()).error).toBeUndefined();
    await end(world());
    expect((await asked()).error).toBe(error);
  });

  test('are refused to another secret, and while the client is slowed down', async () => {
    expect((await asked()).error).toBeUndefined();
    const wrong = basic({ ...SVC, password: 'guessed' });
    for (let guess = 0; guess < 6; guess++) expect((await asked(wrong)).error).toBe('invalid_client');
    expect((await asked()).error).toBe('invalid_client');
    world().clock.advance(3_600_000);
    expect((await asked()).error).toBeUndefined();
  });

  test('give another token each time, of that instant', async () => {
    const first = decodeJwt((await asked()).access_token);
    world().clock.advance(5_000);
    const second = decodeJwt((await asked()).access_token);
    expect(second.jti).not.toBe(first.jti);
    for (const claim of ['iat', 'exp', 'auth_time'])
      expect(Number(second[claim]) - Number(first[claim])).toBe(5);
  });

  test("a person's password is looked at each time, and its end is kept", async () => {
    await world().configure({ generalUsage: { clientIdType: 'confidential', mustBeOAuthClient: false } });
    await world().apply({ users: [{ ...ADA, password: 'a password of this instant' }] });
    await world().apply({ tenant: { passwords: { expireAfter: '1d' } } });
    const ada = basic({ ...ADA, password: 'a password of this instant' });
    world().clock.advance(86_400_000 - 30_000);
    for (const _ of [1, 2]) expect((await asked(ada)).error).toBeUndefined();
    world().clock.advance(31_000);
    expect((await asked(ada)).error).toBe('invalid_client');
    await world().apply({ tenant: { passwords: { expireAfter: 'never' } } });
  });

  test('K07: are refused to an assertion that came before', async () => {
    const client = await addSigningClient(world());
    const fields = { ...ASKED, ...(await client.proof(world())) };
    const statuses: number[] = [];
    for (const _ of [1, 2]) statuses.push((await world().token(fields)).status);
    expect(statuses).toEqual([200, 401]);
  });
});
