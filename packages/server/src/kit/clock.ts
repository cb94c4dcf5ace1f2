/** Time as Sallyport counts it: whole milliseconds since the epoch. The only reader of the system clock. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Epoch seconds, rounded down: what JWT claims carry. @see RFC 7519 section 2 (NumericDate) */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** Resolves after `milliseconds`. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
