/** A confidential client with a key of its own. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { World } from './world.js';

export const SIGNER = 'signer@acme.test';
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface SigningClient {
  /** A JWT of the client about itself, good for a minute; what is given goes over that. */
  sign(world: World, claims?: JWTPayload): Promise<string>;
  /** The fields by which the client proves itself. */
  proof(world: World, claims?: JWTPayload): Promise<Record<string, string>>;
}

/** Adds the client, its public key written down, and lets it use the app of the test world. */
export async function addSigningClient(world: World): Promise<SigningClient> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  const user = { loginName: SIGNER, email: SIGNER, displayName: 'Signer', confidentialClient: true };
  await world.apply({
    users: [{ ...user, jwks: [jwk] }],
    roles: [{ name: 'Signers', members: [SIGNER] }],
  });
  await world.configure({ userAccess: { roles: ['Developers', 'Signers'] } });

  const sign: SigningClient['sign'] = (at, claims = {}) => {
    const now = Math.floor(at.clock.now() / 1000);
    const own = {
      iss: SIGNER,
      sub: SIGNER,
      aud: `${at.url}/MyApp/`,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
    };
    return new SignJWT({ ...own, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
  };
  return {
    sign,
    proof: async (at, claims) => ({
      client_assertion_type: JWT_BEARER,
      client_assertion: await sign(at, claims),
    }),
  };
}
