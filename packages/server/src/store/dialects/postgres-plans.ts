/**
 * PostgreSQL keeps the plan of a statement, also that of its own checks of foreign keys, until it hears of new
 * statistics: a minute, or for good where nothing gathers them. One made for an empty table, of which every index that
 * begins with the tenant seems as good as the key, goes on to read each row that came since.
 */
import type pg from 'pg';

/** Statements of one connection after which its plans are made anew: at first few, in the end `MOST`. */
const FIRST = 32;
const MOST = 8_192;

/** Lets a connection forget its plans; those of its prepared statements are made anew when they are run next. */
export const FORGET_PLANS = 'discard plans';

interface Count {
  run: number;
  due: number;
}

const counts = new WeakMap<pg.PoolClient, Count>();

/**
 * Counts a statement that `client` is about to run; true when it had better forget its plans before, since it ran twice
 * as many as when it last did. A transaction that fills a table needs that too.
 */
export function isTimeForNewPlans(client: pg.PoolClient): boolean {
  let count = counts.get(client);
  if (!count) {
    count = { run: 0, due: FIRST };
    counts.set(client, count);
  }
  count.run++;
  if (count.run < count.due) return false;
  count.due = count.run + Math.min(count.run, MOST);
  return true;
}
