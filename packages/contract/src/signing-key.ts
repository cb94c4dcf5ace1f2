import { z } from 'zod';
import { SIGNING_ALGORITHMS } from './oauth.js';

/** A signing key, without its private half. Instants are ISO 8601. */
export const SigningKey = z.object({
  kid: z.string(),
  alg: z.enum(SIGNING_ALGORITHMS),
  /** `next` is published and does not sign yet, `retired` only verifies. */
  state: z.enum(['next', 'active', 'retired']),
  createdAt: z.string(),
  retireAt: z.string().nullable(),
});
export type SigningKey = z.infer<typeof SigningKey>;
