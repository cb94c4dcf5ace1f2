/**
 * How often a source or an account may come, counted over every process. Each counts in memory and adds what it has
 * counted to the common row a few times a second, so that a limit costs no request a write. Whoever brings the sum over
 * the limit signals it: within a second every process refuses, also one that the source has never come to.
 */
import { LRUCache } from 'lru-cache';
import { atMost } from '../kit/at-most.js';
import type { Clock } from '../kit/clock.js';
import type { Directory } from './directory.js';
import type { Store } from './ports.js';

/** Milliseconds of one window, and between two exchanges. */
const WINDOW = 60_000;
const EXCHANGE_EVERY = 250;
/** Who came less often is nobody else's business: most sources never get a row. */
const WORTH_TELLING = 5;
/** Sources and accounts remembered; beyond them the one that was quiet longest is forgotten. */
const REMEMBERED = 20_000;

interface Count {
  /** As the common row said last. */
  shared: number;
  /** Counted here since. */
  own: number;
  /** The limit: one key has one. */
  most: number;
}

/** A limit is of the server. */
const EVERY_TENANT = '';

/** Of all who add to a sum, one brings it over the limit. */
function isCrossed(total: number, own: number, most: number): boolean {
  return total > most && total - own <= most;
}

export interface RateLimits {
  /** Counts one. Seconds to wait when that was more than `most` a minute, else 0. */
  hit(key: string, most: number): number;
  /** The same without counting. */
  look(key: string, most: number): number;
  /** How many more may be counted before somebody has to wait; 0 while somebody has to. */
  room(key: string, most: number): number;
  stop(): void;
}

export function createRateLimits(deps: {
  store: Pick<Store, 'write'>;
  directory: Pick<Directory, 'limitedUntil'>;
  clock: Clock;
}): RateLimits {
  const { store, directory, clock } = deps;
  const counts = new LRUCache<string, Count>(atMost(REMEMBERED));
  const toTell = new Set<string>();
  let window = 0;
  let timer: NodeJS.Timeout | null = null;

  function turnWindow(): void {
    const current = Math.floor(clock.now() / WINDOW);
    if (current === window) return;
    window = current;
    counts.clear();
    toTell.clear();
  }

  async function exchange(): Promise<void> {
    // In one order everywhere: two processes that lock each other's rows would both wait.
    const told = [...toTell].sort().flatMap((key) => {
      const count = counts.peek(key);
      return count ? [{ key, count, own: count.own }] : [];
    });
    toTell.clear();
    const ends = (window + 1) * WINDOW;
    const suffix = ` ${window}`;
    const totals = await store.write(async (tx) => {
      const each: number[] = [];
      for (const { key, own } of told) each.push(await tx.rates.add(key + suffix, own, ends));
      return each;
    });
    told.forEach(({ count, own }, at) => {
      count.shared = totals[at] ?? count.shared;
      count.own -= own;
    });
    const crossed = told.filter(({ own, count }, at) => isCrossed(totals[at] ?? 0, own, count.most));
    // By itself: who signals holds up all who would, and must not wait for a row meanwhile.
    if (crossed.length > 0)
      await store.write(async (tx) => {
        for (const { key } of crossed)
          await tx.signals.append({ tenantId: EVERY_TENANT, kind: 'limited', subject: key, expiresAt: ends });
      });
  }

  function schedule(): void {
    // A database that is away leaves each process to its own count.
    timer ??= setTimeout(() => {
      timer = null;
      exchange().catch(() => undefined);
    }, EXCHANGE_EVERY).unref();
  }

  /** @param count undefined for a key that never came here */
  function wait(key: string, count: Count | undefined, most: number): number {
    const isOver = count !== undefined && count.shared + count.own > most;
    const until = isOver ? (window + 1) * WINDOW : directory.limitedUntil(key);
    return Math.max(0, Math.ceil((until - clock.now()) / 1000));
  }

  return {
    hit(key, most) {
      turnWindow();
      const count = counts.get(key) ?? { shared: 0, own: 0, most };
      counts.set(key, count);
      count.own++;
      if (count.shared + count.own >= WORTH_TELLING) {
        toTell.add(key);
        schedule();
      }
      return wait(key, count, most);
    },
    look(key, most) {
      turnWindow();
      return wait(key, counts.get(key), most);
    },
    room(key, most) {
      turnWindow();
      const count = counts.get(key);
      if (wait(key, count, most) > 0) return 0;
      return most + 1 - (count ? count.shared + count.own : 0);
    },
    stop() {
      if (timer) clearTimeout(timer);
    },
  };
}
