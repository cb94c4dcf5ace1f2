/** An answer that was given before is given again only while nothing has happened that would change it. */
import { expect, test } from 'vitest';
import { addSigningClient } from './support/signing-client.js';
import { ADA, type Answer, basic, describeWorld, SVC, type World } from './support/world.js';

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
