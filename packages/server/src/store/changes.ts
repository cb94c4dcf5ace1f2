import { sql } from 'kysely';
import type { Change } from '../core/model.js';
import type { AdminWriter, Reader } from '../core/ports.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db, Tables } from './tables.js';

const change = codec<Change>({ fields: 'json' }, ['search_text']);

/** Ids are made in the order of time. */
const NEWEST_FIRST: Listing = { sortBy: 'changes.id', direction: 'desc', searchIn: 'changes.search_text' };

const insert = prepared((db: Db, row: Tables['changes']) => db.insertInto('changes').values(row));

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('changes').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

/** Whether an entry is about an object of this kind. */
function isWithin(kind: string) {
  const pattern = `${kind.replace(/[\\%_]/g, '\\$&')}/%`;
  return sql<boolean>`object like ${pattern} escape '\\'`;
}

export function changeReader(db: Db): Reader['changes'] {
  return {
    find: async (tenantId, id) => {
      const [row] = (await byId(db, { tenantId, id })).rows;
      return row ? change.fromRow(row) : null;
    },
    page: async (tenantId, page) => {
      const all = db.selectFrom('changes').selectAll().where('tenant_id', '=', tenantId);
      const { object, appId } = page;
      const named =
        object === undefined
          ? all
          : all.where(({ or, eb }) => or([eb('object', '=', object), isWithin(object)]));
      const chosen = appId === undefined ? named : named.where('app_id', '=', appId);
      const rows = await onPage(chosen, NEWEST_FIRST, page).execute();
      return toPage(rows, NEWEST_FIRST, page, (row) => row.id, change.fromRow);
    },
  };
}

export function changeAdmin(db: Db): Pick<AdminWriter['admin'], 'appendChange'> {
  return {
    appendChange: async (entry) => {
      const search_text = searchText(entry.object, entry.name, entry.actor, entry.source);
      await insert(db, { ...change.toRow(entry), search_text });
    },
  };
}
