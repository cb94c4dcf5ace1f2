/** Starting and stopping the server. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, createServer as createProbe } from 'node:net';
import { hostname } from 'node:os';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { FastifyBaseLogger, FastifyInstance, FastifyServerFactory } from 'fastify';
import { type CompositionOptions, compose } from './compose.js';
import { type Config, ConfigError } from './config.js';
import type { Core } from './core/core.js';
import { createEdge } from './http/server.js';
import type { FamilySnapshot, Metrics } from './kit/metrics.js';
import { isCode } from './kit/system-error.js';

export interface RunningServer {
  /** The bound address as a URL. */
  url: string;
  core: Core;
  firstPassword: string | null;
  /** Takes no new request, finishes those in hand, closes the database. */
  close(): Promise<void>;
}

export interface ServeOptions extends Omit<CompositionOptions, 'publicUrl'> {
  logger: FastifyBaseLogger;
  timeouts?: Timeouts;
  /** Joins the figures of this process with those of all that share its port; alone when absent. */
  shareMetrics?: (metrics: Metrics) => () => Promise<FamilySnapshot[][]>;
}

/** Milliseconds that a client may take; a slower one is cut off. */
export interface Timeouts {
  /** To send the head of a request. */
  headers: number;
  /** To send all of it. */
  request: number;
  /** Between two requests. Longer than proxies keep a connection, or they would use one that is being closed. */
  idle: number;
  /** To take up any byte of an answer. */
  silent: number;
  /** Between two looks at who is late. */
  look: number;
}

const TIMEOUTS: Timeouts = {
  headers: 15_000,
  request: 30_000,
  idle: 75_000,
  silent: 120_000,
  look: 2_000,
};

/** Serves until `close`. Throws {@link ConfigError} or `StoreOpenError` when it cannot start. */
export async function serve(config: Config, options: ServeOptions): Promise<RunningServer> {
  const port = config.port || (await freePort(config));
  const scheme = config.tlsCert ? 'https' : 'http';
  const publicUrl = config.publicUrl ?? `${scheme}://localhost:${port}`;
  const listener = createListener(config, options);
  const composition = await compose(config, { ...options, publicUrl });
  const { core, store } = composition;
  const stops = [() => composition.close()];
  const stop = async () => {
    listener.close();
    for (const each of stops) await each();
  };
  try {
    const edge = await createEdge({
      core,
      logger: options.logger,
      trustedProxies: config.behindProxy,
      rateLimit: config.rateLimit,
      metrics: {
        token: config.metricsToken ?? null,
        gather: options.shareMetrics?.(core.metrics) ?? (async () => [await core.metrics.snapshot()]),
      },
      serverFactory: listener.factory,
      port: () => port,
      ping: () => store.ping(),
    });
    stops.unshift(() => edge.close());
    // Whoever changes something waits for the processes on the list: none may serve before it is there.
    stops.splice(-1, 0, () => core.nodes.leave());
    await core.nodes.join(`${hostname()} (process ${process.pid})`);
    await listen(edge, listener.factory, { hosts: config.host ? [config.host] : LOOPBACK, port }, stops);
    const firstPassword = await composition.setUp();
    const url = `${scheme}://${shownHost(config.host)}:${port}`;
    return { url, core, firstPassword, close: stop };
  } catch (error) {
    await stop();
    throw listenFault(error, port) ?? error;
  }
}

/** Where the server listens unless a host is set; the second only where the machine has it. */
const LOOPBACK = ['127.0.0.1', '::1'];

function shownHost(host = 'localhost'): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The first address by the edge's own listener, any further one by another that hands on to it. */
async function listen(
  edge: FastifyInstance,
  factory: FastifyServerFactory,
  { hosts: [first, ...others], port }: { hosts: readonly string[]; port: number },
  stops: (() => Promise<unknown>)[],
): Promise<void> {
  await edge.listen({ host: first, port, listenTextResolver: (address) => `bound to ${address}` });
  for (const host of others) {
    const server = factory((request, response) => edge.server.emit('request', request, response), {});
    try {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    } catch (error) {
      if (isCode(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) continue;
      throw error;
    }
    stops.unshift(async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    });
  }
}

function listenFault(error: unknown, port: number): ConfigError | null {
  if (isCode(error, 'EADDRINUSE'))
    return new ConfigError(`port ${port} is taken by another program; choose one with --port`);
  if (isCode(error, 'EACCES')) return new ConfigError(`port ${port} needs rights this user lacks`);
  if (isCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND'))
    return new ConfigError('SALLYPORT_HOST: not an address of this machine');
  return null;
}

/** A plain listener, or a TLS one that takes a renewed certificate up without dropping a connection. */
function createListener(
  config: Config,
  { logger, timeouts = TIMEOUTS }: ServeOptions,
): { factory: FastifyServerFactory; close(): void } {
  const { tlsCert, tlsKey } = config;
  const bounds = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.idle,
    connectionsCheckingInterval: timeouts.look,
  };
  if (!tlsCert || !tlsKey)
    return {
      factory: (handler) => createServer(bounds, handler).setTimeout(timeouts.silent),
      close: () => undefined,
    };
  const read = () => ({ cert: readTls(tlsCert), key: readTls(tlsKey), minVersion: 'TLSv1.2' as const });
  checkTls(read());
  const servers: TlsServer[] = [];
  const reload = () => {
    try {
      for (const server of servers) server.setSecureContext(read());
      logger.info('took up the renewed TLS certificate');
    } catch (error) {
      logger.error({ err: error }, 'the renewed TLS certificate cannot be used; the old one stays');
    }
  };
  const files = [tlsCert, tlsKey];
  for (const file of files) watchFile(file, { interval: 1000, persistent: false }, reload);
  return {
    factory: (handler) => {
      const server = createTlsServer({ ...bounds, ...read() }, handler);
      server.setTimeout(timeouts.silent);
      servers.push(server);
      return server;
    },
    close: () => {
      for (const file of files) unwatchFile(file, reload);
    },
  };
}

function readTls(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigError(`SALLYPORT_TLS_CERT, SALLYPORT_TLS_KEY: ${(error as Error).message}`);
  }
}

/** A certificate that cannot be used must stop the start before anything is set up. */
function checkTls(options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new ConfigError(`SALLYPORT_TLS_CERT, SALLYPORT_TLS_KEY: ${(error as Error).message}`);
  }
}

/**
 * The port to listen on: the one wanted, or for 0 one that the system chooses, since the issuer must be known before
 * the listener is there. Throws {@link ConfigError} when another program has it.
 */
export async function freePort({ host = LOOPBACK[0], port: wanted }: Config): Promise<number> {
  const probe = createProbe();
  try {
    await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(wanted, host, resolve));
  } catch (error) {
    throw listenFault(error, wanted) ?? error;
  }
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
