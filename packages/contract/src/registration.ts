import { z } from 'zod';
import { lifetime } from './lifetime.js';
import { line } from './text.js';

/** A client that registered itself with an app. Instants are ISO 8601. @see RFC 7591 */
export const RegisteredClient = z.object({
  clientId: z.string(),
  /** As it calls itself; empty for none. */
  name: z.string(),
  redirectUris: z.array(z.string()),
  grantTypes: z.array(z.string()),
  authMethod: z.string(),
  /** Name of the initial access token that it came with; null where anyone may register. */
  initialAccessToken: z.string().nullable(),
  createdAt: z.string(),
});
export type RegisteredClient = z.infer<typeof RegisteredClient>;

/** What an administrator writes to let somebody register clients. */
export const RegistrationTokenInput = z.strictObject({
  name: line(128),
  /** How long clients may register with it. */
  lifetime: lifetime('1m', '365d').default('30d'),
});
export type RegistrationTokenInput = z.infer<typeof RegistrationTokenInput>;

/** An initial access token, without its secret. */
export const RegistrationToken = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type RegistrationToken = z.infer<typeof RegistrationToken>;

/** The same, just made: the token is told this once. */
export const NewRegistrationToken = z.object({ ...RegistrationToken.shape, token: z.string() });
export type NewRegistrationToken = z.infer<typeof NewRegistrationToken>;
