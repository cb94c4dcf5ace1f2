import { z } from 'zod';

/** What stands in the change log for a secret's value. */
export const MASK = '••••••';

export const ChangedField = z.object({ field: z.string(), old: z.unknown(), new: z.unknown() });
export type ChangedField = z.infer<typeof ChangedField>;

/** One entry of the change log: one object, one action. Instants are ISO 8601. */
export const Change = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  source: z.string(),
  object: z.string(),
  name: z.string(),
  action: z.enum(['create', 'update', 'delete']),
  fields: z.array(ChangedField),
});
export type Change = z.infer<typeof Change>;
