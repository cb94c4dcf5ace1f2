/** Recorded traffic in its own tables. A few rows a second while something is recorded, none otherwise. */
import { sql } from 'kysely';
import type { AdminWriter } from '../core/ports.js';
import type {
  Flow,
  Recording,
  Step,
  StepSummary,
  TrafficStore,
  TrafficWriter,
} from '../core/traffic/port.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { codec } from './rows.js';
import type { Db, Tables } from './tables.js';

const recording = codec<Recording>({});
const flow = codec<Flow>({ truncated: 'flag' }, ['search_text']);
const step = codec<Step>({ failed: 'flag' });
const summary = codec<StepSummary>({ failed: 'flag' });

/** Ids are made in the order of time. */
const RECORDINGS: Listing = { sortBy: 'recordings.id', direction: 'desc', searchIn: 'recordings.name' };
const FLOWS: Listing = {
  sortBy: 'traffic_flows.id',
  direction: 'desc',
  searchIn: 'traffic_flows.search_text',
};

/** Links asked about in one statement. */
const AT_ONCE = 400;

/** All but the data. */
const SUMMARY: readonly Exclude<keyof Tables['traffic_steps'], 'data'>[] = [
  ...(['tenant_id', 'id', 'flow_id', 'at', 'kind', 'correlation_id', 'failed'] as const),
  ...(['app_id', 'client_id', 'user_id', 'user_name', 'size', 'expires_at'] as const),
];

async function flowsOf(db: Db, tenantId: string, links: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let from = 0; from < links.length; from += AT_ONCE) {
    const rows = await db
      .selectFrom('traffic_links')
      .select(['link', 'flow_id'])
      .where('tenant_id', '=', tenantId)
      .where('link', 'in', links.slice(from, from + AT_ONCE))
      .execute();
    for (const row of rows) found.set(row.link, row.flow_id);
  }
  return found;
}

async function usage(
  db: Db,
  tenantId: string,
  recordingId: string,
): Promise<{ flows: number; size: number }> {
  const row = await db
    .selectFrom('traffic_flows')
    .select(({ fn }) => [fn.countAll().as('flows'), fn.sum('size').as('size')])
    .where('tenant_id', '=', tenantId)
    .where('recording_id', '=', recordingId)
    .executeTakeFirst();
  return { flows: Number(row?.flows ?? 0), size: Number(row?.size ?? 0) };
}

async function findFlow(db: Db, tenantId: string, id: string): Promise<Flow | null> {
  const rows = await db
    .selectFrom('traffic_flows')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute();
  return flow.first(rows);
}

function trafficWriter(db: Db): TrafficWriter {
  return {
    flowsOf: (tenantId, links) => flowsOf(db, tenantId, links),
    usage: (tenantId, recordingId) => usage(db, tenantId, recordingId),
    findFlow: (tenantId, id) => findFlow(db, tenantId, id),
    insertStep: async (made) => {
      await db.insertInto('traffic_steps').values(step.toRow(made)).execute();
    },
    putLink: async (tenantId, link, flowId, expiresAt) => {
      await db
        .insertInto('traffic_links')
        .values({ tenant_id: tenantId, link, flow_id: flowId, expires_at: expiresAt })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'link']).doUpdateSet({ flow_id: flowId, expires_at: expiresAt }),
        )
        .execute();
    },
    merge: async (tenantId, from, into) => {
      for (const table of ['traffic_steps', 'traffic_links'] as const)
        await db
          .updateTable(table)
          .set({ flow_id: into })
          .where('tenant_id', '=', tenantId)
          .where('flow_id', 'in', from)
          .execute();
      await db
        .deleteFrom('traffic_flows')
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', from)
        .execute();
    },
    steps: async (tenantId, flowId) => {
      const rows = await db
        .selectFrom('traffic_steps')
        .select(SUMMARY)
        .where('tenant_id', '=', tenantId)
        .where('flow_id', '=', flowId)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map(summary.fromRow);
    },
    putFlow: async (made, words) => {
      const row = flow.toRow(made);
      const before = await db
        .selectFrom('traffic_flows')
        .select('search_text')
        .where('tenant_id', '=', made.tenantId)
        .where('id', '=', made.id)
        .executeTakeFirst();
      const found = new Set([
        ...(before?.search_text.split('\n') ?? []),
        ...searchText(...words).split('\n'),
      ]);
      const search_text = [...found].join('\n').slice(0, 8_000);
      await db
        .insertInto('traffic_flows')
        .values({ ...row, search_text })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet({ ...row, search_text }))
        .execute();
    },
  };
}

/** Reads of committed state, and `keep` as `transact` runs it. */
export function createTrafficStore(
  db: Db,
  transact: <T>(job: (db: Db) => Promise<T>) => Promise<T>,
): TrafficStore {
  return {
    active: async (now) => {
      const rows = await db.selectFrom('recordings').selectAll().where('ends_at', '>', now).execute();
      return rows.map(recording.fromRow);
    },
    recordings: async (tenantId, page) => {
      const all = db
        .selectFrom('recordings')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('kind', 'in', page.kinds)
        .where('expires_at', '>', page.now);
      const rows = await onPage(all, RECORDINGS, page).execute();
      return toPage(rows, RECORDINGS, page, (row) => row.id, recording.fromRow);
    },
    findRecording: async (tenantId, id) => {
      const rows = await db
        .selectFrom('recordings')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute();
      return recording.first(rows);
    },
    usage: (tenantId, recordingId) => usage(db, tenantId, recordingId),
    flows: async (tenantId, page) => {
      let chosen = db
        .selectFrom('traffic_flows')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('recording_kind', 'in', page.kinds)
        .where('expires_at', '>', page.now);
      if (page.recordingId !== undefined) chosen = chosen.where('recording_id', '=', page.recordingId);
      if (page.appId !== undefined) chosen = chosen.where('app_id', '=', page.appId);
      if (page.failed !== undefined)
        chosen = chosen.where('failed_step', page.failed ? 'is not' : 'is', null);
      const rows = await onPage(chosen, FLOWS, page).execute();
      return toPage(rows, FLOWS, page, (row) => row.id, flow.fromRow);
    },
    findFlow: (tenantId, id) => findFlow(db, tenantId, id),
    steps: async (tenantId, flowId) => {
      const rows = await db
        .selectFrom('traffic_steps')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('flow_id', '=', flowId)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map(step.fromRow);
    },
    findStep: async (tenantId, correlationId) => {
      const rows = await db
        .selectFrom('traffic_steps')
        .select(SUMMARY)
        .where('tenant_id', '=', tenantId)
        .where('correlation_id', '=', correlationId)
        .limit(1)
        .execute();
      return summary.first(rows);
    },
    flowsOf: (tenantId, links) => flowsOf(db, tenantId, links),
    keep: (job) => transact((tx) => job(trafficWriter(tx))),
  };
}

export function recordingAdmin(
  db: Db,
): Pick<AdminWriter['admin'], 'insertRecording' | 'updateRecording' | 'deleteRecording'> {
  return {
    insertRecording: async (made) => {
      await db.insertInto('recordings').values(recording.toRow(made)).execute();
    },
    updateRecording: async (changed) => {
      await db
        .updateTable('recordings')
        .set(recording.toRow(changed))
        .where('tenant_id', '=', changed.tenantId)
        .where('id', '=', changed.id)
        .execute();
    },
    deleteRecording: async (tenantId, id) => {
      const flows = sql`select id from traffic_flows where tenant_id = ${tenantId} and recording_id = ${id}`;
      for (const table of ['traffic_steps', 'traffic_links'])
        await sql`delete from ${sql.table(table)} where tenant_id = ${tenantId} and flow_id in (${flows})`.execute(
          db,
        );
      await sql`delete from traffic_flows where tenant_id = ${tenantId} and recording_id = ${id}`.execute(db);
      await sql`delete from recordings where tenant_id = ${tenantId} and id = ${id}`.execute(db);
    },
  };
}
