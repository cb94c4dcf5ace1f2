/** How much memory a serving process takes from the machine, and when it gives some back. ADR 12. */
import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  // While a server starts, much of what it allocates stays; V8 may learn from it to place some objects of each request
  // among the old ones, where they keep all that they point to alive until the next full collection. ADR 12.
  '--no-allocation-site-pretenuring',
  // By itself V8 waits until the heap has grown fourfold, on a machine with much memory to far more.
  '--heap-growing-percent=50',
];

/** Milliseconds between two looks, and the share of them in which an idle process may have worked. */
const LOOK_EVERY = 500;
const IDLE = 0.02;
/** Idle looks in a row before a collection: after the start, and ever after, for it also costs compiled code. */
const AFTER_START = 1;
const AFTER_A_BURST = 4;
/** Bytes above what the last collection left that are worth another. */
const WORTH = 8 * 1024 * 1024;

/** Sets V8 for a server: to be called before one is made. */
export function sparseMemory(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}

/** Gives back what the start and each burst have left behind, once nothing has been going on for a while. */
export function collectWhenIdle(): void {
  let left = 0;
  let wanted = AFTER_START;
  let idle = 0;
  let last = performance.eventLoopUtilization();
  setInterval(async () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    idle = utilization > IDLE ? 0 : idle + 1;
    if (idle < wanted || process.memoryUsage().heapTotal < left + WORTH) return;
    idle = 0;
    wanted = AFTER_A_BURST;
    // A server goes on with the memory it has.
    await collect().catch(() => undefined);
    left = process.memoryUsage().heapTotal;
  }, LOOK_EVERY).unref();
}

/** The collection that Node offers without a flag; unlike others it gives the pages back. It takes some 20 ms. */
async function collect(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}
