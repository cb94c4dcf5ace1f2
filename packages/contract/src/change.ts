import { z } from 'zod';

/** The field by which an entry says that it took its object back: its new value is the instant of that version. */
export const RESTORED_FROM = 'restoredFrom';

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

/** What taking an object back to an earlier version changed, or would change. */
export const Restoration = z.object({
  /** The object's path; of one that was deleted, its new one. */
  object: z.string(),
  name: z.string(),
  action: z.enum(['create', 'update', 'delete', 'none']),
  fields: z.array(ChangedField),
  /** Of the object as it is now, for `If-Match`; null when there is none. */
  version: z.number().int().nullable(),
  /** What could not be taken back. */
  notes: z.array(z.string()),
});
export type Restoration = z.infer<typeof Restoration>;
