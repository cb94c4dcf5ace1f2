import { z } from 'zod';
import { line } from './text.js';

/** A scope name: a scope-token without the characters that would break a list. @see RFC 6749 section 3.3 */
export const ScopeName = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'printable ASCII without space, quote or backslash');

/** One scope definition: a name and the REST regexes of the endpoints it opens. */
export const ScopeDefinition = z.strictObject({
  name: ScopeName,
  description: line(1000, 0).default(''),
  restRegex: z.array(z.string().min(1).max(500)).max(200).default([]),
  default: z.boolean().default(false),
});
export type ScopeDefinition = z.infer<typeof ScopeDefinition>;
