import { z } from 'zod';

/** A signed-in session, as its user and administrators see it. Instants are ISO 8601. */
export const Session = z.object({
  id: z.string(),
  /** Mechanisms met, such as `UP`, `OATH`. */
  mechanisms: z.array(z.string()),
  source: z.string(),
  userAgent: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
  /** Whether the question came by this very session. */
  current: z.boolean(),
});
export type Session = z.infer<typeof Session>;

/** A second factor, without its secret. */
export const Factor = z.object({ id: z.string(), mechanism: z.string(), createdAt: z.string() });
export type Factor = z.infer<typeof Factor>;
