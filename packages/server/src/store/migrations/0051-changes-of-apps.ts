/**
 * Entries of the change log name their app by its id. Those written before have only what it was called, which
 * another app may have been called too: each app that there is gets its own, from what it is called now back through
 * its renamings to its creation.
 */
import type { Kysely, Migration } from 'kysely';
import type { Dialect } from '../dialects/dialect.js';

type Before = {
  apps: { tenant_id: string; id: string; application_id: string };
  changes: {
    tenant_id: string;
    id: string;
    app_id: string | null;
    object: string;
    action: string;
    fields: string;
  };
};

/** What an app was called, from its entry `since` to before `until`. */
interface Name {
  object: string;
  since: string;
  until: string | null;
  /** What it was called before; undefined when it was made as this. */
  former: string | undefined;
}

const RENAMED = '"field":"applicationId"';

async function nameBefore(
  db: Kysely<Before>,
  tenantId: string,
  object: string,
  until: string | null,
): Promise<Name | null> {
  let query = db
    .selectFrom('changes')
    .select(['id', 'action', 'fields'])
    .where('tenant_id', '=', tenantId)
    .where('object', '=', object)
    .where(({ or, eb }) => or([eb('action', '=', 'create'), eb('fields', 'like', `%${RENAMED}%`)]))
    .orderBy('id', 'desc')
    .limit(1);
  if (until !== null) query = query.where('id', '<', until);
  const row = await query.executeTakeFirst();
  if (!row) return null;
  const fields = JSON.parse(row.fields) as { field: string; old: unknown }[];
  const old = fields.find(({ field }) => field === 'applicationId')?.old;
  const former = row.action === 'update' && typeof old === 'string' ? old : undefined;
  return { object, since: row.id, until, former };
}

async function give(db: Kysely<Before>, tenantId: string, appId: string, name: Name): Promise<void> {
  const { object, since, until } = name;
  // What belongs to the app stands behind its path and a slash, up to the last sign there is.
  for (const [from, to] of [
    [object, object],
    [`${object}/`, `${object}/\u{10ffff}`],
  ] as const) {
    let update = db
      .updateTable('changes')
      .set({ app_id: appId })
      .where('tenant_id', '=', tenantId)
      .where('object', '>=', from)
      .where('object', '<=', to)
      .where('id', '>=', since);
    if (until !== null) update = update.where('id', '<', until);
    await update.execute();
  }
}

export function changesOfApps(schema: Dialect['schema']): Migration {
  return {
    up: async (untyped: Kysely<unknown>) => {
      await untyped.schema.alterTable('changes').addColumn('app_id', schema.text).execute();
      await untyped.schema
        .createIndex('ix_changes_tenant_id_app_id_id')
        .on('changes')
        .columns(['tenant_id', 'app_id', 'id'])
        .execute();
      const db = untyped.withTables<Before>();
      for (const app of await db.selectFrom('apps').select(['tenant_id', 'id', 'application_id']).execute()) {
        let name = await nameBefore(db, app.tenant_id, `apps/${app.application_id}`, null);
        while (name) {
          await give(db, app.tenant_id, app.id, name);
          name =
            name.former === undefined
              ? null
              : await nameBefore(db, app.tenant_id, `apps/${name.former}`, name.since);
        }
      }
    },
  };
}
