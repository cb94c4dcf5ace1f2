import { expect, test } from 'vitest';
import { newSigningKey } from '../../src/core/admin/keys.js';
import { Unavailable } from '../../src/core/errors.js';
import { createKeys } from '../../src/core/tokens/keys.js';
import { createVault } from '../../src/kit/vault.js';

const clock = { now: () => 0 };

test('beyond some thousands that wait, a signature is refused at once, and made again when they are over', async () => {
  const vault = createVault(new Uint8Array(32).fill(1));
  const key = await newSigningKey({ vault, clock }, 't', 'ES256', 'active');
  const keys = createKeys({
    ...{ vault, clock },
    read: { keys: { list: async () => [key] } },
    directory: { catchUp: async () => undefined, onKeysChanged: () => undefined },
  });
  const sign = async () => {
    keys.requireRoom();
    return keys.sign('t', { typ: 'at+jwt', alg: 'ES256' }, { sub: 'ada' });
  };
  await sign();
  const outcomes = await Promise.allSettled(Array.from({ length: 5_100 }, sign));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(100);
  for (const outcome of refused)
    expect(outcome).toMatchObject({ reason: expect.any(Unavailable), status: 'rejected' });
  expect(await sign()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});
