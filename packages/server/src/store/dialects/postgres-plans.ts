/**
 * PostgreSQL keeps the plan of a statement, also that of its own checks of foreign keys, until it hears of new
 * statistics: a minute, or for good where nothing gathers them. One made for an empty table, of which every index that
 * begins with the tenant seems as good as the key, goes on to read each row that came since.
 */
import type pg from 'pg';

/** Statements of one connection after which its plans are made anew when it is free: at first few, in the end `MOST`. */
const FIRST = 32;
const MOST = 8_192;

interface Count {
  run: number;
  due: number;
}

const counts = new WeakMap<pg.PoolClient, Count>();

/** Counts a statement that `client` runs. */
export function countStatement(client: pg.PoolClient): void {
  const count = counts.get(client);
  if (count) count.run++;
  else counts.set(client, { run: 1, due: FIRST });
}

/** Lets `client`, which is in no transaction, forget its plans if it ran twice as much since it last did. Never throws. */
export function renewPlans(client: pg.PoolClient): void {
  const count = counts.get(client);
  if (!count || count.run < count.due) return;
  count.due = count.run + Math.min(count.run, MOST);
  // Nobody waits for it: what the connection is asked next comes after it. A lost connection tells whoever asks next.
  client.query('discard plans').catch(() => undefined);
}
