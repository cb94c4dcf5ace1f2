/** Removes what has expired, a few rows per transaction, so that nobody waits behind it. */
import { sql } from 'kysely';
import type { Db, Tables } from './tables.js';

const BATCH = 500;
const DAY = 24 * 3_600_000;
/** A redeemed code is remembered, so that its replay still revokes what it gave. */
const REPLAY_MEMORY = DAY;
/** Signals stay until every node has surely read them. */
const SIGNAL_SLACK = 600_000;
/** A source in which the user signed in keeps its privilege this long. */
const FAMILIAR = 30 * DAY;

interface Broom {
  table: keyof Tables;
  /** Columns that name a row. */
  key: readonly string[];
  /** Condition of the rows to remove. */
  when(now: number): ReturnType<typeof sql<boolean>>;
}

const expired = (now: number) => sql<boolean>`expires_at <= ${now}`;

/** Tokens before their grants: a grant is needed as long as one of its tokens lives. */
const BROOMS: readonly Broom[] = [
  { table: 'logins', key: ['id_hash'], when: expired },
  { table: 'parked', key: ['key_hash'], when: expired },
  { table: 'spent_ids', key: ['tenant_id', 'id_hash'], when: expired },
  { table: 'sessions', key: ['tenant_id', 'id'], when: expired },
  { table: 'devices', key: ['tenant_id', 'id'], when: expired },
  { table: 'access_tokens', key: ['token_hash'], when: expired },
  { table: 'refresh_tokens', key: ['token_hash'], when: expired },
  {
    table: 'codes',
    key: ['code_hash'],
    when: (now) =>
      sql`expires_at <= ${now} and (redeemed_at is null or expires_at <= ${now - REPLAY_MEMORY})`,
  },
  {
    table: 'grants',
    key: ['tenant_id', 'id'],
    when: (now) =>
      sql`expires_at <= ${now} and not exists (select 1 from access_tokens where access_tokens.tenant_id = grants.tenant_id and access_tokens.grant_id = grants.id)`,
  },
  {
    table: 'attempts',
    key: ['tenant_id', 'login_key', 'source'],
    when: (now) =>
      sql`touched_at <= ${now - DAY} and slowed_until <= ${now} and succeeded_at <= ${now - FAMILIAR}`,
  },
  { table: 'signals', key: ['sequence'], when: (now) => expired(now - SIGNAL_SLACK) },
  { table: 'nodes', key: ['id'], when: (now) => sql`seen_at <= ${now - DAY}` },
];

async function batch(db: Db, { table, key, when }: Broom, now: number): Promise<number> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const chosen = sql`select ${columns} from ${sql.table(table)} where ${when(now)} limit ${sql.lit(BATCH)}`;
  const removal = sql`delete from ${sql.table(table)} where (${columns}) in (${chosen})`;
  const { numAffectedRows } = await removal.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Removes every expired row; answers how many there were.
 *
 * @param transact runs one batch in a transaction of the writer
 */
export async function sweep(
  transact: <T>(work: (db: Db) => Promise<T>) => Promise<T>,
  now: number,
): Promise<number> {
  let removed = 0;
  for (const broom of BROOMS) {
    for (let last = BATCH; last === BATCH; removed += last) {
      last = await transact((db) => batch(db, broom, now));
    }
  }
  return removed;
}
