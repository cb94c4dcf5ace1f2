import { z } from 'zod';
import { line } from './text.js';

/** Facts about a user that a claim may tell, by the names of the administration. */
export const CLAIM_ATTRIBUTES = [
  'loginName',
  'email',
  'displayName',
  'description',
  'givenName',
  'familyName',
  'middleName',
  'nickname',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phoneNumber',
  'officeNumber',
  'homeNumber',
  'department',
  'reportsTo',
  'website',
] as const;
export type ClaimAttribute = (typeof CLAIM_ATTRIBUTES)[number];

/** Where a claim comes from: a fact about the user, the names of the user's roles, or a value of the app's own. */
export const CLAIM_SOURCES = [...CLAIM_ATTRIBUTES, 'roles', 'constant'] as const;

/** Claims that say what a token is worth: the server alone writes them. @see RFC 9068 section 2.2, RFC 8693 section 4 */
export const RESERVED_CLAIMS = [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'typ', 'cnf', 'act', 'may_act', 'client_id', 'scope'],
  ...['auth_time', 'acr', 'amr', 'azp', 'sid', 'nonce', 'unique_name', 'tenant_id', 'app_id', 'auth_ms'],
  ...['active', 'token_type', 'username', 'authorization_details'],
] as const;

/** One claim of the access tokens for an API: read from a list, never computed by code of anybody's. */
export const ClaimMapping = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'printable ASCII without space, quote or backslash'),
    from: z.enum(CLAIM_SOURCES),
    /** Of a constant alone. */
    value: z.union([line(500, 0), z.number(), z.boolean()]).optional(),
  })
  .superRefine(({ name, from, value }, ctx) => {
    if ((RESERVED_CLAIMS as readonly string[]).includes(name))
      ctx.addIssue({ code: 'custom', path: ['name'], message: `"${name}" is written by the server alone` });
    if ((value !== undefined) !== (from === 'constant'))
      ctx.addIssue({
        code: 'custom',
        path: ['value'],
        message: from === 'constant' ? 'a constant needs a value' : 'only a constant has a value',
      });
  });
export type ClaimMapping = z.infer<typeof ClaimMapping>;

/** The claims of one app, each name once. */
export const ClaimMappings = z
  .array(ClaimMapping)
  .max(50)
  .superRefine((claims, ctx) => {
    const seen = new Set<string>();
    for (const [index, { name }] of claims.entries()) {
      if (seen.has(name))
        ctx.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is mapped twice` });
      seen.add(name);
    }
  });
