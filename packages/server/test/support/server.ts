/** A whole server on a loopback port, over a database of its own, with cheap password hashes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Config, readConfig, type SettingName } from '../../src/config.js';
import { type Administrator, localAdministrator } from '../../src/core/admin/authority.js';
import type { Core } from '../../src/core/core.js';
import type { Tenant } from '../../src/core/model.js';
import type { Outbound } from '../../src/core/outbound.js';
import type { Clock } from '../../src/kit/clock.js';
import type { HashingCost } from '../../src/kit/passwords.js';
import { serve, type Timeouts } from '../../src/serve.js';

export const ADMIN = { user: 'admin@acme.test', password: 'correct horse battery' };

export interface TestServerOptions {
  /** `postgres://…`; a fresh SQLite file when absent. */
  databaseUrl?: string;
  /** A data directory that outlives the server, for restarts; its own and removed at `close` when absent. */
  dataDir?: string;
  settings?: Partial<Record<SettingName, unknown>>;
  clock?: Clock;
  hashingCost?: HashingCost;
  timeouts?: Timeouts;
  /** Answers the server's requests to other servers. */
  outbound?: Outbound;
  /** Receives each log line; the log is dropped when absent. */
  log?: (line: string) => void;
  /** Of the lines that `log` receives; every one when absent. */
  logLevel?: 'info';
}

export interface TestServer {
  /** The public URL. */
  url: string;
  /** The address this very process listens on, where several serve one public URL. */
  boundUrl: string;
  core: Core;
  config: Config;
  tenant: Tenant;
  /** The actor of a test's own preparations. */
  operator: Administrator;
  /** `fetch` relative to the server, redirects shown rather than followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** POSTs a form. */
  form(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** Makes the tenant equal to the declaration. */
  apply(declaration: object): Promise<void>;
  close(): Promise<void>;
}

/** A key for every test server, so that two of them may share one database. */
const MASTER_KEY = '5a'.repeat(32);

export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sallyport-test-')));
  const { databaseUrl } = options;
  const flags = {
    port: 0,
    dataDir,
    masterKey: MASTER_KEY,
    adminUser: ADMIN.user,
    adminPassword: ADMIN.password,
    ...(databaseUrl ? { databaseUrl } : {}),
    ...options.settings,
  };
  const config = readConfig({ flags, environment: {} });
  const { log } = options;
  const logger = log
    ? pino({ level: options.logLevel ?? 'debug' }, { write: log })
    : pino({ level: 'silent' });
  const cheap = { memoryCost: 1024, timeCost: 1, concurrency: 2, deadline: 10_000 };
  const { clock, timeouts, outbound, hashingCost = cheap } = options;
  const server = await serve(config, {
    ...{ logger, hashingCost },
    ...(clock ? { clock } : {}),
    ...(timeouts ? { timeouts } : {}),
    ...(outbound ? { outbound } : {}),
  });
  const { core } = server;
  const tenant = await core.directory.tenantByHost(new URL(core.urls.publicUrl).host);
  const operator = localAdministrator('test');

  return {
    url: core.urls.publicUrl,
    boundUrl: server.url,
    core,
    config,
    tenant,
    operator,
    fetch: (path, init) => fetch(new URL(path, core.urls.publicUrl), { redirect: 'manual', ...init }),
    form: (path, fields, headers) =>
      fetch(new URL(path, core.urls.publicUrl), {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(fields),
        ...(headers ? { headers } : {}),
      }),
    apply: async (declaration) => {
      await core.admin.declarations.apply(tenant, operator, declaration, { dryRun: false, prune: false });
    },
    close: async () => {
      await server.close();
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
