/** What clients sign, whatever it says: nothing is granted but to the key that signed, and nothing is answered 5xx. */

import fc from 'fast-check';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damaged, fewOf, headerText, holds, junk, TIME } from '../support/fuzz.js';
import { createDpopClient, type DpopClient } from './support/dpop-client.js';
import { addSigningClient, SIGNER, type SigningClient } from './support/signing-client.js';
import {
  basic,
  CHALLENGE,
  createWorld,
  describeWorld,
  REDIRECT,
  redirectOf,
  type World,
} from './support/world.js';

let world: World;
let keys: DpopClient[];
beforeAll(async () => {
  world = await createWorld({ settings: { rateLimit: 'off' } });
  keys = [await createDpopClient(), await createDpopClient('EdDSA')];
});
afterAll(() => world.close());

const url = () => `${world.url}/oauth2/token/MyApp`;
const proofOf = (by: DpopClient, over: JWTPayload = {}, header: Record<string, unknown> = {}) =>
  by.proof({ url: url(), nonce: world.core.dpop.nonce(), iat: world.clock.now(), over, header });
const ask = (dpop: string) =>
  world.token({ grant_type: 'client_credentials', scope: 'all' }, { ...basic(), dpop });

/** A refusal, or a token for the key that made the proof. */
async function expectBound(response: Response, by: DpopClient | null): Promise<boolean> {
  const body = (await response.json()) as Record<string, unknown>;
  if (response.status !== 200) {
    expect({ status: response.status, error: body.error }).toEqual({
      status: 400,
      error: expect.stringMatching(/^(invalid_dpop_proof|use_dpop_nonce)$/),
    });
    return false;
  }
  expect(body.token_type).toBe('DPoP');
  expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt: by?.jkt });
  return true;
}

const word = fc.oneof(junk, fc.jsonValue({ maxDepth: 2 }));
const jwk = fc.record(
  {
    kty: fc.constantFrom<unknown>('EC', 'OKP', 'RSA', 'oct', 'AKP', 'none', '', 1, null),
    crv: fc.constantFrom<unknown>('P-256', 'P-384', 'Ed25519', 'X25519', 'secp256k1', '', {}, 1),
    x: fc.oneof(word, fc.base64String({ maxLength: 44 })),
    y: fc.oneof(word, fc.base64String({ maxLength: 44 })),
    n: fc.oneof(word, fc.base64String({ maxLength: 400 })),
    e: fc.constantFrom<unknown>('AQAB', 'AA', '', 3),
    alg: word,
    use: word,
    key_ops: word,
    ext: word,
    d: word,
  },
  { requiredKeys: ['kty'] },
);
const headerMembers = {
  typ: fc.oneof(fc.constantFrom('dpop+jwt', 'DPOP+JWT', 'application/dpop+jwt', 'JWT'), word),
  alg: fc.oneof(fc.constantFrom('ES256', 'EdDSA', 'PS256', 'none', 'HS256', 'RS256'), word),
  jwk: fc.oneof(jwk, word),
  crit: word,
  b64: fc.boolean(),
  kid: word,
};
const claimMembers = {
  jti: word,
  htm: fc.oneof(fc.constantFrom('GET', 'post', 'POST ', ''), word),
  htu: fc.oneof(
    fc.webUrl(),
    fc.constantFrom('', '/oauth2/token/MyApp', 'http://', 'blob:http://localhost/x'),
    word,
  ),
  iat: fc.oneof(fc.constantFrom<unknown>(0, -1, 1e308, '0', null), fc.double(), word),
  nonce: word,
  exp: fc.oneof(fc.constantFrom<unknown>(0, 1e308), word),
  nbf: word,
  ath: word,
};
const header = fc.record(headerMembers, { requiredKeys: [] });
const claims = fc.record(claimMembers, { requiredKeys: [] });

describe('a proof at the token endpoint', { timeout: TIME }, () => {
  test('that is as it must be binds the token, in the first place', async () => {
    for (const key of keys) expect(await expectBound(await ask(await proofOf(key)), key)).toBe(true);
  });

  test('of any text gets no token', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
    const unsigned = fc
      .tuple(header, claims, headerText)
      .map(([a, b, c]) => `${part(a)}.${part(b)}.${part(c)}`);
    await holds(fc.oneof(unsigned, headerText), async (proof) => {
      expect(await expectBound(await ask(proof), null)).toBe(false);
    });
  });

  test('that was altered on its way gets no token', async () => {
    const made = await proofOf(keys[0] ?? (await createDpopClient()));
    const altered = damaged(fc.constant(made)).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '.').trim());
    await holds(
      altered.filter((text) => text !== made),
      async (proof) => {
        expect(await expectBound(await ask(proof), null)).toBe(false);
      },
    );
  });

  test('that was signed over other claims gets no token unless they mean the same', async () => {
    await holds(fc.tuple(fc.nat(1), fewOf(claimMembers)), async ([which, over]) => {
      const key = keys[which] ?? (await createDpopClient());
      const isGranted = await expectBound(await ask(await proofOf(key, over as JWTPayload)), key);
      const essential = ['htm', 'htu', 'nonce'].filter((name) => name in over);
      if (isGranted) expect(essential).toEqual([]);
    });
  });

  test('that names another key or kind of text gets no token', async () => {
    await holds(fc.tuple(fc.nat(1), fewOf(headerMembers)), async ([which, over]) => {
      const key = keys[which] ?? (await createDpopClient());
      // The library refuses to sign under some headers: those are no proofs.
      const proof = await proofOf(key, {}, over).catch(() => null);
      if (proof === null || proof.length > 8_000) return;
      const isGranted = await expectBound(await ask(proof), key);
      if (isGranted) expect('jwk' in over || ('typ' in over && over.typ !== 'dpop+jwt')).toBe(false);
    });
  });
});

describeWorld('what a client signs with its own key', (world) => {
  let signer: SigningClient;
  beforeAll(async () => {
    signer = await addSigningClient(world());
  });

  const second = () => Math.floor(world().clock.now() / 1000);
  const time = fc.oneof(
    fc.double({ min: -400, max: 4_000, noNaN: true }).map((seconds) => second() + seconds),
    fc.constantFrom<unknown>(0, -1, 1e308, Number.MAX_SAFE_INTEGER, null, '0'),
    word,
  );
  const times = { exp: time, iat: time, nbf: time };

  test('as an assertion about itself is taken or refused, whatever else it says', {
    timeout: TIME,
  }, async () => {
    const names = fc.constantFrom('exp', 'exp', 'iat', 'nbf', 'jti', 'aud', 'iss', 'sub', 'x');
    let granted = 0;
    await holds(fc.dictionary(names, time, { minKeys: 1, maxKeys: 2 }), async (over) => {
      const proof = await signer.proof(world(), over as JWTPayload);
      const response = await world().token({ grant_type: 'client_credentials', scope: 'all', ...proof });
      expect([200, 400, 401]).toContain(response.status);
      if (response.status !== 200) return;
      granted++;
      expect('iss' in over || 'sub' in over || 'aud' in over).toBe(false);
    });
    expect(granted).toBeGreaterThan(0);
  });

  test('as a request leads no browser but to where the app says', { timeout: TIME }, async () => {
    const usual = { client_id: SIGNER, redirect_uri: REDIRECT, response_type: 'code', scope: 'all' };
    const names = [
      ...[
        'scope',
        'state',
        'nonce',
        'prompt',
        'max_age',
        'claims',
        'resource',
        'response_mode',
        'acr_values',
        'request',
      ],
      ...[
        'redirect_uri',
        'response_type',
        'client_id',
        'sub',
        'login_hint',
        'code_challenge',
        'id_token_hint',
        '__proto__',
      ],
    ];
    const said = fc.tuple(
      fc.record(times, { requiredKeys: [] }),
      fc.dictionary(fc.constantFrom(...names), word, { maxKeys: 4 }),
    );
    await holds(said, async ([when, over]) => {
      const challenge = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
      const request = await signer.sign(world(), {
        ...usual,
        ...challenge,
        sub: 'x',
        ...when,
        ...over,
      } as JWTPayload);
      const query = new URLSearchParams({ client_id: SIGNER, response_type: 'code', scope: 'all', request });
      const response = await world().fetch(`/oauth2/authorize/MyApp?${query}`);
      expect(response.status).toBeLessThan(500);
      const { target } = redirectOf(response);
      if (!/^(\/login|$)/.test(target.replace(world().url, ''))) expect(target).toBe(REDIRECT);
    });
  });
});
