/** Several processes over one port, and how each of them stops. */
import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { compose } from '../compose.js';
import type { Config } from '../config.js';
import { freePort } from '../serve.js';
import { passMetricsOn } from './worker-metrics.js';

/** What a server says of itself once it listens. */
export interface Ready {
  url: string;
  publicUrl: string;
  firstPassword: string | null;
}

/** One on SQLite, where more gain nothing; one per core on PostgreSQL unless the operator says otherwise. */
export function workerCount(config: Config): number {
  if (!config.databaseUrl) return 1;
  return config.workers ?? availableParallelism();
}

/**
 * Forks the workers and announces them once all listen. One that dies later is replaced. What would stop a worker
 * from starting is found out here first, so that it is said once.
 */
export async function supervise(
  config: Config,
  options: { logger: Logger; announce(config: Config, ready: Ready): void },
): Promise<void> {
  const wanted = workerCount(config);
  const port = await freePort(config);
  const rehearsal = await compose(config, { logger: options.logger, publicUrl: `http://localhost:${port}` });
  await rehearsal.close();
  cluster.setupPrimary({ args: [...process.argv.slice(2), '--port', String(port)] });
  const ready = new Map<Worker, Ready>();
  let stopping = false;
  let announced = false;

  async function stopAll(): Promise<void> {
    stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    await Promise.all(workers.map(stopWorker));
  }

  passMetricsOn();
  cluster.on('message', (worker, message: Ready | object) => {
    if (!('url' in message)) return;
    ready.set(worker, message);
    if (announced || ready.size < wanted) return;
    announced = true;
    const all = [...ready.values()];
    const firstPassword = all.find((one) => one.firstPassword)?.firstPassword ?? null;
    options.announce(config, { ...message, firstPassword });
  });
  cluster.on('exit', (worker) => {
    if (stopping) return;
    if (ready.delete(worker)) cluster.fork();
    else void stopAll().then(() => process.exit(1));
  });
  stopOn(stopAll);
  for (let index = 0; index < wanted; index++) cluster.fork();
}

/** A worker that died is still on the list for a moment, and will not say so again. */
function stopWorker(worker: Worker): Promise<void> {
  if (worker.isDead()) return Promise.resolve();
  return new Promise((resolve) => {
    worker.once('exit', () => resolve());
    worker.process.kill('SIGTERM');
  });
}

/** Runs `stop` at the first SIGTERM or SIGINT, then exits 0; a second signal exits at once. */
export function stopOn(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(`sallyport: ${error instanceof Error ? error.message : String(error)}`);
          process.exit(1);
        },
      );
    });
}
