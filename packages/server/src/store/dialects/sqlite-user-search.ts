/**
 * SQLite: the full-text index FTS5, whose terms are every three characters in a row.
 * @see https://www.sqlite.org/fts5.html#the_trigram_tokenizer
 */
import { sql } from 'kysely';
import { madeBy, type UserSearch } from './user-search.js';

/** The index names a user by a number that survives VACUUM, which no other table gives them. */
const CREATE = [
  `create table user_texts (
    number integer primary key,
    tenant_id text not null,
    user_id text not null,
    content text not null,
    unique (tenant_id, user_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade)`,
  `create virtual table user_fragments using fts5(
    content, content='user_texts', content_rowid='number', columnsize=0, tokenize='trigram case_sensitive 1')`,
  "create virtual table user_terms using fts5vocab('user_fragments', 'instance')",
  `create trigger user_texts_inserted after insert on user_texts begin
    insert into user_fragments (rowid, content) values (new.number, new.content);
  end`,
  `create trigger user_texts_deleted after delete on user_texts begin
    insert into user_fragments (user_fragments, rowid, content) values ('delete', old.number, old.content);
  end`,
  `create trigger user_texts_updated after update on user_texts begin
    insert into user_fragments (user_fragments, rowid, content) values ('delete', old.number, old.content);
    insert into user_fragments (rowid, content) values (new.number, new.content);
  end`,
];

/** Two blanks at the end: the last characters of a text begin three in a row as well. */
const FILL = [
  `create trigger users_inserted after insert on users begin
    insert into user_texts (tenant_id, user_id, content) values (new.tenant_id, new.id, new.search_text || '  ');
  end`,
  `create trigger users_updated after update of search_text on users when new.search_text <> old.search_text begin
    update user_texts set content = new.search_text || '  ' where tenant_id = new.tenant_id and user_id = new.id;
  end`,
  "insert into user_texts (tenant_id, user_id, content) select tenant_id, id, search_text || '  ' from users",
];

/** No term sorts after it; whatever may follow a shorter fragment among the terms. */
const LAST = '\u{10ffff}'.repeat(2);

/** Numbers of the texts with `fragment`: one of three characters or more is looked up, of fewer the terms that begin so. */
function numbersOf(fragment: string) {
  if ([...fragment].length >= 3)
    return sql`select rowid as number from user_fragments where user_fragments match ${`"${fragment.replaceAll('"', '""')}"`}`;
  return sql`select distinct doc as number from user_terms where term >= ${fragment} and term <= ${fragment + LAST}`;
}

export const sqliteUserSearch: UserSearch = {
  made: madeBy([...CREATE, ...FILL]),
  async create(db) {
    for (const statement of [...CREATE, ...FILL]) await sql.raw(statement).execute(db);
  },
  async find(db, tenantId, fragment, most) {
    const { rows } = await sql<{ user_id: string }>`
      select user_id from (${numbersOf(fragment)}) as found
      cross join user_texts on user_texts.number = found.number
      where user_texts.tenant_id = ${tenantId} limit ${most + 1}`.execute(db);
    return rows.length > most ? null : rows.map(({ user_id }) => user_id);
  },
};
