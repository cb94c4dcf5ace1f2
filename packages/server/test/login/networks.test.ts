/** The networks that rules of sign-in name: whatever is saved can be compared with where people come from. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA, createWorld, type World } from '../spec/support/world.js';
import { damaged, holds, junk, TIME } from '../support/fuzz.js';
import { ADMIN } from '../support/server.js';

let world: World;
let auth: { authorization: string };
beforeAll(async () => {
  world = await createWorld({ settings: { behindProxy: '127.0.0.1,::1', rateLimit: 'off' } });
  const { handle } = await world.signIn({ loginName: ADMIN.user, password: ADMIN.password });
  auth = { authorization: `Bearer ${handle}` };
});
afterAll(() => world.close());

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.constantFrom('::', '::ffff:10.0.0.1', 'fe80::1%lo'),
);
const bits = fc.oneof(
  fc.integer({ min: -1, max: 130 }).map(String),
  fc.constantFrom('', '08', '255.0.0.0', '8/8'),
);
const network = fc.oneof(
  address,
  fc.tuple(address, bits).map((parts) => parts.join('/')),
  damaged(fc.constantFrom('10.0.0.0/8', 'fd00::/8', '192.0.2.1')),
  junk,
);

describe('a rule for a network', { timeout: TIME }, () => {
  test('is saved and can be judged by, or is refused', async () => {
    let saved = 0;
    await holds(fc.tuple(network, address), async ([written, source]) => {
      const authentication = {
        profiles: [{ name: 'Password', challenges: [['UP']] }],
        rules: [{ networks: [written], profile: 'Password' }],
      };
      const response = await world.fetch('/api/v1/declaration', {
        method: 'PUT',
        headers: { ...auth, 'content-type': 'application/json', 'if-match': '*' },
        body: JSON.stringify({ authentication }),
      });
      expect([200, 400, 422]).toContain(response.status);
      if (response.status !== 200) return;
      saved++;
      const begun = await world.fetch('/Security/StartAuthentication', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-idap-native-client': '1',
          'x-forwarded-for': source,
        },
        body: JSON.stringify({ User: ADA.loginName, Version: '1.0' }),
      });
      expect(begun.status, `${written} ${source}`).toBe(200);
      expect(await begun.json()).toMatchObject({ success: true });
    });
    expect(saved).toBeGreaterThan(0);
  });
});
