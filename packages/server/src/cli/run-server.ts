import cluster from 'node:cluster';
import { type Logger, pino } from 'pino';
import type { Config } from '../config.js';
import { serve } from '../serve.js';
import { firstSignIn } from './first-sign-in.js';
import { watchMemory } from './memory.js';
import { shareMetrics } from './worker-metrics.js';
import { type Ready, stopOn, supervise, workerCount } from './workers.js';

/** Serves in this process, or in several under this one, until told to stop. */
export async function runServer(config: Config): Promise<void> {
  const logger = await createLogger(config);
  if (cluster.isPrimary && workerCount(config) > 1) await supervise(config, { logger, announce });
  else await run(config, logger);
}

async function run(config: Config, logger: Logger): Promise<void> {
  warnOfIdleSettings(config, logger);
  const server = await serve(config, { logger, ...(cluster.isWorker && { shareMetrics }) });
  const ready: Ready = {
    url: server.url,
    publicUrl: server.core.urls.publicUrl,
    firstPassword: server.firstPassword,
  };
  stopOn(async () => {
    logger.info('stopping');
    await server.close();
  });
  watchMemory();
  if (cluster.isWorker) process.send?.(ready);
  else announce(config, ready);
}

/** What whoever started the server waits for: both on standard output, outside the log and whatever its level. */
function announce(config: Config, { url, publicUrl, firstPassword }: Ready): void {
  if (firstPassword) process.stdout.write(`${firstSignIn(config, { publicUrl, firstPassword })}\n`);
  const message = `listening on ${url}`;
  const line = isPretty(config) ? message : JSON.stringify({ level: 30, time: Date.now(), msg: message });
  process.stdout.write(`${line}\n`);
}

function isPretty(config: Config): boolean {
  return config.logFormat ? config.logFormat === 'pretty' : process.stdout.isTTY === true;
}

async function createLogger(config: Config): Promise<Logger> {
  const options = { level: config.logLevel, base: undefined };
  if (!isPretty(config)) return pino(options);
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }));
}

/** Settings that do less than their name says; whoever sets one should know. */
function warnOfIdleSettings(config: Config, logger: Logger): void {
  if (config.outboxDir)
    logger.warn('SALLYPORT_OUTBOX_DIR: messages are written there, with codes and links, and none is sent');
  if (!config.databaseUrl && (config.workers ?? 1) > 1)
    logger.warn('SALLYPORT_WORKERS: SQLite gains nothing from more than one; serving with one');
}
