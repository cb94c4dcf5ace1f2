import { z } from 'zod';

const Variable = z.object({
  key: z.string(),
  value: z.string(),
  description: z.string(),
  type: z.literal('string').default('string'),
});

/** A request with the scripts around it, or a folder of them; the format has more than is written here. */
const Item = z.looseObject({ name: z.string(), description: z.string().optional() });

/**
 * What Postman, newman and their likes import.
 * @see https://schema.postman.com/json/collection/v2.1.0/collection.json
 */
export const PostmanCollection = z.object({
  info: z.object({ name: z.string(), description: z.string(), schema: z.string() }),
  item: z.array(Item),
  variable: z.array(Variable),
});
export type PostmanCollection = z.infer<typeof PostmanCollection>;

/** The values that the requests of a collection read, the secret ones empty. */
export const PostmanEnvironment = z.object({
  name: z.string(),
  values: z.array(
    z.object({
      key: z.string(),
      value: z.string(),
      type: z.enum(['default', 'secret']),
      enabled: z.boolean(),
    }),
  ),
  _postman_variable_scope: z.literal('environment'),
});
export type PostmanEnvironment = z.infer<typeof PostmanEnvironment>;
