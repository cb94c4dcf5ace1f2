/** The tenant's signing keys: sealed at rest, opened once, signing on the thread pool. Rule 10. */
import { createPrivateKey, createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type { Directory } from '../directory.js';
import { Unavailable } from '../errors.js';
import type { SigningKey } from '../model.js';
import type { Reader } from '../ports.js';
import { encodeJson, parseJws, verifySignature } from './jws.js';

/** What a signature vouches for. */
export interface VerifiedJws {
  header: { typ?: string };
  claims: Record<string, unknown>;
}

export interface Keys {
  /** A compact JWS, RS256 under the active key, `kid` in its header. @see RFC 7515 section 7.1 */
  sign(tenantId: string, header: { typ: string }, claims: object): Promise<string>;
  /** The claims, if one of the tenant's keys signed it; null otherwise. Does not look at `exp`. */
  verify(tenantId: string, jws: string): Promise<VerifiedJws | null>;
  /** The published key set: next, active and retired keys. */
  jwks(tenantId: string): Promise<JSONWebKeySet>;
}

/** One key, opened. The private half stays sealed in the row unless the key signs. */
interface OpenKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly publicJwk: JWK;
  /** Epoch milliseconds; `Infinity` for a key that is not retired. */
  readonly until: number;
}

/** A tenant's keys as last read. */
interface KeyRing {
  readonly keys: readonly OpenKey[];
  readonly signing: { kid: string; privateKey: KeyObject } | null;
  /** Protected headers by `typ`, encoded once. */
  readonly headers: Map<string, string>;
  /** Signatures already found good, by the whole token. */
  readonly verified: LRUCache<string, VerifiedJws & { until: number }>;
  jwks: { until: number; set: JSONWebKeySet } | null;
}

/** Tokens whose signature is remembered, per tenant. */
const REMEMBERED = 2000;

interface KeysDeps {
  read: Pick<Reader, 'keys'>;
  vault: Vault;
  clock: Clock;
  directory: Pick<Directory, 'catchUp' | 'onKeysChanged'>;
}

/** Opens keys as they are asked for, and forgets them when a `keys` signal says that they changed. */
export function createKeys({ read, vault, clock, directory }: KeysDeps): Keys {
  const rings = new Map<string, Promise<KeyRing>>();
  directory.onKeysChanged((tenantId) => rings.delete(tenantId));

  function ring(tenantId: string): Promise<KeyRing> {
    const known = rings.get(tenantId);
    if (known) return known;
    const opening = read.keys.list(tenantId).then((rows) => openRing(rows, vault));
    rings.set(tenantId, opening);
    opening.catch(() => {
      if (rings.get(tenantId) === opening) rings.delete(tenantId);
    });
    return opening;
  }

  async function findKey(tenantId: string, kid: string): Promise<OpenKey | null> {
    const now = clock.now();
    const find = async () => (await ring(tenantId)).keys.find((key) => key.kid === kid && key.until > now);
    const known = await find();
    if (known) return known;
    // Another node may have begun to sign with a key this one has not heard of.
    await directory.catchUp();
    return (await find()) ?? null;
  }

  return {
    async sign(tenantId, { typ }, claims) {
      const { signing, headers } = await ring(tenantId);
      if (!signing) throw new Unavailable('this tenant has no signing key yet');
      const header = headers.get(typ) ?? encodeJson({ alg: 'RS256', typ, kid: signing.kid });
      headers.set(typ, header);
      const input = `${header}.${encodeJson(claims)}`;
      return `${input}.${await rs256(input, signing.privateKey)}`;
    },
    async verify(tenantId, jws) {
      const { verified } = await ring(tenantId);
      const known = verified.get(jws);
      if (known && known.until > clock.now()) return known;
      const parsed = parseJws(jws);
      const key = parsed && (await findKey(tenantId, parsed.header.kid));
      if (!parsed || !key || !(await verifySignature(parsed, key.publicKey))) return null;
      const found = { header: parsed.header, claims: parsed.claims, until: key.until };
      verified.set(jws, found);
      return found;
    },
    async jwks(tenantId) {
      const opened = await ring(tenantId);
      const now = clock.now();
      if (!opened.jwks || opened.jwks.until <= now) opened.jwks = keySet(opened.keys, now);
      return opened.jwks.set;
    },
  };
}

function openRing(rows: readonly SigningKey[], vault: Vault): KeyRing {
  const active = rows.find((row) => row.state === 'active');
  return {
    keys: rows.map((row) => {
      const publicJwk = JSON.parse(row.publicJwk) as JWK;
      const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
      return { kid: row.kid, publicKey, publicJwk, until: row.retireAt ?? Number.POSITIVE_INFINITY };
    }),
    signing: active
      ? {
          kid: active.kid,
          privateKey: createPrivateKey(vault.open(active.sealedPrivateKey, `key:${active.kid}`)),
        }
      : null,
    headers: new Map(),
    verified: new LRUCache({ max: REMEMBERED }),
    jwks: null,
  };
}

/** The set published at `now`, and until when it stays the same. @see RFC 7517 section 5 */
function keySet(keys: readonly OpenKey[], now: number): { until: number; set: JSONWebKeySet } {
  const live = keys.filter((key) => key.until > now);
  return {
    until: Math.min(...live.map((key) => key.until), Number.POSITIVE_INFINITY),
    set: { keys: live.map(({ publicJwk, kid }) => ({ ...publicJwk, kid, alg: 'RS256', use: 'sig' })) },
  };
}

/** The callback form of `crypto.sign` runs on the thread pool. @see RFC 7518 section 3.3 */
function rs256(input: string, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) =>
    signBytes('sha256', Buffer.from(input), key, (error, signature) =>
      error ? reject(error) : resolve(signature.toString('base64url')),
    ),
  );
}
