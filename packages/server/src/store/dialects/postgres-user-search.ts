/**
 * PostgreSQL: a full-text index whose words are every three characters in a row. A function of our own makes them,
 * since `pg_trgm` knows letters and digits alone and is not everybody's to install.
 * @see https://www.postgresql.org/docs/current/textsearch-indexes.html
 */
import { sql } from 'kysely';
import { madeBy, type UserSearch } from './user-search.js';

/**
 * Two blanks at the end: the last characters of a text begin three in a row as well. A restored backup from before the
 * function finds it there.
 */
const CREATE = [
  `create or replace function sallyport_fragments(content text) returns tsvector
    language sql immutable strict parallel safe as $$
      select array_to_tsvector(array(
        select substr(content || '  ', at, 3) from generate_series(1, length(content)) as at))
    $$`,
  'create index ix_users_fragments on users using gin (sallyport_fragments(search_text))',
];

/** One word as a query of the index writes it. */
function quoted(word: string): string {
  return `'${word.replace(/['\\]/g, '$&$&')}'`;
}

/** All that `fragment` is made of; of fewer than three characters, whatever begins so. */
function queryOf(fragment: string): string {
  const characters = [...fragment];
  if (characters.length < 3) return `${quoted(fragment)}:*`;
  const words = characters.slice(2).map((_, at) => characters.slice(at, at + 3).join(''));
  return [...new Set(words)].map(quoted).join(' & ');
}

export const postgresUserSearch: UserSearch = {
  made: madeBy(CREATE),
  async create(db) {
    for (const statement of CREATE) await sql.raw(statement).execute(db);
  },
  async find(db, tenantId, fragment, most) {
    const { rows } = await sql<{ id: string }>`
      select id from users where tenant_id = ${tenantId}
        and sallyport_fragments(search_text) @@ ${queryOf(fragment)}::tsquery
        and position(${fragment} in search_text) > 0 limit ${most + 1}`.execute(db);
    return rows.length > most ? null : rows.map(({ id }) => id);
  },
};
