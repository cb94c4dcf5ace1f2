/** A client that holds a key and proves it. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { sha256 } from '../../../src/kit/digest.js';

export interface DpopClient {
  readonly jkt: string;
  /** A proof for one request; `over` replaces claims, and `header` members of the header. */
  proof(request: {
    method?: string;
    url: string;
    nonce?: string | null;
    token?: string;
    iat: number;
    over?: JWTPayload;
    header?: Record<string, unknown>;
  }): Promise<string>;
}

export async function createDpopClient(alg = 'ES256'): Promise<DpopClient> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    proof: ({ method = 'POST', url, nonce, token, iat, over, header }) =>
      new SignJWT({
        jti: crypto.randomUUID(),
        htm: method,
        htu: url,
        iat: Math.floor(iat / 1000),
        ...(nonce ? { nonce } : {}),
        ...(token ? { ath: sha256(token) } : {}),
        ...over,
      })
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
        .sign(privateKey),
  };
}
