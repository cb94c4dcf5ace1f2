import { z } from 'zod';
import { lifetime } from './lifetime.js';
import { line } from './text.js';

/** A login suffix: what follows the `@` of a login name. */
export const LoginSuffix = z
  .string()
  .max(190)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, 'letters, digits, dots and hyphens');

export const SessionSettings = z.strictObject({
  /** A session unused this long ends. */
  idle: lifetime('1m', '365d').default('12h'),
  /** A session this old ends, used or not. */
  absolute: lifetime('1m', '365d').default('7d'),
});
export type SessionSettings = z.infer<typeof SessionSettings>;

/** The life of passwords. What is left out stays as it is; at first nothing expires and only the present one counts. */
export const PasswordSettings = z
  .strictObject({
    /** A password this old must be changed at the next sign-in. */
    expireAfter: z.union([z.literal('never'), lifetime('1d', '3650d')]),
    /** How many earlier passwords may not come back. */
    remembered: z.number().int().min(0).max(24),
  })
  .partial();
export type PasswordSettings = z.infer<typeof PasswordSettings>;

/** The tenant's own settings. */
export const TenantSettings = z.strictObject({
  name: line(128),
  loginSuffixes: z.array(LoginSuffix).min(1).max(200),
  sessions: SessionSettings.prefault({}),
  passwords: PasswordSettings.optional(),
});
export type TenantSettings = z.infer<typeof TenantSettings>;

/** The tenant as the API answers it. */
export const Tenant = z.object({ ...TenantSettings.shape, code: z.string(), version: z.number().int() });
export type Tenant = z.infer<typeof Tenant>;
