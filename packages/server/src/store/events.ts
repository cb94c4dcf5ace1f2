import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditType } from '@sallyport/contract';
import { type SelectQueryBuilder, sql } from 'kysely';
import type { AuditEvent } from '../core/model.js';
import type { EventPageRequest, Reader, Writer } from '../core/ports.js';
import { lowestIdAt } from '../kit/random.js';
import { DENIALS } from './denials.js';
import { beyondCursor, type Listing, onPage, searchText, toPage } from './pages.js';
import { appending } from './prepared.js';
import { codec } from './rows.js';
import type { Db, Tables } from './tables.js';

const event = codec<AuditEvent>({}, ['search_text']);

/** Ids are made in the order of time. */
const NEWEST_FIRST: Listing = { sortBy: 'events.id', direction: 'desc', searchIn: 'events.search_text' };

const HOUR = 3_600_000;

/** A request leaves one denial, or a few. */
const MOST_OF_ONE_REQUEST = 20;

/** Events that one statement looks at. */
const PART = 10_000;

/** Milliseconds by which an event's id may have been made before or after its instant. */
const SLACK = 60_000;

const insert = appending('events');

function rowOf(entry: AuditEvent): Tables['events'] {
  const { type, userName, clientId, source, correlationId, detail } = entry;
  const search_text = searchText(type, userName, clientId, source, correlationId, detail);
  return Object.assign(event.toRow(entry), { search_text });
}

/** The events of a tenant, before what of them is selected. */
type Events<O> = SelectQueryBuilder<Tables, 'events', O>;

/** Narrows by the ids, which an index holds and which are made in the order of time, give or take their slack. */
function idsWithin<O>(
  query: Events<O>,
  { from, until }: Pick<EventPageRequest, 'from' | 'until'>,
): Events<O> {
  let narrowed = query;
  if (from !== undefined) narrowed = narrowed.where('id', '>=', lowestIdAt(Math.max(0, from - SLACK)));
  if (until !== undefined) narrowed = narrowed.where('id', '<', lowestIdAt(Math.max(0, until + SLACK)));
  return narrowed;
}

/** Narrows by the instants and the types, which no index holds. */
function chosen<O>(query: Events<O>, { from, until, types }: Partial<EventPageRequest>): Events<O> {
  let narrowed = query;
  if (from !== undefined) narrowed = narrowed.where('at', '>=', from);
  if (until !== undefined) narrowed = narrowed.where('at', '<=', until);
  if (types !== undefined) narrowed = narrowed.where('type', 'in', types);
  return narrowed;
}

/**
 * All of `events`, newest first, as parts of a size that a statement is done with in some ten milliseconds: the
 * embedded database works on the event loop, and a log of millions would hold up every request.
 */
async function* parts(events: Events<object>): AsyncGenerator<Events<object>> {
  let rest: Events<object> | null = events;
  while (rest) {
    const part: Events<object> = rest;
    const after = part.select('events.id').orderBy('events.id', 'desc').offset(PART).limit(1);
    const [next] = await after.execute();
    yield next ? part.where('events.id', '>', next.id) : part;
    await nextTurn();
    rest = next ? events.where('events.id', '<=', next.id) : null;
  }
}

async function rowsOnPage(db: Db, tenantId: string, page: EventPageRequest): Promise<Tables['events'][]> {
  const all = idsWithin(db.selectFrom('events').where('events.tenant_id', '=', tenantId), page);
  const select = (events: Events<object>, limit: number) =>
    onPage(chosen(events.selectAll('events'), page), NEWEST_FIRST, { ...page, limit }).execute();
  if (!page.search && page.types === undefined) return select(all, page.limit);
  const found: Tables['events'][] = [];
  for await (const part of parts(beyondCursor(all, NEWEST_FIRST, page))) {
    found.push(...(await select(part, page.limit - found.length)));
    if (found.length > page.limit) break;
  }
  return found;
}

async function countByHour(
  db: Db,
  tenantId: string,
  since: number,
): Promise<{ type: AuditType; hour: number; count: number }[]> {
  const hour = sql<number>`at / ${sql.lit(HOUR)}`;
  const tenants = db.selectFrom('events').where('events.tenant_id', '=', tenantId);
  const counts = new Map<string, { type: AuditType; hour: number; count: number }>();
  for await (const part of parts(idsWithin(tenants, { from: since }))) {
    const rows = await chosen(part, { from: since })
      .select(({ fn }) => ['type', hour.as('hour'), fn.countAll().as('count')])
      .groupBy(['type', hour])
      .execute();
    for (const { type, ...row } of rows) {
      const [from, count] = [Math.floor(Number(row.hour)) * HOUR, Number(row.count)];
      const before = counts.get(`${type} ${from}`)?.count ?? 0;
      counts.set(`${type} ${from}`, { type: type as AuditType, hour: from, count: before + count });
    }
  }
  return [...counts.values()];
}

export function eventReader(db: Db): Reader['events'] {
  return {
    page: async (tenantId, page) => {
      const rows = await rowsOnPage(db, tenantId, page);
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
    countByHour: (tenantId, since) => countByHour(db, tenantId, since),
  };
}

export function eventWriter(db: Db): Writer['events'] {
  return {
    ...eventReader(db),
    append: async (entry) => void (await insert(db, rowOf(entry))),
  };
}
