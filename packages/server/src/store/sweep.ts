/** Removes what has expired, a few rows per transaction, so that nobody waits behind it. */
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { lowestIdAt } from '../kit/random.js';
import type { Db, Tables } from './tables.js';

/** Rows of one transaction: a few milliseconds, so that no request waits longer for its own. */
const BATCH = 100;
/** After a batch the sweep rests this many times as long as the batch took. */
const REST = 4;
const DAY = 24 * 3_600_000;
/** Signals stay until every node has surely read them. */
const SIGNAL_SLACK = 600_000;
/** A source in which the user signed in keeps its privilege this long. */
const FAMILIAR = 30 * DAY;

/** How long records are kept, in seconds; null for no end. */
export interface Retention {
  /** The audit log. */
  events: number | null;
  /** The change log. */
  changes: number | null;
  /** Redeemed codes, after their own life: their replay still revokes what they gave. */
  codes: number | null;
}

interface Broom {
  table: keyof Tables;
  /** Columns that name a row. */
  key: readonly string[];
  /** Condition of the rows to remove. */
  when(now: number, kept: Retention): ReturnType<typeof sql<boolean>>;
}

const expired = (now: number) => sql<boolean>`expires_at <= ${now}`;

const NEVER = -1;

/** Ids are made in the order of time, and an index holds them under their tenant. */
function madeBefore(now: number, seconds: number | null): ReturnType<typeof sql<boolean>> {
  if (seconds === null || seconds * 1000 > now) return sql`1 = 0`;
  return sql`tenant_id in (select id from tenants) and id < ${lowestIdAt(now - seconds * 1000)}`;
}

/** A code that was redeemed is remembered, so that its replay still revokes what it gave. */
function redeemable(now: number, { codes }: Retention): ReturnType<typeof sql<boolean>> {
  const forgotten = codes === null ? NEVER : now - codes * 1000;
  return sql`expires_at <= ${now} and (redeemed_at is null or expires_at <= ${forgotten})`;
}

/** Tokens before their grants: a grant is needed as long as one of its tokens lives. */
const BROOMS: readonly Broom[] = [
  { table: 'logins', key: ['id_hash'], when: expired },
  { table: 'parked', key: ['key_hash'], when: expired },
  { table: 'rates', key: ['key'], when: expired },
  { table: 'spent_ids', key: ['tenant_id', 'id_hash'], when: expired },
  { table: 'registration_tokens', key: ['tenant_id', 'id'], when: expired },
  { table: 'sessions', key: ['tenant_id', 'id'], when: expired },
  { table: 'devices', key: ['tenant_id', 'id'], when: expired },
  { table: 'access_tokens', key: ['token_hash'], when: expired },
  { table: 'refresh_tokens', key: ['token_hash'], when: expired },
  {
    table: 'codes',
    key: ['code_hash'],
    when: redeemable,
  },
  {
    table: 'device_requests',
    key: ['code_hash'],
    when: redeemable,
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
  { table: 'events', key: ['tenant_id', 'id'], when: (now, { events }) => madeBefore(now, events) },
  { table: 'changes', key: ['tenant_id', 'id'], when: (now, { changes }) => madeBefore(now, changes) },
  { table: 'traffic_links', key: ['tenant_id', 'link'], when: expired },
  { table: 'traffic_steps', key: ['tenant_id', 'id'], when: expired },
  { table: 'traffic_flows', key: ['tenant_id', 'id'], when: expired },
  { table: 'recordings', key: ['tenant_id', 'id'], when: expired },
  { table: 'signals', key: ['sequence'], when: (now) => expired(now - SIGNAL_SLACK) },
  { table: 'nodes', key: ['id'], when: (now) => sql`seen_at <= ${now - DAY}` },
];

async function batch(db: Db, { table, key, when }: Broom, now: number, kept: Retention): Promise<number> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const chosen = sql`select ${columns} from ${sql.table(table)} where ${when(now, kept)} limit ${sql.lit(BATCH)}`;
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
  kept: Retention,
): Promise<number> {
  let removed = 0;
  for (const broom of BROOMS) {
    for (let last = BATCH; last === BATCH; removed += last) {
      const began = performance.now();
      last = await transact((db) => batch(db, broom, now, kept));
      if (last === BATCH) await wait(REST * (performance.now() - began));
    }
  }
  return removed;
}
