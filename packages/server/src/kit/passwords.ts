import { hash, verify } from '@node-rs/argon2';
import { randomToken } from './random.js';

/** The pool was full for too long: the caller should answer 503 with `Retry-After`. */
export class HashingOverload extends Error {}

/** argon2id in a bounded pool with a deadline. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** False for a wrong password. Throws {@link HashingOverload} when no place came free in time. */
  verify(storedHash: string, password: string): Promise<boolean>;
  /** Spends what one verification costs, for a name without a password. */
  waste(): Promise<void>;
  /** The running median of a verification, in milliseconds. */
  medianMilliseconds(): number;
  /** Attempts that wait for their turn. */
  waiting(): number;
}

export interface HashingCost {
  /** KiB of memory of one hash. */
  memoryCost: number;
  timeCost: number;
  /** Hashes run at once. */
  concurrency: number;
  /** Milliseconds an attempt may wait for its turn. */
  deadline: number;
}

export const DEFAULT_HASHING_COST: HashingCost = {
  memoryCost: 19_456,
  timeCost: 2,
  concurrency: 2,
  deadline: 10_000,
};

/** A pool of argon2id workers. Memory in use is at most `concurrency` times `memoryCost`. */
export function createPasswords(cost: HashingCost = DEFAULT_HASHING_COST): Passwords {
  const samples: number[] = [];
  const median = () => [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 30;
  const turn = createTurnstile(cost.concurrency, cost.deadline, median);
  // argon2id is the package's default algorithm
  const options = { memoryCost: cost.memoryCost, timeCost: cost.timeCost, parallelism: 1 };
  const decoy = hash(randomToken(), options);

  async function timed(storedHash: string, password: string): Promise<boolean> {
    const started = performance.now();
    const matches = await verify(storedHash, password, options);
    samples.push(performance.now() - started);
    if (samples.length > 32) samples.shift();
    return matches;
  }

  return {
    hash: (password) => turn(() => hash(password, options)),
    verify: (storedHash, password) => turn(() => timed(storedHash, password)),
    waste: async () => {
      const storedHash = await decoy;
      await turn(() => timed(storedHash, 'no password'));
    },
    waiting: turn.waiting,
    medianMilliseconds: median,
  };
}

/**
 * Lets `places` jobs run at once. One that would wait longer than `deadline` milliseconds, by what each takes, is turned
 * away at once, before the queue helps nobody; so is one that has waited so long.
 */
function createTurnstile(places: number, deadline: number, each: () => number) {
  let free = places;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (free > 0) {
      free--;
      return;
    }
    if ((waiting.length / places) * each() > deadline)
      throw new HashingOverload('too many passwords are waiting to be checked');
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(admit), 1);
        reject(new HashingOverload('too many passwords are being checked'));
      }, deadline);
      const admit = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.push(admit);
    });
  }

  async function take<T>(job: () => Promise<T>): Promise<T> {
    await enter();
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }
  return Object.assign(take, { waiting: () => waiting.length });
}
