import type { z } from 'zod';
import { AdminError, type FieldFault } from '../errors.js';

/** Keys that the declarative file will have, and does not have yet. */
const NOT_BUILT_YET = new Set(['registration']);

/** The faults of a document, one for each field, as `tokens.lifetime` or `apps.0.name`. */
export function faultsOf({ issues }: z.core.$ZodError): FieldFault[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [{ field: fieldAt(issue.path), message: messageOf(issue) }];
    return issue.keys.map((key) => ({
      field: fieldAt([...issue.path, key]),
      message: NOT_BUILT_YET.has(key) ? 'is not built yet' : 'unknown key',
    }));
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return missing ? 'is required' : issue.message.replace(/^Invalid input: /, '');
}

function fieldAt(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

/** One refusal with all faults: `conflict` when only names that are taken stand in the way. */
export function refusal(faults: readonly FieldFault[], clashes: readonly FieldFault[] = []): AdminError {
  const all = [...faults, ...clashes];
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  const message = `${all[0]?.field}: ${all[0]?.message}${more}`;
  return new AdminError(faults.length > 0 ? 'invalid' : 'conflict', message, all);
}

/** Throws if there is any fault, or any `clash` with a name that is taken. */
export function refuse(faults: readonly FieldFault[], clashes: readonly FieldFault[] = []): void {
  if (faults.length + clashes.length > 0) throw refusal(faults, clashes);
}

/** `document` as `schema` has it. Throws `invalid` with every fault. */
export function parse<T extends z.ZodType>(schema: T, document: unknown): z.output<T> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw refusal(faultsOf(parsed.error));
}
