/** The tenant's signing keys: sealed at rest, opened once, signing on the thread pool. Rule 10. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@sallyport/contract';
import type { JSONWebKeySet, JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kit/at-most.js';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type { Directory } from '../directory.js';
import { Unavailable } from '../errors.js';
import type { SigningKey } from '../model.js';
import type { Reader } from '../ports.js';
import { encodeJson, parseJws, signInput, verifySignature } from './jws.js';

/** What a signature vouches for. */
export interface VerifiedJws {
  header: { typ?: string };
  claims: Record<string, unknown>;
  /** When its key retires, in epoch milliseconds; `Infinity` while that is not settled. */
  until: number;
}

export interface Keys {
  /**
   * To be asked before anything is used up for what is to be signed: a code spent for a token that is refused then
   * would be lost.
   *
   * @throws Unavailable when too many wait for their signature
   */
  requireRoom(): void;
  /**
   * A compact JWS under the active key of `alg`, RS256 unless told, `kid` in its header. Claims that are undefined are
   * left out. @see RFC 7515 section 7.1
   */
  sign(tenantId: string, header: { typ: string; alg?: SigningAlgorithm }, claims: object): Promise<string>;
  /** The claims, if one of the tenant's keys signed it; null otherwise. Does not look at `exp`. */
  verify(tenantId: string, jws: string): Promise<VerifiedJws | null>;
  /** The published key set: next, active and retired keys. */
  jwks(tenantId: string): Promise<JSONWebKeySet>;
}

/** One key, opened. The private half stays sealed in the row unless the key signs. */
interface OpenKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicKey: KeyObject;
  readonly publicJwk: JWK;
  /** Epoch milliseconds; `Infinity` for a key that is not retired. */
  readonly until: number;
}

/** The active key of an algorithm. */
interface ActiveKey {
  readonly privateKey: KeyObject;
  /** The protected header of each `typ`, encoded once. */
  headerOf(typ: string): string;
}

/** A tenant's keys as last read. */
interface KeyRing {
  readonly keys: readonly OpenKey[];
  readonly signing: ReadonlyMap<SigningAlgorithm, ActiveKey>;
  /** Signatures already found good, by the whole token. */
  readonly verified: LRUCache<string, VerifiedJws>;
  jwks: { until: number; set: JSONWebKeySet } | null;
}

/** Tokens whose signature is remembered, per tenant. */
const REMEMBERED = 2000;

/** Signatures under way or waiting for a thread: two seconds of one core. Beyond them waiting helps nobody. */
const MOST_AT_ONCE = 5_000;

interface KeysDeps {
  read: Pick<Reader, 'keys'>;
  vault: Vault;
  clock: Clock;
  directory: Pick<Directory, 'catchUp' | 'onKeysChanged'>;
}

/** Opens keys as they are asked for, and forgets them when a `keys` signal says that they changed. */
export function createKeys({ read, vault, clock, directory }: KeysDeps): Keys {
  const rings = new Map<string, Promise<KeyRing>>();
  let underWay = 0;
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

  /** The key may have been made a moment ago, on another node. */
  async function newKey(tenantId: string, alg: SigningAlgorithm): Promise<ActiveKey> {
    await directory.catchUp();
    const made = (await ring(tenantId)).signing.get(alg);
    if (!made) throw new Unavailable(`this tenant has no signing key for ${alg} yet`);
    return made;
  }

  return {
    requireRoom() {
      if (underWay >= MOST_AT_ONCE) throw new Unavailable('the server is busy; try again shortly');
    },
    async sign(tenantId, { typ, alg = 'RS256' }, claims) {
      underWay++;
      try {
        const key = (await ring(tenantId)).signing.get(alg) ?? (await newKey(tenantId, alg));
        const input = `${key.headerOf(typ)}.${encodeJson(claims)}`;
        return `${input}.${await signInput(input, alg, key.privateKey)}`;
      } finally {
        underWay--;
      }
    },
    async verify(tenantId, jws) {
      const { verified } = await ring(tenantId);
      const known = verified.get(jws);
      if (known && known.until > clock.now()) return known;
      const parsed = parseJws(jws);
      const key = parsed && (await findKey(tenantId, parsed.header.kid));
      if (!parsed || key?.alg !== parsed.header.alg) return null;
      if (!(await verifySignature(parsed, key.publicKey))) return null;
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
  return {
    keys: rows.map((row) => {
      const publicJwk = JSON.parse(row.publicJwk) as JWK;
      const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
      return {
        kid: row.kid,
        alg: row.alg,
        publicKey,
        publicJwk,
        until: row.retireAt ?? Number.POSITIVE_INFINITY,
      };
    }),
    signing: new Map(
      rows.filter((row) => row.state === 'active').map((row) => [row.alg, openActive(row, vault)]),
    ),
    verified: new LRUCache(atMost(REMEMBERED)),
    jwks: null,
  };
}

function openActive({ alg, kid, sealedPrivateKey }: SigningKey, vault: Vault): ActiveKey {
  const headers = new Map<string, string>();
  return {
    privateKey: createPrivateKey(vault.open(sealedPrivateKey, `key:${kid}`)),
    headerOf(typ) {
      const known = headers.get(typ);
      if (known) return known;
      const header = encodeJson({ alg, typ, kid });
      headers.set(typ, header);
      return header;
    },
  };
}

/** The set published at `now`, and until when it stays the same. @see RFC 7517 section 5 */
function keySet(keys: readonly OpenKey[], now: number): { until: number; set: JSONWebKeySet } {
  const live = keys.filter((key) => key.until > now);
  return {
    until: Math.min(...live.map((key) => key.until), Number.POSITIVE_INFINITY),
    set: { keys: live.map(({ publicJwk, kid, alg }) => ({ ...publicJwk, kid, alg, use: 'sig' })) },
  };
}
