/**
 * Browsers that a user has had remembered. The cookie is one per browser, the memory one per user of it; it is given
 * only to who proved more than a password there, and rules alone decide what it is worth.
 */
import type { Clock } from '../../kit/clock.js';
import { sha256 } from '../../kit/digest.js';
import { newId, randomToken } from '../../kit/random.js';
import type { Subject } from '../access.js';
import type { KnownDevice } from '../model.js';
import type { Store, Writer } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { mechanismsOf } from './policy.js';

/** Milliseconds after which a device must be remembered anew. */
const REMEMBERED = 90 * 86_400_000;

/** A device to be remembered, and the cookie that its browser is given, once. */
export interface NewDevice {
  device: KnownDevice;
  cookie: string;
}

export interface Devices {
  /** The browser that asks, if this user has had it remembered. */
  of(context: RequestContext, subject: Subject | null): Promise<KnownDevice | null>;
  /** Not kept yet: the sign-in does that in the transaction that ends the login. */
  prepare(context: RequestContext, userId: string): NewDevice;
  /** The cookie is always a new one, so that none that was planted becomes worth anything. */
  keep(tx: Writer, context: RequestContext, made: NewDevice): Promise<void>;
}

/** Whether a sign-in proved enough for its device to be remembered: a password alone must not lead to less. */
export function mayRemember(amr: readonly string[]): boolean {
  return mechanismsOf(amr).some((name) => name !== 'UP' && name !== 'RESET');
}

export function createDevices({ store, clock }: { store: Pick<Store, 'read'>; clock: Clock }): Devices {
  return {
    async of({ tenant, deviceHash }, subject) {
      if (deviceHash === undefined || !subject) return null;
      const { id: userId, validAfter } = subject.user;
      const device = await store.read.devices.findByToken(tenant.id, userId, deviceHash);
      const isGood = device && device.expiresAt > clock.now() && device.createdAt >= validAfter;
      return isGood ? device : null;
    },
    prepare({ tenant, source, userAgent }, userId) {
      const cookie = randomToken();
      const now = clock.now();
      const instants = { createdAt: now, lastSeenAt: now, expiresAt: now + REMEMBERED };
      const owner = { tenantId: tenant.id, id: newId(), userId, tokenHash: sha256(cookie) };
      return { device: { ...owner, source, userAgent, ...instants }, cookie };
    },
    async keep(tx, { tenant, deviceHash }, { device }) {
      if (deviceHash !== undefined) await tx.devices.rename(tenant.id, deviceHash, device.tokenHash);
      await tx.devices.save(device);
    },
  };
}
