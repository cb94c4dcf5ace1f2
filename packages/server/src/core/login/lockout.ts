/**
 * The lockout gate of rule 11. An attempt first reserves a place in one transaction, is checked, and settles in a
 * second one, so that attempts made at the same time on several nodes together never get more room than one after
 * the other would.
 */
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kit/at-most.js';
import type { Clock } from '../../kit/clock.js';
import { sleep } from '../../kit/clock.js';
import type { Directory } from '../directory.js';
import { foldLoginName } from '../login-name.js';
import type { AttemptKey, Attempts, Store, Writer } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import { attemptSource } from './source.js';

/** Failures before an account is slowed down: from one source, and over all sources together. */
const ROOM = { own: 5, all: 50 };
const EVERY_SOURCE = '*';
/** A source where the account signed in this recently is not slowed by what others do. */
const KNOWN_SOURCE = 30 * 86_400_000;
/** A reservation whose attempt never settled (its process died) is void after this long. */
const LEASE = 30_000;
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 15 * 60_000;
/** Accounts at sources whose failures are remembered here, so that the next right answer forgives them. */
const MOST_FAILED = 10_000;
/** How long an attempt waits for others to settle, and how often it looks, on average: not all in the same instant. */
const PATIENCE = 10_000;
const LOOK_AGAIN = 25;

/** `slowed`: the attempt was not checked and did not count. */
export type AttemptOutcome = 'right' | 'wrong' | 'slowed';

export interface Lockout {
  /**
   * Runs `check` if account and source have room. A right answer forgives earlier failures only when it is
   * `final`: with more challenges to come it neither counts nor forgives.
   */
  attempt(
    context: RequestContext,
    loginName: string,
    final: boolean,
    check: () => Promise<boolean>,
  ): Promise<AttemptOutcome>;
  /** Whether this node has heard that the account is slowed, here or over all sources. */
  isSlowed(context: RequestContext, loginName: string): boolean;
  /** Whether this node counted a failure from this source that no right answer has forgiven yet. */
  hasFailed(context: RequestContext, loginName: string): boolean;
}

interface Rows {
  own: Attempts;
  all: Attempts;
}

type Verdict = 'go' | 'wait' | 'slowed';

export function createLockout(deps: { store: Store; clock: Clock; directory: Directory }): Lockout {
  const { store, clock, directory } = deps;
  const failed = new LRUCache<string, true>(atMost(MOST_FAILED));

  async function reserve(tx: Writer, keys: AttemptKeys, arrivedAt: number): Promise<Verdict> {
    const now = clock.now();
    const rows = await lock(tx, keys);
    const verdict = verdictOn(rows, arrivedAt, now);
    if (verdict === 'go')
      for (const row of [rows.own, rows.all])
        await tx.attempts.save({ ...row, pending: livePending(row, now) + 1, pendingAt: now });
    return verdict;
  }

  /** Whether there is still no place, as far as can be seen without taking one. */
  async function isFull(keys: AttemptKeys, arrivedAt: number): Promise<boolean> {
    const now = clock.now();
    const own = await store.read.attempts.find(keys.own);
    if (!own || arrivedAt < own.slowedUntil) return false;
    if (!hasRoom(own, ROOM.own, now)) return true;
    const all = await store.read.attempts.find(keys.all);
    return all !== null && verdictOn({ own, all }, arrivedAt, now) === 'wait';
  }

  /** Whoever waits only reads: many who wait for one account must not keep the database writing. */
  async function enter(keys: AttemptKeys): Promise<boolean> {
    const arrivedAt = clock.now();
    const deadline = performance.now() + PATIENCE;
    let verdict = await store.write((tx) => reserve(tx, keys, arrivedAt));
    while (verdict === 'wait' && performance.now() < deadline) {
      await sleep(LOOK_AGAIN * (0.5 + Math.random()));
      if (!(await isFull(keys, arrivedAt))) verdict = await store.write((tx) => reserve(tx, keys, arrivedAt));
    }
    return verdict === 'go';
  }

  /** `forgive` after a final right answer, `count` after a wrong one, `release` when nothing was decided. */
  async function settle(keys: AttemptKeys, how: 'forgive' | 'count' | 'release'): Promise<void> {
    await store.write(async (tx) => {
      const now = clock.now();
      const rows = await lock(tx, keys);
      for (const which of ['own', 'all'] as const) {
        const row = { ...rows[which], pending: Math.max(0, rows[which].pending - 1) };
        if (how === 'count') await save(tx, slowDown(row, ROOM[which], now));
        else if (how === 'forgive') await save(tx, { ...row, failures: 0, slowedUntil: 0, succeededAt: now });
        else await save(tx, row);
      }
    });
  }

  /** Keeps the row, and tells every node about an account that is slowed from now on. */
  async function save(tx: Writer, row: Attempts): Promise<void> {
    await tx.attempts.save(row);
    if (row.slowedUntil <= clock.now()) return;
    const { tenantId, slowedUntil } = row;
    await tx.signals.append({
      tenantId,
      kind: 'slowed',
      subject: signalSubject(row),
      expiresAt: slowedUntil,
    });
  }

  return {
    async attempt(context, loginName, final, check) {
      const keys = attemptKeys(context, loginName);
      if (!(await enter(keys))) return 'slowed';
      let how: 'forgive' | 'count' | 'release' = 'release';
      try {
        const right = await check();
        if (!right) how = 'count';
        else if (final) how = 'forgive';
        return right ? 'right' : 'wrong';
      } finally {
        await settle(keys, how);
        if (how === 'count') failed.set(accountAt(keys.own), true);
        else if (how === 'forgive') failed.delete(accountAt(keys.own));
      }
    },
    isSlowed(context, loginName) {
      if (!directory.isAnyoneSlowed()) return false;
      const { own, all } = attemptKeys(context, loginName);
      const until = (key: AttemptKey) => directory.slowedUntil(key.tenantId, signalSubject(key));
      return Math.max(until(own), until(all)) > clock.now();
    },
    hasFailed: (context, loginName) =>
      failed.size > 0 && failed.has(accountAt(attemptKeys(context, loginName).own)),
  };
}

interface AttemptKeys {
  own: AttemptKey;
  all: AttemptKey;
}

function attemptKeys({ tenant, source }: RequestContext, loginName: string): AttemptKeys {
  // A name longer than any that exists is counted by its beginning.
  const account = { tenantId: tenant.id, loginKey: foldLoginName(loginName).slice(0, 255) };
  return {
    own: { ...account, source: attemptSource(source) },
    all: { ...account, source: EVERY_SOURCE },
  };
}

function accountAt({ tenantId, ...key }: AttemptKey): string {
  return `${tenantId} ${signalSubject(key)}`;
}

function signalSubject({ loginKey, source }: Omit<AttemptKey, 'tenantId'>): string {
  return `${loginKey} ${source}`;
}

/** Both rows, always locked in this order. */
async function lock(tx: Writer, { own, all }: AttemptKeys): Promise<Rows> {
  return { own: await tx.attempts.lock(own), all: await tx.attempts.lock(all) };
}

function livePending({ pending, pendingAt }: Attempts, now: number): number {
  return now - pendingAt > LEASE ? 0 : pending;
}

/** What an attempt that arrived at `arrivedAt` may do now. */
function verdictOn(rows: Rows, arrivedAt: number, now: number): Verdict {
  const known = rows.own.succeededAt > now - KNOWN_SOURCE;
  const judges = known ? (['own'] as const) : (['own', 'all'] as const);
  // Who was already waiting when the slowing began is slowed too, however late its turn comes.
  if (judges.some((which) => arrivedAt < rows[which].slowedUntil)) return 'slowed';
  return judges.every((which) => hasRoom(rows[which], ROOM[which], now)) ? 'go' : 'wait';
}

/** Once the failures have used up the room, attempts go one at a time. */
function hasRoom(row: Attempts, room: number, now: number): boolean {
  return livePending(row, now) < Math.max(1, room - row.failures);
}

/** The row with one failure more, and from `room` failures on with a delay that doubles. */
function slowDown(row: Attempts, room: number, now: number): Attempts {
  const failures = row.failures + 1;
  if (failures < room) return { ...row, failures };
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(failures - room, 20));
  return { ...row, failures, slowedUntil: now + delay };
}
