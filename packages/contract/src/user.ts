import { z } from 'zod';
import { line } from './text.js';
import { PublicJwk, UserProfile } from './user-profile.js';

/** A login name: `name@suffix`, no colon (it is the client id of Basic credentials) and no white space. */
export const LoginName = z
  .string()
  .max(254)
  .regex(/^[^\s:@\p{Cc}]+@[^\s:@\p{Cc}]+$/u, 'name@suffix, without colon or white space');

export const Email = z.email().max(254);
/** Rejected here only for size; the password policy with its reasons is the server's. */
export const Password = z.string().min(1).max(1024);

/** A shared secret in base32, as authenticator apps take it. @see RFC 4648 section 6 */
export const TotpSecret = z
  .string()
  .max(256)
  .regex(/^[A-Za-z2-7]{16,}=*$/, 'base32, at least 16 characters');

const fields = {
  loginName: LoginName,
  email: Email,
  displayName: line(256),
  description: line(1000, 0),
  enabled: z.boolean(),
  confidentialClient: z.boolean(),
  profile: UserProfile,
  /** Keys of a confidential client that authenticates by private_key_jwt. */
  jwks: z.array(PublicJwk).max(20),
};

/** What an administrator writes to create a user. */
export const UserInput = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  enabled: fields.enabled.default(true),
  confidentialClient: fields.confidentialClient.default(false),
  profile: fields.profile.default({}),
  jwks: fields.jwks.default([]),
  password: Password.optional(),
  /** Has Sallyport make the password, or a confidential client's secret, and answer it once. */
  generatePassword: z.boolean().default(false),
  mustChangePassword: z.boolean().default(false),
});
export type UserInput = z.infer<typeof UserInput>;

/** A change to a user: the fields present are written. */
export const UserPatch = z
  .strictObject({
    ...fields,
    /** The password is good for nothing but being changed at the next sign-in. */
    mustChangePassword: z.boolean(),
  })
  .partial();
export type UserPatch = z.infer<typeof UserPatch>;

/** A new password for a user, or `generate` for one that Sallyport makes and answers once. */
export const PasswordReset = z.union(
  [
    z.strictObject({ password: Password, mustChangePassword: z.boolean().default(false) }),
    z.strictObject({ generate: z.literal(true), mustChangePassword: z.boolean().default(false) }),
  ],
  { error: 'either "password", or "generate": true' },
);
export type PasswordReset = z.infer<typeof PasswordReset>;

/** A user as the API answers it. Instants are ISO 8601. */
export const User = z.object({
  id: z.string(),
  ...fields,
  /** Whether the user has shown that the mail address is theirs; no administrator can say so. */
  emailVerified: z.boolean(),
  mustChangePassword: z.boolean(),
  hasPassword: z.boolean(),
  /** When the password was last set; for the first one, when the user was made. */
  passwordChangedAt: z.string(),
  /** Mechanisms of the second factors. */
  factors: z.array(z.string()),
  /** Names of the roles the user is a member of; Everybody goes without saying. */
  roles: z.array(z.string()),
  createdAt: z.string(),
  version: z.number().int(),
});
export type User = z.infer<typeof User>;

/** A user in a list. */
export const UserSummary = User.omit({ factors: true, roles: true, jwks: true });
export type UserSummary = z.infer<typeof UserSummary>;

/** A password that Sallyport made, shown this once; null when there is none to show. */
export const GeneratedPassword = z.object({ generatedPassword: z.string().nullable() });

export const CreatedUser = z.object({ ...User.shape, ...GeneratedPassword.shape });
export type CreatedUser = z.infer<typeof CreatedUser>;
