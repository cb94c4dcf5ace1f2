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

/** A browser that a user has had remembered: rules may ask less of who signs in there. Instants are ISO 8601. */
export const KnownDevice = z.object({
  id: z.string(),
  /** Where it was remembered, and with what. */
  source: z.string(),
  userAgent: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
  /** Whether the question came from a session that began there. */
  current: z.boolean(),
});
export type KnownDevice = z.infer<typeof KnownDevice>;

/** A second factor, without its secret. */
export const Factor = z.object({
  id: z.string(),
  mechanism: z.string(),
  createdAt: z.string(),
  /** What its owner calls a passkey, or the end of a telephone number; null where there is neither. */
  label: z.string().nullable(),
  /** How many recovery codes are unused, or security questions are asked; null for everything else. */
  count: z.number().int().nullable(),
});
export type Factor = z.infer<typeof Factor>;
