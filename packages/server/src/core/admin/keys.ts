/**
 * The signing keys of a tenant and their rotation: published before it signs, kept until nothing it signed is valid.
 * Rule 10.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import {
  lifetimeSeconds,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from '@sallyport/contract';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { Clock } from '../../kit/clock.js';
import type { Vault } from '../../kit/vault.js';
import type * as model from '../model.js';
import type { Nodes } from '../nodes.js';
import type { Reader, Store } from '../ports.js';
import { type Administrator, administer, authorize, localAdministrator } from './authority.js';
import type { ChangeLog, Recorder } from './change-log.js';

/** Every function throws `AdminError`. */
export interface KeyAdmin {
  /** Every key that is published, newest first. */
  list(tenant: Pick<model.Tenant, 'id'>, by: Administrator): Promise<SigningKey[]>;
  /** Signs with the key published longest, and publishes the one after it. */
  rotate(tenant: Pick<model.Tenant, 'id'>, by: Administrator): Promise<void>;
  /**
   * Rotates when the next key has been published for `interval` milliseconds, and publishes one where there is none.
   * Of several processes that ask at once, one does it.
   */
  rotateWhenDue(tenant: Pick<model.Tenant, 'id'>, interval: number): Promise<void>;
  /** Removes the keys under which nothing is valid any more, private halves and all. */
  removeRetired(tenant: Pick<model.Tenant, 'id'>): Promise<void>;
}

/** Who rotates and removes on the schedule. */
const SCHEDULE = localAdministrator('schedule');

/** A retired key stays at least this long, in milliseconds: lifetimes may have been longer than they are now. */
const LEAST_OVERLAP = 30 * 86_400_000;

/** Apps read at once. */
const PAGE = 200;

export function createKeyAdmin(deps: {
  store: Pick<Store, 'read'>;
  clock: Clock;
  vault: Vault;
  changeLog: ChangeLog;
  nodes: Nodes;
}): KeyAdmin {
  const { store, clock, changeLog, nodes } = deps;

  /** A key to come for each algorithm that signs, has none to come, and `isWanted`. */
  async function fresh(
    tenantId: string,
    isWanted: (keys: readonly model.SigningKey[], alg: SigningAlgorithm) => boolean,
  ): Promise<model.SigningKey[]> {
    const keys = await store.read.keys.list(tenantId);
    const algorithms = SIGNING_ALGORITHMS.filter((alg) => has(keys, alg, 'active') && isWanted(keys, alg));
    return Promise.all(algorithms.map((alg) => newSigningKey(deps, tenantId, alg, 'next')));
  }

  /** Publishes keys that do not sign yet, where there are none; true when any was needed. */
  async function publishNext(tenantId: string, by: Administrator): Promise<boolean> {
    const made = await fresh(tenantId, (keys, alg) => !has(keys, alg, 'next'));
    if (made.length === 0) return false;
    return administer(changeLog, tenantId, by, ['write keys'], async (recorder) => {
      const keys = await recorder.tx.keys.list(tenantId);
      const needed = made.filter(({ alg }) => !has(keys, alg, 'next'));
      for (const key of needed) await recorder.createKey(key);
      return needed.length > 0;
    });
  }

  return {
    async list({ id }, by) {
      authorize(by, 'read keys');
      const keys = await store.read.keys.list(id);
      const published = keys.filter((key) => key.retireAt === null || key.retireAt > clock.now());
      return published.sort((a, b) => b.createdAt - a.createdAt).map(keyView);
    },
    async rotate({ id }, by) {
      authorize(by, 'write keys');
      // Every node must know a key before any of them signs with it.
      if (await publishNext(id, by)) await nodes.laggards();
      const following = await fresh(id, () => true);
      await administer(changeLog, id, by, ['write keys'], async (recorder) => {
        await promote(recorder, id, () => true);
        for (const key of following) await recorder.createKey(key);
      });
    },
    async rotateWhenDue({ id }, interval) {
      const isDue = (keys: readonly model.SigningKey[], alg: SigningAlgorithm) =>
        keys.some(
          (key) => key.alg === alg && key.state === 'next' && key.createdAt + interval <= clock.now(),
        );
      await publishNext(id, SCHEDULE);
      const following = await fresh(id, isDue);
      if (following.length === 0) return;
      await administer(changeLog, id, SCHEDULE, ['write keys'], async (recorder) => {
        const keys = await recorder.tx.keys.list(id);
        // A key that was published a moment ago waits, and so does one that another process has promoted meanwhile.
        await promote(recorder, id, (alg) => isDue(keys, alg));
        for (const key of following) if (isDue(keys, key.alg)) await recorder.createKey(key);
      });
    },
    async removeRetired({ id }) {
      const isOver = ({ retireAt }: model.SigningKey) => retireAt !== null && retireAt <= clock.now();
      if (!(await store.read.keys.list(id)).some(isOver)) return;
      await administer(changeLog, id, SCHEDULE, ['write keys'], async (recorder) => {
        // Another process may have come first.
        for (const key of await recorder.tx.keys.list(id)) if (isOver(key)) await recorder.deleteKey(key);
      });
    },
  };
}

/** Of each algorithm chosen, the published key signs from now on; the one that signed verifies until its last token is over. */
async function promote(
  recorder: Recorder,
  tenantId: string,
  isChosen: (alg: SigningAlgorithm) => boolean,
): Promise<void> {
  const { tx, now } = recorder;
  const overlap = Math.max(LEAST_OVERLAP, await longestLifetime(tx, tenantId));
  const keys = await tx.keys.list(tenantId);
  for (const key of keys) {
    if (key.state === 'next' && isChosen(key.alg)) await recorder.updateKey(key, { ...key, state: 'active' });
    else if (key.state === 'active' && has(keys, key.alg, 'next') && isChosen(key.alg))
      await recorder.updateKey(key, { ...key, state: 'retired', retireAt: now + overlap });
  }
}

/** Milliseconds that the longest-lived token of any app lives. */
async function longestLifetime(read: Reader, tenantId: string): Promise<number> {
  let longest = 0;
  let after: string | undefined;
  do {
    const page = await read.apps.page(tenantId, { after, limit: PAGE });
    for (const app of page.items)
      longest = Math.max(longest, lifetimeSeconds(app.settings.tokens.lifetime) * 1000);
    after = page.next;
  } while (after !== undefined);
  return longest;
}

function has(
  keys: readonly model.SigningKey[],
  alg: SigningAlgorithm,
  state: model.SigningKey['state'],
): boolean {
  return keys.some((key) => key.alg === alg && key.state === state);
}

/**
 * Sees to it that the tenant can sign as the app asks: a key for an algorithm nobody used before is published in the
 * transaction that saves the setting, hence before anything is signed with it.
 */
export async function ensureSigningKeys(
  { tx, now, createKey }: Recorder,
  vault: Vault,
  tenantId: string,
  { tokens }: model.App['settings'],
): Promise<void> {
  const wanted = new Set<SigningAlgorithm>([tokens.idTokenAlg]);
  if (tokens.type === 'JwtES256') wanted.add('ES256');
  const keys = await tx.keys.list(tenantId);
  for (const alg of wanted)
    if (!has(keys, alg, 'active'))
      await createKey(await newSigningKey({ vault, clock: { now: () => now } }, tenantId, alg, 'active'));
}

/** RSA keys have 2048 bits; a key is for one algorithm. */
function keyPair(alg: SigningAlgorithm) {
  if (alg === 'ES256') return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  if (alg === 'EdDSA') return promisify(generateKeyPair)('ed25519', {});
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

/** A new key, its id the thumbprint, its private half sealed. @see RFC 7638 */
export async function newSigningKey(
  { vault, clock }: { vault: Vault; clock: Clock },
  tenantId: string,
  alg: SigningAlgorithm,
  state: model.SigningKey['state'],
): Promise<model.SigningKey> {
  const { publicKey, privateKey } = await keyPair(alg);
  const jwk: JWK = publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(jwk);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    tenantId,
    kid,
    alg,
    publicJwk: JSON.stringify(jwk),
    sealedPrivateKey: vault.seal(pem, `key:${kid}`),
    state,
    createdAt: clock.now(),
    retireAt: null,
  };
}

function keyView({ kid, alg, state, createdAt, retireAt }: model.SigningKey): SigningKey {
  const iso = (instant: number) => new Date(instant).toISOString();
  return { kid, alg, state, createdAt: iso(createdAt), retireAt: retireAt === null ? null : iso(retireAt) };
}
