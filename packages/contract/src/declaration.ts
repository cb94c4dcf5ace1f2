import { z } from 'zod';
import { AppInput } from './app.js';
import { AppPreset } from './app-presets.js';
import { AuthenticationSettings } from './authentication.js';
import { RIGHTS, RoleName } from './role.js';
import { TenantSettings } from './tenant.js';
import { line } from './text.js';
import { LoginName, Password, TotpSecret, UserPatch } from './user.js';

/**
 * `schema` with every key optional and no default, at every depth: absent means absent, so that an object that
 * exists keeps its value. Lists stay whole.
 */
function withoutDefaults(schema: z.core.SomeType): z.core.SomeType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return withoutDefaults(schema.unwrap());
  if (schema instanceof z.ZodObject) return z.strictObject(optionalShape(schema.shape));
  return schema;
}

function optionalShape(shape: z.core.$ZodShape) {
  return Object.fromEntries(
    Object.entries(shape).map(([key, value]) => [key, z.optional(withoutDefaults(value))]),
  );
}

const DeclaredTenant = z.strictObject(optionalShape(TenantSettings.shape));

const DeclaredRole = z.strictObject({
  name: RoleName,
  description: line(1000, 0).optional(),
  rights: z.array(z.enum(RIGHTS)).optional(),
  members: z.array(LoginName).optional(),
});

const DeclaredUser = UserPatch.omit({ mustChangePassword: true }).extend({
  loginName: LoginName,
  password: Password.optional(),
  totpSecret: TotpSecret.optional(),
});

const DeclaredApp = z.strictObject({
  ...optionalShape(AppInput.shape),
  applicationId: AppInput.shape.applicationId,
  preset: AppPreset.optional(),
});

/**
 * The declarative file of `apply` and `export`. Every key but an object's name may be left out: an object that
 * exists keeps the value, a new one takes its default. Lists replace whole.
 */
export const Declaration = z
  .strictObject({
    tenant: DeclaredTenant,
    roles: z.array(DeclaredRole),
    users: z.array(DeclaredUser),
    apps: z.array(DeclaredApp),
    authentication: z.strictObject(AuthenticationSettings.shape).partial(),
  })
  .partial();
export type Declaration = z.infer<typeof Declaration>;
export type DeclaredRole = z.infer<typeof DeclaredRole>;
export type DeclaredUser = z.infer<typeof DeclaredUser>;
export type DeclaredApp = z.infer<typeof DeclaredApp>;

/** One line of the plan that `apply` prints. */
export const DeclarationChange = z.object({
  object: z.string(),
  action: z.enum(['create', 'update', 'delete']),
  fields: z.array(z.string()),
});
export type DeclarationChange = z.infer<typeof DeclarationChange>;

export const DeclarationResult = z.object({
  changes: z.array(DeclarationChange),
  /** Things left as they were on purpose, each with its reason. */
  notes: z.array(z.string()),
});
export type DeclarationResult = z.infer<typeof DeclarationResult>;
