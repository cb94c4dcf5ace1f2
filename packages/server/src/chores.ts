/**
 * What a server does by itself, now and then: removes what has expired, rotates the signing keys, tells clients of the
 * end of a session.
 */
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config.js';
import type { Core } from './core/core.js';
import type { OpenStore } from './store/open.js';

/** Milliseconds between two runs of each. */
const SWEEP_EVERY = 60_000;
const KEYS_EVERY = 300_000;
const DELIVER_EVERY = 5_000;

/** Starts the chores; answers how to stop them. */
export function startChores(
  config: Config,
  deps: { core: Core; store: OpenStore; logger: FastifyBaseLogger },
): () => void {
  const { core, store, logger } = deps;
  const removed = core.metrics.counter('sallyport_expired_rows_removed_total', 'Expired rows removed.', []);

  async function sweep(): Promise<void> {
    removed.add([], await store.sweep(core.clock.now()));
  }
  const ownTenant = () => core.directory.tenantByHost(new URL(core.urls.publicUrl).host);
  async function rotateKeys(): Promise<void> {
    const { keyRotation } = config;
    if (keyRotation !== null) await core.admin.keys.rotateWhenDue(await ownTenant(), keyRotation * 1000);
  }
  async function removeKeys(): Promise<void> {
    await core.admin.keys.removeRetired(await ownTenant());
  }

  async function deliver(): Promise<void> {
    await core.logout.deliver();
  }

  const warn = (message: string) => (error: unknown) => logger.warn({ err: error }, message);
  const timers = [
    repeat(SWEEP_EVERY, sweep, warn('expired rows were not removed')),
    repeat(KEYS_EVERY, rotateKeys, warn('the signing keys were not rotated')),
    repeat(KEYS_EVERY, removeKeys, warn('retired signing keys were not removed')),
    repeat(DELIVER_EVERY, deliver, warn('logout notices were not delivered')),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** Again and again, but never twice at once. */
function repeat(every: number, chore: () => Promise<void>, failed: (error: unknown) => void): NodeJS.Timeout {
  let underWay = false;
  return setInterval(() => {
    if (underWay) return;
    underWay = true;
    chore()
      .catch(failed)
      .finally(() => {
        underWay = false;
      });
  }, every).unref();
}
