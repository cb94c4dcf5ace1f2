import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { ADA, basic, describeWorld, SVC, type World } from './support/world.js';

const SIGNED = 'application/token-introspection+jwt';

function ask(world: World, token: string, accept: string): Promise<Response> {
  return world.form('/oauth2/introspect/MyApp', { token }, { ...basic(), accept });
}

/** The members of a signed answer, its signature, type, issuer and audience verified against the app's keys. */
async function verified(world: World, answer: Response): Promise<unknown> {
  const keys = (await (await world.fetch('/oauth2/keys/MyApp')).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(await answer.text(), createLocalJWKSet(keys), {
    typ: 'token-introspection+jwt',
    issuer: `${world.url}/MyApp/`,
    audience: SVC.loginName,
    requiredClaims: ['iat'],
  });
  // Read as an access or ID token, the answer must not pass for one.
  expect(payload).not.toHaveProperty('sub');
  expect(payload).not.toHaveProperty('exp');
  return payload.token_introspection;
}

describeWorld('signed introspection answers, RFC 9701', (world) => {
  test('who accepts a signed answer gets one, with the plain answer inside', async () => {
    const { access_token } = await world().tokens((await world().signIn(ADA)).cookie);
    const answer = await ask(world(), access_token, SIGNED);
    expect(answer.headers.get('content-type')).toContain(SIGNED);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const inside = await verified(world(), answer);
    expect(inside).toMatchObject({ active: true, scope: 'all' });
    expect(inside).toEqual(await (await ask(world(), access_token, 'application/json')).json());
  });

  test('of a token that is not good the signed answer says only that it is inactive', async () => {
    const answer = await ask(world(), 'no-such-token', SIGNED);
    expect(await verified(world(), answer)).toEqual({ active: false });
  });
});
