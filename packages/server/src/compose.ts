/**
 * The composition root: opens the database, the master key and core, in that order, and closes them again. Whoever
 * embeds Sallyport (the command line, the tests) starts here.
 */
import type { FastifyBaseLogger } from 'fastify';
import { startChores } from './chores.js';
import { type Config, ConfigError } from './config.js';
import { bootstrap } from './core/admin/bootstrap.js';
import { type Core, createCore } from './core/core.js';
import type { Outbound } from './core/outbound.js';
import { createUrls } from './core/urls.js';
import { type Clock, systemClock } from './kit/clock.js';
import { createMetrics } from './kit/metrics.js';
import { createPasswords, DEFAULT_HASHING_COST, type HashingCost } from './kit/passwords.js';
import { createVault, UnsealError, type Vault } from './kit/vault.js';
import { openMessenger } from './mail/open.js';
import { readMasterKey, sqlitePath } from './master-key.js';
import { createGuardedFetcher } from './outbound/guarded-fetcher.js';
import { watchProcess } from './process-metrics.js';
import { type OpenStore, openStore } from './store/open.js';

export interface Composition {
  core: Core;
  store: OpenStore;
  /**
   * Sets up an empty database. The generated password of the first administrator, which is nowhere else, so call it
   * when nothing can fail any more; null for a given one, and on every later start.
   */
  setUp(): Promise<string | null>;
  close(): Promise<void>;
}

export interface CompositionOptions {
  /** Decides the issuer; needed before anything is served. */
  publicUrl: string;
  logger: FastifyBaseLogger;
  clock?: Clock;
  hashingCost?: HashingCost;
  /** Refuses an empty database, and makes nothing for it. */
  existing?: boolean;
  /** Makes the requests to other servers, instead of the guarded fetcher. */
  outbound?: Outbound;
}

/** Opens everything but the listener. Throws {@link ConfigError} or `StoreOpenError`, one line each. */
export async function compose(config: Config, options: CompositionOptions): Promise<Composition> {
  const { logger, clock = systemClock, hashingCost = DEFAULT_HASHING_COST } = options;
  const vault = createVault(readMasterKey(config));
  const url = config.databaseUrl ?? `sqlite:${sqlitePath(config)}`;
  const { existing } = options;
  const opened = await openStore({ url, clock, logger, retention: config.retention, existing });
  try {
    const passwords = createPasswords(hashingCost);
    const { store, adminStore, trafficStore } = opened;
    const urls = createUrls(options.publicUrl);
    const messenger = openMessenger(config, urls.publicUrl, logger);
    const fetcher = createGuardedFetcher({ allowPrivate: config.allowPrivateUrls });
    const outbound = options.outbound ?? fetcher.fetch;
    const metrics = createMetrics();
    const core = await createCore({
      ...{ store, adminStore, trafficStore, clock, vault, passwords, urls, messenger, outbound, metrics },
    });
    await checkMasterKey(core, vault);
    watchProcess(metrics, { passwords, store: opened });
    const stopChores = startChores(config, { core, store: opened, logger });
    return {
      core,
      store: opened,
      setUp: async () => {
        const { adminUser, adminPassword = null } = config;
        const first = await bootstrap(core, { adminUser, adminPassword });
        return first?.generatedPassword ?? null;
      },
      close: async () => {
        stopChores();
        await fetcher.close();
        core.directory.stop();
        await core.traffic.stop();
        core.rates.stop();
        await messenger.close();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A wrong master key must stop the start, not the first token. */
async function checkMasterKey(core: Core, vault: Vault): Promise<void> {
  const tenant = await core.store.read.tenants.findByHost(new URL(core.urls.publicUrl).host);
  if (!tenant) return;
  try {
    for (const key of await core.store.read.keys.list(tenant.id))
      vault.open(key.sealedPrivateKey, `key:${key.kid}`);
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error;
    throw new ConfigError('the master key is not the one this database was sealed under');
  }
}
