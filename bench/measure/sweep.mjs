/** What removing expired rows does to those who ask meanwhile. */
import { setTimeout as wait } from 'node:timers/promises';
import { EXPIRED, open } from '../size/grow.mjs';
import { load } from './load.mjs';
import { median } from './statistics.mjs';

/**
 * Windows before the removal begins, and as many while it is under way: many short ones, since the p99 of a long one is
 * as bad as the machine's worst second in it.
 */
const WINDOWS = 12;
const SECONDS = 2;
const FLOW = 'cc-opaque';
const PAUSE = 500;
/** Milliseconds after which a server that removes nothing has failed. */
const PATIENCE = 120_000;

/**
 * The p99 of a durable flow before a server begins to remove what has expired, and while it does; milliseconds. The
 * server must have just started: the first removal is due a minute later.
 *
 * @param {{pid: number, target: object}} subject
 * @param {string} database path or URL
 * @param {{warmup: number, seconds: number}} order before the first window, and of each at most
 */
export async function measureSweep(subject, database, { warmup, seconds }) {
  const left = createCounter(database);
  try {
    const order = { warmup: 0.3, seconds: Math.min(seconds, SECONDS) };
    await load(subject, { flow: FLOW, ...order, warmup });
    const before = await windows(subject, order);
    const all = await left.count();
    const startedAt = Date.now();
    while ((await left.count()) === all) {
      if (Date.now() - startedAt > PATIENCE) throw new Error('sweep: nothing was removed');
      await wait(PAUSE);
    }
    const meanwhile = await windows(subject, order);
    if ((await left.count()) === 0) throw new Error('sweep: it was over before its measure');
    return { before, meanwhile, slowdown: meanwhile / before };
  } finally {
    await left.close();
  }
}

async function windows(subject, order) {
  const p99s = [];
  while (p99s.length < WINDOWS) {
    const { p99, errors, firstError } = await load(subject, { flow: FLOW, ...order });
    if (errors > 0) throw new Error(`sweep: ${errors} errors, ${firstError}`);
    p99s.push(p99);
  }
  return median(p99s);
}

/** Counts expired tokens; the connection is opened when it is first asked. */
function createCounter(database) {
  let opened;
  return {
    async count() {
      opened ??= await open(database);
      const sql = `select count(*) as n from access_tokens where token_hash like '${EXPIRED}%'`;
      return Number((await opened.run(sql))[0].n);
    },
    close: () => opened?.close(),
  };
}
