/** Tokens that nobody issued, made from one that was. */
import { createHmac } from 'node:crypto';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Forgeries by name, of the access token `real`; `sink` is a server that must never be asked. */
export function forgeries(
  real: string,
  { pem, jwk, sink }: { pem: string; jwk: object; sink: string },
): Record<string, string> {
  const [header = '', payload = '', signature = ''] = real.split('.');
  const head: Record<string, unknown> = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const with_ = (changes: object) => `${encode({ ...head, ...changes })}.${payload}.${signature}`;
  const hmac = (key: string) => {
    const input = `${encode({ ...head, alg: 'HS256' })}.${payload}`;
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  };
  const none = (alg: string) => `${encode({ ...head, alg })}.${payload}.`;
  return {
    jwt_none: none('none'),
    jwt_None: none('None'),
    jwt_nOnE: none('nOnE'),
    jwt_unsigned: `${header}.${payload}.`,
    jwt_hs256: hmac(pem),
    jwt_hs256_jwk: hmac(JSON.stringify(jwk)),
    jwt_kid_path: with_({ kid: '../../../../dev/null' }),
    jwt_kid_sql: with_({ kid: "x' or '1'='1" }),
    jwt_kid_array: with_({ kid: [head.kid] }),
    jwt_kid_long: with_({ kid: 'k'.repeat(8_000) }),
    jwt_kid_proto: with_({ kid: '__proto__' }),
    jwt_jku: with_({ jku: `${sink}/jwks`, kid: 'theirs' }),
    jwt_x5u: with_({ x5u: `${sink}/cert` }),
    jwt_jwk: with_({ jwk }),
    jwt_crit: with_({ crit: ['exp'] }),
    jwt_cut: real.slice(0, -20),
    jwt_swapped: `${header}.${encode({ ...claims, sub: 'admin', scope: 'all' })}.${signature}`,
    jwt_nested: `${encode({ ...head, cty: 'JWT' })}.${encode(real)}.${signature}`,
    jwt_jwe: `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`,
  };
}
