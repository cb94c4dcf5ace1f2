import type { z } from 'zod';
import { AdminError, type FieldFault } from '../errors.js';

/** Keys that are looked for in one place and stand in another. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['tenant.registration', 'is set for each app: apps[].generalUsage.registration'],
]);

/**
 * The faults of a document, one for each field, as `tokens.lifetime` or `apps.0.name`.
 *
 * @param schema what the document was parsed by: its keys are named where one is not known
 */
export function faultsOf({ issues }: z.core.$ZodError, schema: z.core.$ZodType): FieldFault[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [{ field: fieldAt(issue.path), message: messageOf(issue) }];
    const unknown = `unknown key; there are: ${keysAt(schema, issue.path).join(', ')}`;
    return issue.keys.map((key) => {
      const field = fieldAt([...issue.path, key]);
      return { field, message: ELSEWHERE.get(field) ?? unknown };
    });
  });
}

/** The keys of the objects that may stand at `path`. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [step, ...rest] = path;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      if (step === undefined) return Object.keys(def.shape);
      const next = def.shape[String(step)];
      return next ? keysAt(next, rest) : [];
    }
    case 'array':
      return keysAt(def.element, rest);
    case 'record':
      return keysAt(def.valueType, rest);
    case 'union':
      return [...new Set(def.options.flatMap((option) => keysAt(option, path)))];
    case 'pipe':
      return keysAt(def.in, path);
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
      return keysAt(def.innerType, path);
    default:
      return [];
  }
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
  throw refusal(faultsOf(parsed.error, schema));
}
