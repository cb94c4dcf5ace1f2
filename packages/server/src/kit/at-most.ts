/**
 * Options of a cache that holds at most `entries`, whatever their size. It grows as it fills; by `max` the cache would
 * take the room for all of them when it is made.
 */
export function atMost(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
