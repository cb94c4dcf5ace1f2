import { z } from 'zod';

/** Characters that turn the direction of all that follows, and would rewrite the page around a name. @see UAX #9 */
const TURNING = '\\u202A-\\u202E\\u2066-\\u2069';
const ONE_LINE = new RegExp(`^[^\\p{Cc}\\p{Cs}${TURNING}]*$`, 'u');

/** One line of text for people: no control characters, at most `max` characters. */
export function line(max: number, min = 1) {
  const text = z
    .string()
    .min(min)
    .max(max)
    .regex(ONE_LINE, 'no control characters, and no half of a character');
  return min === 0 ? text : text.regex(/[^\p{Z}\p{Cf}]/u, 'something that can be seen');
}

/** One page of a list; `next` is the cursor to pass as `after`, absent on the last page. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

/** Query of a list: `limit` items after the cursor `after`, narrowed by `search`. */
export const PageQuery = z.object({
  after: line(600).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  search: line(200, 0).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A page of `T`. */
export interface Page<T> {
  items: T[];
  next?: string | undefined;
}
