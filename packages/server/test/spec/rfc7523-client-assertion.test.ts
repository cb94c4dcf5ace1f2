import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { addSigningClient, JWT_BEARER, SIGNER, type SigningClient } from './support/signing-client.js';
import { ADA, basic, describeWorld, errorOf, SVC } from './support/world.js';

const GRANT = { grant_type: 'client_credentials', scope: 'all' };
const REFUSED = { status: 401, error: 'invalid_client' };

describeWorld('private_key_jwt, RFC 7523 section 3', (world) => {
  let client: SigningClient;
  beforeAll(async () => {
    client = await addSigningClient(world());
  });
  const present = (fields: Record<string, string>, headers = {}) =>
    world().token({ ...GRANT, ...fields }, headers);
  const seconds = () => Math.floor(world().clock.now() / 1000);

  test.each(['issuer', 'token endpoint'])('an assertion for the %s is good', async (audience) => {
    const aud = audience === 'issuer' ? `${world().url}/MyApp/` : `${world().url}/oauth2/token/MyApp`;
    const answer = await present(await client.proof(world(), { aud }));
    expect(answer.status).toBe(200);
  });

  test('K07: an assertion counts once', async () => {
    const proof = await client.proof(world());
    expect((await present(proof)).status).toBe(200);
    expect(await errorOf(await present(proof))).toEqual(REFUSED);
  });

  test.each<[string, () => Record<string, unknown>]>([
    ['another audience', () => ({ aud: 'https://elsewhere.test/' })],
    ['no exp', () => ({ exp: undefined })],
    ['an exp that is over', () => ({ exp: seconds() - 60 })],
    ['an exp far away', () => ({ exp: seconds() + 7200 })],
    ['an nbf to come', () => ({ nbf: seconds() + 90 })],
    ['an iat to come', () => ({ iat: seconds() + 90 })],
    ['no jti', () => ({ jti: undefined })],
    ['no sub', () => ({ sub: undefined })],
    ['another sub', () => ({ sub: ADA.loginName })],
    ['another client as issuer and subject', () => ({ iss: SVC.loginName, sub: SVC.loginName })],
  ])('K07: %s is invalid_client', async (_, claims) => {
    expect(await errorOf(await present(await client.proof(world(), claims())))).toEqual(REFUSED);
  });

  test('K07: alg none, a secret or another key sign nothing', async () => {
    const now = seconds();
    const claims = { iss: SIGNER, sub: SIGNER, aud: `${world().url}/MyApp/`, jti: 'j', exp: now + 60 };
    const { privateKey } = await generateKeyPair('ES256');
    const forged = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.alloc(32)),
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey),
      'no JWT at all',
      'a.b.c',
    ];
    for (const client_assertion of forged)
      expect(await errorOf(await present({ client_assertion_type: JWT_BEARER, client_assertion }))).toEqual(
        REFUSED,
      );
  });

  test('an exp between two seconds is good, and spent until then', async () => {
    const proof = await client.proof(world(), { exp: seconds() + 60.1234567 });
    expect((await present(proof)).status).toBe(200);
    expect(await errorOf(await present(proof))).toEqual(REFUSED);
  });

  test('a key that is no key signs nothing', async () => {
    const broken = { kty: 'EC', crv: 'P-256', kid: 'one', alg: 'ES256', x: 'AAAA', y: 'AAAA' };
    const user = { loginName: 'broken@acme.test', email: 'b@acme.test', displayName: 'Broken' };
    await world().apply({ users: [{ ...user, confidentialClient: true, jwks: [broken] }] });
    const proof = await client.proof(world(), { iss: user.loginName, sub: user.loginName });
    expect(await errorOf(await present(proof))).toEqual(REFUSED);
  });

  test('one way of proof at a time, and the type must be the known one (RFC 7521 4.2)', async () => {
    const proof = await client.proof(world());
    const badRequest = { status: 400, error: 'invalid_request' };
    expect(await errorOf(await present({ ...proof, client_secret: 'x' }))).toEqual(badRequest);
    expect(await errorOf(await present(proof, basic()))).toEqual(badRequest);
    expect(await errorOf(await present({ ...proof, client_assertion_type: 'saml' }))).toEqual(badRequest);
    expect(await errorOf(await present({ ...proof, client_id: SVC.loginName }))).toEqual(REFUSED);
  });

  test('a disabled client is refused', async () => {
    await world().apply({ users: [{ loginName: SIGNER, enabled: false }] });
    expect(await errorOf(await present(await client.proof(world())))).toEqual(REFUSED);
    await world().apply({ users: [{ loginName: SIGNER, enabled: true }] });
  });

  test('it proves the client at introspection and revocation too', async () => {
    const { access_token: token } = (await (await present(await client.proof(world()))).json()) as {
      access_token: string;
    };
    const introspected = await world().form('/oauth2/introspect/MyApp', {
      token,
      ...(await client.proof(world())),
    });
    expect(await introspected.json()).toMatchObject({ active: true, client_id: SIGNER });
    const revoked = await world().form('/oauth2/revoke/MyApp', { token, ...(await client.proof(world())) });
    expect(revoked.status).toBe(200);
    expect(await world().whoami(token)).toBe(401);
  });

  test('a private or symmetric key is refused when it is written down', async () => {
    for (const jwk of [
      { kty: 'oct', k: 'c2VjcmV0' },
      { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'secret' },
    ])
      await expect(world().apply({ users: [{ loginName: SIGNER, jwks: [jwk] }] })).rejects.toThrow(/jwks/);
  });
});
