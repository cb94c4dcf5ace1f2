/** What a pause costs: a server that has forgotten what it compiled answers its next callers slowly. */
import { setTimeout as wait } from 'node:timers/promises';
import { load } from './load.mjs';

/** Milliseconds: longer than a server waits before it tidies up. */
const PAUSE = 5000;
/** Seconds: the first moment afterwards, with all its requests, and as a measure windows as short. */
const MOMENT = 0.5;

/** Microseconds of CPU per introspection in the moment after a pause, and before it. */
export async function measurePause(subject, { warmup, warmVisits }) {
  const moment = (order) => load(subject, { flow: 'introspect', seconds: MOMENT, ...order });
  // The first pause after the start is the one in which its leftovers are collected.
  await wait(PAUSE);
  const before = await moment({ warmup, warmVisits });
  await wait(PAUSE);
  const first = await moment({ warmup: 0 });
  const microseconds = (figures) => 1e6 / figures.perCpu;
  return {
    afterPause: microseconds(first) / microseconds(before),
    hot: microseconds(before),
    cold: microseconds(first),
    errors: before.errors + first.errors,
    firstError: before.firstError ?? first.firstError,
  };
}
