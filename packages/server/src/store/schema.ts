/** The schema that a database has, against the one that this program's migrations make. */
import type { Dialect } from './dialects/dialect.js';
import { migrate } from './migrate.js';
import type { Db } from './tables.js';

/**
 * What is missing in a database that has seen every migration, one line each: somebody or a damage took it away, and no
 * start brings it back. What is there besides is not looked at.
 */
export async function schemaFaults(db: Db, dialect: Dialect): Promise<string[]> {
  const found = new Set(await dialect.inventory(db));
  const missing = (await expected(dialect)).filter((thing) => !found.has(thing));
  // Of a table that is gone, its columns are no news.
  const news = missing.filter((thing) => {
    const [, table] = /^column (.*)\./.exec(thing) ?? [];
    return table === undefined || found.has(`table ${table}`);
  });
  return news.map((thing) => `the ${thing} is missing`);
}

/** Tables and indexes are called the same in both databases, but for those of the search. */
async function expected({ userSearch }: Dialect): Promise<string[]> {
  const { openScratch, sqlite } = await import('./dialects/sqlite.js');
  const scratch = openScratch();
  try {
    const common = { ...sqlite, userSearch: { ...userSearch, create: async () => {} } };
    await migrate(scratch, common, { where: 'an empty database' });
    return [...(await sqlite.inventory(scratch)), ...userSearch.made];
  } finally {
    await scratch.destroy();
  }
}
