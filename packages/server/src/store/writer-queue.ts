/**
 * The grouped writer. Jobs that wait in one turn of the event loop share one transaction and are answered after
 * its commit, so that a durable write costs a share of one flush to disk.
 */
import { StoreUnavailable } from '../core/ports.js';
import { ParentGone } from './errors.js';

export interface WriterQueueOptions<C> {
  /** Runs `work` in one transaction; resolves once it is committed. `again`: it failed before, by itself. */
  transaction<T>(work: (context: C) => Promise<T>, again: boolean): Promise<T>;
  /** Transactions that may be in flight at once. */
  lanes: number;
  /** The transaction is worth another try. */
  isConflict(error: unknown): boolean;
  /** Jobs that may wait; one more is refused. */
  maxWaiting?: number;
  /** Jobs that may share a transaction. */
  maxGroup?: number;
}

export interface WriterQueue<C> {
  /**
   * Runs `job` in a transaction and resolves once it is durable. The job may run more than once. What it throws rolls back
   * its own writes alone and is thrown here.
   *
   * @param shared false for a transaction of its own
   * @param meanwhile what the caller does beside: until it is done, the job asks for no transaction, but rides along
   *   with the next one; should it fail first, the job is dropped and its failure thrown here
   * @throws StoreUnavailable when the queue is full or closed
   */
  run<T>(job: (context: C) => Promise<T>, shared?: boolean, meanwhile?: Promise<unknown>): Promise<T>;
  /** Jobs that wait for a transaction. */
  waiting(): number;
  /** Refuses new jobs and resolves when the last one is answered. */
  close(): Promise<void>;
}

interface Entry<C> {
  shared: boolean;
  /**
   * Whether somebody waits for it, and for nothing else: `no` while its caller is busy, `now` once the caller is done,
   * `soon` from the start, where the caller does nothing beside.
   */
  wanted: 'no' | 'soon' | 'now';
  /** Runs the job and keeps its result for `settle`. */
  run(context: C): Promise<void>;
  settle(): void;
  fail(error: unknown): void;
}

const MAX_WAITING = 10_000;
const MAX_GROUP = 256;
const MAX_TRIES = 5;
/**
 * Milliseconds that jobs wait for a group under way before they are sent beside it, or for others whose callers are busy:
 * larger groups cost less per job, but a database far away, or a lock, must not hold up everybody.
 */
const COMPANY = 3;

function createEntry<C, T>(
  job: (context: C) => Promise<T>,
  shared: boolean,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Entry<C> {
  let result: { value: T } | undefined;
  return {
    shared,
    wanted: 'soon',
    run: async (context) => {
      result = { value: await job(context) };
    },
    settle: () => {
      if (result) resolve(result.value);
    },
    fail: reject,
  };
}

/** The database could not be reached, or not to the end. */
function isAway(error: unknown): boolean {
  return error instanceof StoreUnavailable && !(error instanceof ParentGone);
}

/** The queue before `options.transaction`. */
export function createWriterQueue<C>(options: WriterQueueOptions<C>): WriterQueue<C> {
  const { transaction, lanes, isConflict, maxWaiting = MAX_WAITING, maxGroup = MAX_GROUP } = options;
  let waiting: Entry<C>[] = [];
  let running = 0;
  /** Of them, those that others could have been part of. */
  let sharing = 0;
  let scheduled = false;
  let company: NodeJS.Timeout | undefined;
  let closed = false;
  let onIdle = () => {};

  async function commit(group: readonly Entry<C>[], again = false): Promise<void> {
    await transaction(async (context) => {
      for (const entry of group) await entry.run(context);
    }, again);
    for (const entry of group) entry.settle();
  }

  async function runAlone(entry: Entry<C>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await commit([entry], attempt > 1);
      } catch (error) {
        if (attempt === MAX_TRIES || !isConflict(error)) return entry.fail(error);
      }
    }
  }

  async function runGroup(group: readonly Entry<C>[]): Promise<void> {
    const [first] = group;
    if (first && group.length === 1) return runAlone(first);
    try {
      await commit(group);
    } catch (error) {
      // The commit itself may have been lost on the way: doing it all again could do it twice.
      if (isAway(error)) {
        for (const entry of group) entry.fail(error);
        return;
      }
      // In halves: one that fails must not cost all others a transaction of their own.
      const half = group.length >> 1;
      await runGroup(group.slice(0, half));
      await runGroup(group.slice(half));
    }
  }

  /** The jobs at the head of the queue that may share a transaction. */
  function take(): Entry<C>[] {
    const end = waiting.findIndex((entry, at) => at === maxGroup || (at > 0 && !entry.shared));
    const alone = waiting[0]?.shared === false;
    const size = alone ? 1 : end === -1 ? waiting.length : end;
    const group = waiting.slice(0, size);
    waiting = waiting.slice(size);
    return group;
  }

  async function flush(): Promise<void> {
    scheduled = false;
    clearTimeout(company);
    company = undefined;
    if (waiting.length === 0) return;
    running++;
    const group = take();
    const isShared = group[0]?.shared === true;
    if (isShared) sharing++;
    schedule();
    await runGroup(group);
    running--;
    if (isShared) sharing--;
    schedule();
    if (running === 0 && waiting.length === 0) onIdle();
  }

  /** Whether the jobs that wait had better wait for more. */
  function isCompanyComing(): boolean {
    if (waiting.length >= maxGroup || waiting[0]?.shared === false) return false;
    if (sharing > 0) return true;
    return waiting.some(({ wanted }) => wanted === 'no') && !waiting.some(({ wanted }) => wanted === 'now');
  }

  function schedule(isPatient = true): void {
    if (scheduled || running >= lanes || !waiting.some(({ wanted }) => wanted !== 'no')) return;
    if (isPatient && isCompanyComing()) {
      company ??= setTimeout(() => {
        company = undefined;
        schedule(false);
      }, COMPANY);
      return;
    }
    scheduled = true;
    setImmediate(() => void flush());
  }

  /** Lets `entry` wait for company while `meanwhile` is under way. */
  function linger(entry: Entry<C>, meanwhile: Promise<unknown>): void {
    entry.wanted = 'no';
    meanwhile.then(
      () => {
        entry.wanted = 'now';
        schedule();
      },
      (error) => {
        const left = waiting.filter((other) => other !== entry);
        if (left.length < waiting.length) entry.fail(error);
        waiting = left;
        if (running === 0 && waiting.length === 0) onIdle();
      },
    );
  }

  return {
    run: (job, shared = true, meanwhile) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new StoreUnavailable('the store is closed'));
        if (waiting.length >= maxWaiting) return reject(new StoreUnavailable('too many writes are waiting'));
        const entry = createEntry(job, shared, resolve, reject);
        waiting.push(entry);
        if (meanwhile) linger(entry, meanwhile);
        schedule();
      }),
    waiting: () => waiting.length,
    close: () => {
      closed = true;
      if (running === 0 && waiting.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onIdle = resolve;
      });
    },
  };
}
