/** The contract as a form asks it. */
import { zod4Resolver } from 'mantine-form-zod-resolver';
import type { z } from 'zod';
import { inWords } from '../i18n/in-words.js';

/** The faults of values by path, as `schema` sees them and in the reader's language. */
export function schemaFaults<T extends z.ZodType>(schema: T) {
  const resolve = zod4Resolver(schema);
  return (values: z.input<T> & Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(resolve(values)).map(([path, fault]) => [path, inWords(String(fault))]),
    );
}
