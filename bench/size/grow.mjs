/**
 * Makes a tenant large before it is measured: users, apps and tokens, live or expired, by bulk insert, copied from the
 * rows that the declaration made, so that one password hash serves all and a new column needs no word here.
 */
import { DatabaseSync } from '@photostructure/sqlite';
import pg from 'pg';

/** What `--size large` means; a number scales all of it. */
const LARGE = { users: 1_000_000, apps: 10_000, tokens: 10_000_000 };
const CHUNK = 50_000;
const YEAR = 365 * 86_400_000;

/** @returns {number} the share of the large tenant that a word of `--size` asks for; 0 for none */
export function scaleOf(word) {
  if (word === undefined || word === 'small') return 0;
  if (word === 'large') return 1;
  const scale = Number(word);
  if (!(scale > 0)) throw new Error(`--size ${word}: small, large, or a share of large such as 0.01`);
  return scale;
}

/**
 * @param {string} url path of the embedded database, or `postgres://…`
 * @returns one connection, whichever the database: `run` answers rows; `withoutChecks` ends what is done for each row,
 *   which users need for the index of their names
 */
export async function open(url) {
  if (url.startsWith('postgres')) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    // Rows copied from rows have parents: PostgreSQL need not look for each one's.
    const withoutChecks = () => client.query('set session_replication_role = replica');
    const run = async (sql) => (await client.query(sql)).rows;
    const columns = async (table) =>
      (
        await run(`select column_name as name from information_schema.columns where table_name = '${table}'`)
      ).map(({ name }) => name);
    return { run, columns, withoutChecks, close: () => client.end() };
  }
  const database = new DatabaseSync(url);
  database.exec('pragma synchronous=off');
  const run = async (sql) => database.prepare(sql).all();
  const columns = async (table) => (await run(`pragma table_info(${table})`)).map(({ name }) => name);
  return { run, columns, withoutChecks: async () => undefined, close: () => database.close() };
}

/**
 * Copies of one row, numbered from `from` to `to`; `changes` holds SQL for the columns that differ, in which `i` is the
 * number.
 */
async function copy(db, table, where, changes, { from, to }) {
  const names = await db.columns(table);
  const values = names.map((name) => changes[name] ?? `t.${name}`);
  await db.run(
    `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})
     insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from n, ${table} t where ${where}`,
  );
}

async function inChunks(count, job) {
  for (let from = 1; from <= count; from += CHUNK) await job({ from, to: Math.min(count, from + CHUNK - 1) });
}

/**
 * @param {string} url path of the embedded database, or `postgres://…`
 * @param {number} scale share of the large tenant
 * @param {{user: string, app: string}} templates login name and application id of the rows to copy
 */
export async function grow(url, scale, { user, app }) {
  const db = await open(url);
  const sizes = Object.fromEntries(
    Object.entries(LARGE).map(([name, count]) => [name, Math.ceil(count * scale)]),
  );
  try {
    await inChunks(sizes.users, (range) =>
      copy(
        db,
        'users',
        `t.login_key = '${user}'`,
        {
          id: "'user-' || i",
          login_name: "'user' || i || '@bench.test'",
          login_key: "'user' || i || '@bench.test'",
          email: "'user' || i || '@bench.test'",
          display_name: "'User ' || i",
          search_text: "'user' || i || '@bench.test user ' || i",
        },
        range,
      ),
    );
    await inChunks(sizes.apps, (range) =>
      copy(
        db,
        'apps',
        `t.application_key = '${app}'`,
        {
          id: "'app-' || i",
          application_id: "'app' || i",
          application_key: "'app' || i",
          name: "'App ' || i",
          search_text: "'app' || i",
          issuer: 'null',
        },
        range,
      ),
    );
    await copyMembers(db, { user, count: sizes.users });
    const users = Math.max(1, sizes.users);
    await copyTokens(db, {
      user,
      app,
      prefix: 'token-',
      count: sizes.tokens,
      users,
      expires: Date.now() + YEAR,
    });
    // As PostgreSQL does by itself. SQLite is never told to, and would plan a statement anew with each value bound.
    if (url.startsWith('postgres')) await db.run('analyze');
  } finally {
    await db.close();
  }
  return sizes;
}

/** All of them in every role of the user that they are copies of: a role of everybody's is the longest list. */
async function copyMembers(db, { user, count }) {
  await inChunks(count, (range) =>
    copy(
      db,
      'role_members',
      `t.login_key = '${user}'`,
      { user_id: "'user-' || i", login_key: "'user' || i || '@bench.test'" },
      range,
    ),
  );
}

/**
 * @param {string} url path of the embedded database, or `postgres://…`
 * @param {number} count of tokens to make that expired a second before, all of one user
 * @param {{user: string, app: string}} templates login name and application id
 */
export async function expire(url, count, { user, app }) {
  const db = await open(url);
  try {
    await copyTokens(db, { user, app, prefix: EXPIRED, count, expires: Date.now() - 1000 });
  } finally {
    await db.close();
  }
}

/** What the hashes of the tokens begin with that `expire` makes. */
export const EXPIRED = 'expired-';

/**
 * Tokens of the user and app, or of as many generated `users` as there are. The first is made from the rows of the two,
 * since nobody has issued one yet.
 */
async function copyTokens(db, { user, app, prefix, count, users, expires }) {
  const now = Date.now();
  await db.withoutChecks();
  await db.run(
    `insert into access_tokens (tenant_id, token_hash, app_id, client_id, user_id, scope, auth_time, created_at, expires_at)
     select u.tenant_id, '${prefix}0', a.id, 'bench', u.id, 'all', ${now}, ${now}, ${expires}
     from users u, apps a where u.login_key = '${user}' and a.application_key = '${app}' and a.tenant_id = u.tenant_id`,
  );
  const changes = {
    token_hash: `'${prefix}' || i`,
    ...(users && { user_id: `'user-' || (1 + i % ${users})` }),
  };
  await inChunks(count, (range) => copy(db, 'access_tokens', `t.token_hash = '${prefix}0'`, changes, range));
}
