/** Users found by any piece of what is searched in, without looking at every one. */
import type { Kysely } from 'kysely';
import type { Db } from '../tables.js';

export interface UserSearch {
  /** Makes the index over `users.search_text`, of those who are there already too. The database keeps it from then on. */
  create(db: Kysely<unknown>): Promise<void>;
  /** What `create` adds to the schema, as an inventory names it. */
  made: readonly string[];
  /** Ids of the users whose text holds `fragment`; null for more than `most`. `fragment` is in lower case. */
  find(db: Db, tenantId: string, fragment: string, most: number): Promise<string[] | null>;
}

/** The tables, indexes and triggers that `statements` make, as an inventory names them. */
export function madeBy(statements: readonly string[]): string[] {
  return statements.flatMap((statement) => {
    const [, kind, name] = /^create (?:virtual )?(table|index|trigger) (\w+)/.exec(statement) ?? [];
    return kind && name ? [`${kind} ${name}`] : [];
  });
}
