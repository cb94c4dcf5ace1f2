/** Recordings of traffic, their flows, the steps of each, and the links by which requests find their flow. */
import { type CreateTableBuilder, type Kysely, type Migration, sql } from 'kysely';
import { DENIALS } from '../denials.js';
import type { Dialect } from '../dialects/dialect.js';

interface Plan {
  text: string[];
  optional: string[];
  numbers: string[];
  key: string[];
  indexes: string[][];
}

const TABLES: Record<string, Plan> = {
  recordings: {
    text: ['tenant_id', 'id', 'kind', 'subject', 'name', 'started_by'],
    optional: [],
    numbers: ['started_at', 'ends_at', 'expires_at'],
    key: ['tenant_id', 'id'],
    indexes: [['ends_at'], ['expires_at']],
  },
  traffic_flows: {
    text: ['tenant_id', 'id', 'recording_id', 'recording_kind', 'first', 'last', 'search_text'],
    optional: ['app_id', 'client_id', 'user_id', 'user_name', 'failed_step'],
    numbers: ['started_at', 'updated_at', 'step_count', 'truncated', 'size', 'expires_at'],
    key: ['tenant_id', 'id'],
    indexes: [['tenant_id', 'recording_id'], ['expires_at']],
  },
  traffic_steps: {
    text: ['tenant_id', 'id', 'flow_id', 'kind', 'correlation_id', 'data'],
    optional: ['app_id', 'client_id', 'user_id', 'user_name'],
    numbers: ['at', 'failed', 'size', 'expires_at'],
    key: ['tenant_id', 'id'],
    indexes: [['tenant_id', 'flow_id', 'at'], ['tenant_id', 'correlation_id'], ['expires_at']],
  },
  traffic_links: {
    text: ['tenant_id', 'link', 'flow_id'],
    optional: [],
    numbers: ['expires_at'],
    key: ['tenant_id', 'link'],
    indexes: [['tenant_id', 'flow_id'], ['expires_at']],
  },
};

export function traffic(schema: Dialect['schema']): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const [name, { text, optional, numbers, key, indexes }] of Object.entries(TABLES)) {
        let table: CreateTableBuilder<string, string> = db.schema.createTable(name);
        for (const column of text) table = table.addColumn(column, schema.text, (c) => c.notNull());
        for (const column of optional) table = table.addColumn(column, schema.text);
        for (const column of numbers) table = table.addColumn(column, 'bigint', (c) => c.notNull());
        await table.addPrimaryKeyConstraint(`pk_${name}`, key).execute();
        for (const columns of indexes)
          await db.schema
            .createIndex(`ix_${name}_${columns.join('_')}`)
            .on(name)
            .columns(columns)
            .execute();
      }
      // A refusal is looked up by the reference on its error page; what went well need not be, and costs nothing.
      await sql`create index ix_events_denials on events (tenant_id, correlation_id) where ${sql.raw(DENIALS)}`.execute(
        db,
      );
    },
  };
}
