import { z } from 'zod';

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
type Unit = keyof typeof UNIT_SECONDS;

/** Seconds in a lifetime such as `5h` (units `s m h d`). Throws a `RangeError` on anything else. */
export function lifetimeSeconds(lifetime: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(lifetime);
  if (!match)
    throw new RangeError(`"${lifetime}" is not a lifetime: a number followed by s, m, h or d, as in 5h`);
  return Number(match[1]) * UNIT_SECONDS[match[2] as Unit];
}

/** Seconds as a lifetime, in the largest unit that needs no fraction. */
export function lifetimeText(seconds: number): string {
  const units = Object.entries(UNIT_SECONDS).reverse();
  const [unit, size] = units.find(([, size]) => seconds >= size && seconds % size === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** A lifetime between `min` and `max`, both themselves lifetimes. */
export function lifetime(min: string, max: string) {
  return z
    .string()
    .regex(/^\d{1,9}[smhd]$/, 'a number followed by s, m, h or d, as in 5h')
    .refine(
      (value) => {
        if (!/^\d{1,9}[smhd]$/.test(value)) return true;
        const seconds = lifetimeSeconds(value);
        return seconds >= lifetimeSeconds(min) && seconds <= lifetimeSeconds(max);
      },
      { error: `between ${min} and ${max}` },
    );
}
