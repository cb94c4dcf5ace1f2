/** Signed tokens of this server that somebody altered: worth nothing wherever one is taken, and never a 5xx. */
import type { SigningAlgorithm } from '@sallyport/contract';
import { SIGNING_ALGORITHMS } from '@sallyport/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damaged, holds, TIME } from '../support/fuzz.js';
import { ADA, basic, createWorld, redirectOf, type World } from './support/world.js';

let world: World;
let cookie: string;
/** An access token, and an ID token by each algorithm. */
let issued: string[];
beforeAll(async () => {
  world = await createWorld({ settings: { rateLimit: 'off' } });
  ({ cookie } = await world.signIn(ADA));
  const first = await world.tokens(cookie, { scope: 'all openid' });
  issued = [first.access_token];
  for (const idTokenAlg of SIGNING_ALGORITHMS satisfies readonly SigningAlgorithm[]) {
    await world.configure({ tokens: { authMethods: ['authCode', 'clientCreds'], idTokenAlg } });
    issued.push((await world.tokens(cookie, { scope: 'all openid' })).id_token);
  }
});
afterAll(() => world.close());

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
const decoded = (part: string): object => JSON.parse(Buffer.from(part, 'base64url').toString());

const word = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(...SIGNING_ALGORITHMS, 'none', 'HS256', 'at+jwt', 'JWT'),
);
const header = fc.dictionary(fc.constantFrom('alg', 'kid', 'typ', 'crit', 'jwk', 'jku', 'x'), word, {
  minKeys: 1,
});
const claims = fc.dictionary(
  fc.constantFrom('iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'scope', 'sid', 'client_id', 'act', 'cnf', 'x'),
  fc.oneof(word, fc.constantFrom<unknown>(9_999_999_999, -1, 1e308, '*', 'all')),
  { minKeys: 1 },
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each).toString('base64url'));

/** A token with other claims, another header, another signature, or some of its letters changed. */
const altered = fc.nat(SIGNING_ALGORITHMS.length).chain((which) => {
  const [head = '', body = '', signature = ''] = (issued[which] ?? '').split('.');
  return fc
    .oneof(
      header.map((over) => `${encoded({ ...decoded(head), ...over })}.${body}.${signature}`),
      claims.map((over) => `${head}.${encoded({ ...decoded(body), ...over })}.${signature}`),
      bytes.map((other) => `${head}.${body}.${other}`),
      fc.nat(signature.length).map((length) => `${head}.${body}.${signature.slice(0, length)}`),
      fc.constant(`${head}.${body}.${signature}=`),
      damaged(fc.constant(`${head}.${body}.${signature}`)).map((text) => text.replaceAll(/[^!-~]/g, '.')),
    )
    .filter((text) => text !== issued[which]);
});

describe('a token that was altered', { timeout: TIME }, () => {
  test('is one when it is whole, in the first place', async () => {
    const [access = '', ...hints] = issued;
    expect(await world.whoami(access)).toBe(200);
    for (const hint of hints) expect(await hinted(hint)).toEqual({ status: 302, isTaken: true });
  });

  /** An authorization without any page, for the user that the hint names. */
  async function hinted(id_token_hint: string): Promise<{ status: number; isTaken: boolean }> {
    const asked = { scope: 'openid', prompt: 'none', id_token_hint };
    const response = await world.authorize(asked, { cookie });
    return { status: response.status, isTaken: redirectOf(response).parameters.has('code') };
  }

  test('opens nothing', async () => {
    await holds(altered, async (token) => {
      expect(await world.whoami(token)).toBe(401);
      const answer = await world.fetch('/oauth2/userinfo/MyApp', {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(401);
    });
  });

  test('is not active', async () => {
    await holds(altered, async (token) => {
      const response = await world.form('/oauth2/introspect/MyApp', { token }, basic());
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ active: false });
    });
  });

  test('names nobody', async () => {
    await holds(altered, async (token) => {
      const { status, isTaken } = await hinted(token);
      expect(status).toBeLessThan(500);
      expect(isTaken).toBe(false);
      const ended = await world.fetch(
        `/oauth2/endsession/MyApp?${new URLSearchParams({ id_token_hint: token })}`,
      );
      expect(ended.status).toBe(400);
    });
  });
});
