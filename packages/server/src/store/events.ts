import type { AuditType } from '@sallyport/contract';
import { type SelectQueryBuilder, sql } from 'kysely';
import type { AuditEvent } from '../core/model.js';
import type { EventPageRequest, Reader, Writer } from '../core/ports.js';
import { lowestIdAt } from '../kit/random.js';
import { DENIALS } from './denials.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db, Tables } from './tables.js';

const event = codec<AuditEvent>({}, ['search_text']);

/** Ids are made in the order of time. */
const NEWEST_FIRST: Listing = { sortBy: 'events.id', direction: 'desc', searchIn: 'events.search_text' };

const HOUR = 3_600_000;

/** A request leaves one denial, or a few. */
const MOST_OF_ONE_REQUEST = 20;

/** Milliseconds by which an event's id may have been made before or after its instant. */
const SLACK = 60_000;

const insert = prepared((db: Db, row: Tables['events']) => db.insertInto('events').values(row));

function rowOf(entry: AuditEvent): Tables['events'] {
  const { type, userName, clientId, source, correlationId, detail } = entry;
  const search_text = searchText(type, userName, clientId, source, correlationId, detail);
  return { ...event.toRow(entry), search_text };
}

/** Narrows by time: by the ids, which an index holds, and within their slack by the instants. */
function within<O>(
  query: SelectQueryBuilder<Tables, 'events', O>,
  { from, until }: EventPageRequest,
): SelectQueryBuilder<Tables, 'events', O> {
  let narrowed = query;
  if (from !== undefined)
    narrowed = narrowed.where('id', '>=', lowestIdAt(Math.max(0, from - SLACK))).where('at', '>=', from);
  if (until !== undefined)
    narrowed = narrowed.where('id', '<', lowestIdAt(Math.max(0, until + SLACK))).where('at', '<=', until);
  return narrowed;
}

export function eventReader(db: Db): Reader['events'] {
  return {
    page: async (tenantId, page) => {
      const all = db.selectFrom('events').selectAll().where('tenant_id', '=', tenantId);
      const between = within(all, page);
      const chosen = page.types === undefined ? between : between.where('type', 'in', page.types);
      const rows = await onPage(chosen, NEWEST_FIRST, page).execute();
      return toPage(rows, NEWEST_FIRST, page, (row) => row.id, event.fromRow);
    },
    denialsOf: async (tenantId, correlationId) => {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('correlation_id', '=', correlationId)
        .where(sql<boolean>`(${sql.raw(DENIALS)})`)
        .limit(MOST_OF_ONE_REQUEST)
        .execute();
      // Sorted here: in the statement it would have SQLite walk the table by id instead.
      return rows.map(event.fromRow).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    countByHour: async (tenantId, since) => {
      const hour = sql<number>`at / ${sql.lit(HOUR)}`;
      const rows = await db
        .selectFrom('events')
        .select(({ fn }) => ['type', hour.as('hour'), fn.countAll().as('count')])
        .where('tenant_id', '=', tenantId)
        .where('id', '>=', lowestIdAt(since))
        .where('at', '>=', since)
        .groupBy(['type', hour])
        .execute();
      return rows.map(({ type, hour, count }) => ({
        type: type as AuditType,
        hour: Math.floor(Number(hour)) * HOUR,
        count: Number(count),
      }));
    },
  };
}

export function eventWriter(db: Db): Writer['events'] {
  return {
    ...eventReader(db),
    append: async (entry) => {
      await insert(db, rowOf(entry));
    },
  };
}
