/** How much memory a serving process takes from the machine, and when it gives some back. ADR 12. */
import { executionAsyncResource } from 'node:async_hooks';
import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

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
/** Idle looks in a row before a collection: after the start, and ever after. */
const AFTER_START = 1;
const AFTER_A_BURST = 4;
/** Bytes above what the last collection left that are worth another: it costs compiled code too, so ordinary load is not. */
const WORTH = 64 * 1024 * 1024;
/** Bytes from which on the young generation grows no more. V8 doubles it up to 32 MiB and keeps it. */
const YOUNG = 8 * 1024 * 1024;

/** Sets V8 for a server: to be called before one is made. */
export function sparseMemory(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}

/** What is never let go, so that no collection forgets its shape. */
const kept: object[] = [];

/** Gives back what the start and great bursts have left behind, once nothing goes on, and holds the rest small. */
export function watchMemory(): void {
  keepTick();
  let worthFrom = 0;
  let wanted = AFTER_START;
  let idle = 0;
  let last = performance.eventLoopUtilization();
  setInterval(async () => {
    holdYoungGeneration();
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    idle = utilization > IDLE ? 0 : idle + 1;
    if (idle < wanted || process.memoryUsage().heapTotal < worthFrom) return;
    idle = 0;
    wanted = AFTER_A_BURST;
    // A server goes on with the memory it has.
    await collect().catch(() => undefined);
    worthFrom = process.memoryUsage().heapTotal + WORTH;
  }, LOOK_EVERY).unref();
}

/**
 * Node describes each call of `process.nextTick` by an object with computed names. When a collection finds none of them,
 * V8 forgets their shape, takes the next for a second one, and from then on makes every one of them the slow way, for
 * as long as the process lives: a quarter of what a key set costs.
 */
function keepTick(): void {
  process.nextTick(() => kept.push(executionAsyncResource()));
}

/** V8 reads this flag whenever it would grow; the limit itself it reads before any code of ours runs. */
function holdYoungGeneration(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const factor = young && young.space_size >= YOUNG ? 1 : 2;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

/** The collection that Node offers without a flag; unlike others it gives the pages back. It takes some 20 ms. */
async function collect(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}
