/** One window of load on one subject, by a load generator of its own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CONNECTIONS } from '../subjects/credentials.mjs';

const WORKER = fileURLToPath(new URL('../load/worker.mjs', import.meta.url));

/**
 * @param {{pid: number, target: object}} subject
 * @param {{flow: string, warmup: number, warmVisits?: number, seconds: number, stock?: number,
 *   visits?: number, connections?: number}} order
 */
export function load({ pid, target }, order) {
  return new Promise((resolve, reject) => {
    const worker = fork(WORKER);
    worker.once('message', ({ figures, failure }) => {
      if (figures) resolve(figures);
      else reject(new Error(`${order.flow}: ${failure}`));
    });
    worker.once('exit', () => reject(new Error(`${order.flow}: the load generator died`)));
    worker.send({ connections: CONNECTIONS, ...order, pid, target });
  });
}
