import { z } from 'zod';
import { line } from './text.js';

/** Administrative rights, as the vendor's screens name them. `System Administrator` holds all of them. */
export const RIGHTS = [
  'System Administrator',
  'Admin Portal Login',
  'User Management',
  'Read Only User Management',
  'Role Management',
  'Application Management',
  'Read Only System Administrator',
] as const;
export type Right = (typeof RIGHTS)[number];

/** Ids of the roles every tenant is born with; they cannot be renamed or deleted. */
export const BUILT_IN_ROLES = { sysadmin: 'System Administrator', everybody: 'Everybody' } as const;

export const RoleName = line(128);

/** What an administrator writes of a role: one whole document. */
export const RoleInput = z.strictObject({
  name: RoleName,
  description: line(1000, 0).default(''),
  rights: z.array(z.enum(RIGHTS)).default([]),
});
export type RoleInput = z.infer<typeof RoleInput>;

/** A role as the API answers it. */
export const Role = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  rights: z.array(z.enum(RIGHTS)),
  builtIn: z.boolean(),
  version: z.number().int(),
});
export type Role = z.infer<typeof Role>;

/** Members of a role that a list counts: a page of large roles must not count millions. */
export const MOST_COUNTED_MEMBERS = 1_000;

/** A role in a list; a `memberCount` of {@link MOST_COUNTED_MEMBERS} stands for that many or more. */
export const RoleSummary = z.object({
  ...Role.shape,
  memberCount: z.number().int().max(MOST_COUNTED_MEMBERS),
});
export type RoleSummary = z.infer<typeof RoleSummary>;

export const RoleMember = z.object({ id: z.string(), loginName: z.string(), displayName: z.string() });
export type RoleMember = z.infer<typeof RoleMember>;
