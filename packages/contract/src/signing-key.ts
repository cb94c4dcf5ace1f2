import { z } from 'zod';

/** A signing key, without its private half. Instants are ISO 8601. */
export const SigningKey = z.object({
  kid: z.string(),
  alg: z.literal('RS256'),
  /** `next` is published and does not sign yet, `retired` only verifies. */
  state: z.enum(['next', 'active', 'retired']),
  createdAt: z.string(),
  retireAt: z.string().nullable(),
});
export type SigningKey = z.infer<typeof SigningKey>;
