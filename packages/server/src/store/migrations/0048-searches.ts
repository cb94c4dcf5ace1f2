/** One sigma for all in the texts that are searched, and an index over those of users. */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';
import { lowered } from '../pages.js';

const SEARCHED = ['users', 'roles', 'apps', 'clients', 'changes', 'events', 'traffic_flows'] as const;

type Before = Record<(typeof SEARCHED)[number], { search_text: string }>;

export function searches({ create }: Dialect['userSearch']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const table of SEARCHED)
        await db
          .withTables<Before>()
          .updateTable(table)
          .set(({ fn, val }) => ({
            search_text: fn('replace', ['search_text', val('ς'), val(lowered('ς'))]),
          }))
          .where('search_text', 'like', '%ς%')
          .execute();
      await create(db);
    },
  };
}
