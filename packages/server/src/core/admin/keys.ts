/**
 * The signing keys of a tenant and their rotation: published before it signs, kept until nothing it signed is valid.
 * Rule 10.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { lifetimeSeconds, type SigningKey } from '@sallyport/contract';
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
}

/** Who rotates on the schedule. */
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

  /** Publishes a key that does not sign yet, unless there is one; true when it was needed. */
  async function publishNext(tenantId: string, by: Administrator): Promise<boolean> {
    const fresh = await newSigningKey(deps, tenantId, 'next');
    return administer(changeLog, tenantId, by, ['write keys'], async (recorder) => {
      const keys = await recorder.tx.keys.list(tenantId);
      if (keys.some((key) => key.state === 'next')) return false;
      await recorder.createKey(fresh);
      return true;
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
      const following = await newSigningKey(deps, id, 'next');
      await administer(changeLog, id, by, ['write keys'], async (recorder) => {
        await promote(recorder, id);
        await recorder.createKey(following);
      });
    },
    async rotateWhenDue({ id }, interval) {
      const isDue = (keys: readonly model.SigningKey[]) =>
        keys.some((key) => key.state === 'next' && key.createdAt + interval <= clock.now());
      const keys = await store.read.keys.list(id);
      if (!keys.some((key) => key.state === 'next')) await publishNext(id, SCHEDULE);
      if (!isDue(keys)) return;
      const following = await newSigningKey(deps, id, 'next');
      await administer(changeLog, id, SCHEDULE, ['write keys'], async (recorder) => {
        if (!isDue(await recorder.tx.keys.list(id))) return;
        await promote(recorder, id);
        await recorder.createKey(following);
      });
    },
  };
}

/** The published key signs from now on; the one that signed verifies until its last token is over. */
async function promote(recorder: Recorder, tenantId: string): Promise<void> {
  const { tx, now } = recorder;
  const overlap = Math.max(LEAST_OVERLAP, await longestLifetime(tx, tenantId));
  for (const key of await tx.keys.list(tenantId)) {
    if (key.state === 'next') await recorder.updateKey(key, { ...key, state: 'active' });
    else if (key.state === 'active')
      await recorder.updateKey(key, { ...key, state: 'retired', retireAt: now + overlap });
    else if (key.retireAt !== null && key.retireAt <= now) await recorder.deleteKey(key);
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

/** A new RSA key of 2048 bits, its id the thumbprint, its private half sealed. @see RFC 7638 */
export async function newSigningKey(
  { vault, clock }: { vault: Vault; clock: Clock },
  tenantId: string,
  state: model.SigningKey['state'],
): Promise<model.SigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk: JWK = publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(jwk);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    tenantId,
    kid,
    alg: 'RS256',
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
