/** What the schema of a SQLite database holds. */
import { sql } from 'kysely';
import type { Db } from '../tables.js';

/** One line for each thing, as a dialect's `inventory` names it. */
export async function sqliteInventory(db: Db): Promise<string[]> {
  const { rows } = await sql<{ thing: string }>`
    select type || ' ' || name as thing from sqlite_schema where type in ('table', 'trigger')
    union all
    select iif(sql like 'create unique%', 'unique index ', 'index ') || name
      from sqlite_schema where type = 'index' and sql is not null
    union all
    select 'column ' || tables.name || '.' || columns.name
      from sqlite_schema as tables, pragma_table_info(tables.name) as columns where tables.type = 'table'`.execute(
    db,
  );
  // SQLite's own come and go: statistics, counters.
  return rows.map(({ thing }) => thing).filter((thing) => !/^\w+ sqlite_/.test(thing));
}
