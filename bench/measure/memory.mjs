/** Resident memory after many opaque tokens, and after as many again. */
import { setTimeout as wait } from 'node:timers/promises';
import { load } from './load.mjs';
import { residentMib } from './process-tree.mjs';

const SETTLED = 3000;
const LONGEST = 600;

/** MiB, of a server that has just started. */
export async function measureMemory(subject, tokens) {
  const issue = async () => {
    const order = { flow: 'cc-opaque', warmup: 0, seconds: LONGEST, visits: tokens };
    const { errors, firstError } = await load(subject, order);
    if (errors > 0) throw new Error(`memory: ${errors} errors, ${firstError}`);
    await wait(SETTLED);
    return residentMib(subject.pid);
  };
  const after = await issue();
  const twice = await issue();
  return { after, twice, growth: twice - after };
}
