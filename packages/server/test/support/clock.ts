import type { Clock } from '../../src/kit/clock.js';

/** A clock that moves only when told to, from the real time at its making. */
export interface TestClock extends Clock {
  /** Moves the clock on by `milliseconds`. */
  advance(milliseconds: number): void;
}

export function createTestClock(): TestClock {
  let offset = 0;
  const startedAt = Date.now();
  return {
    now: () => startedAt + offset,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
  };
}
