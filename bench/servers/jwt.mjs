/** RS256-2048, signed in the event loop or on the thread pool, by `node:crypto` alone. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The private key, for servers that want it as a JWK. */
export const privateJwk = { ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };

/** The key set, as text. */
export const KEYS = JSON.stringify({ keys: [publicJwk] });

/** A discovery document about as long as a real one. */
export const DISCOVERY = JSON.stringify({
  issuer: 'http://127.0.0.1/bench/',
  ...Object.fromEntries(
    ['authorization', 'token', 'introspection', 'revocation', 'userinfo', 'end_session'].map((name) => [
      `${name}_endpoint`,
      `http://127.0.0.1/oauth2/${name}/bench`,
    ]),
  ),
  jwks_uri: 'http://127.0.0.1/keys',
  scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
  code_challenge_methods_supported: ['S256'],
  id_token_signing_alg_values_supported: ['RS256'],
  claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'at_hash', 'sid'],
});

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const headers = { 'at+jwt': '', JWT: '' };
for (const typ of Object.keys(headers)) headers[typ] = encode({ alg: 'RS256', typ, kid: 'bench' });

function signingInput(typ, subject) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'http://127.0.0.1/bench/',
    sub: subject,
    aud: 'http://127.0.0.1/api',
    client_id: 'service@bench.test',
    exp: now + 3600,
    iat: now,
    jti: randomUUID(),
    scope: 'all',
  };
  return `${headers[typ]}.${encode(claims)}`;
}

/** @param {'at+jwt' | 'JWT'} typ */
export function signSync(typ, subject) {
  const input = signingInput(typ, subject);
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

/** The same on the thread pool. */
export function signAsync(typ, subject) {
  const input = signingInput(typ, subject);
  return new Promise((resolve, reject) =>
    sign('sha256', Buffer.from(input), privateKey, (error, signature) =>
      error ? reject(error) : resolve(`${input}.${signature.toString('base64url')}`),
    ),
  );
}
