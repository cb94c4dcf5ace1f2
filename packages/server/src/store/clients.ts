import type { RegisteredClient, RegistrationToken } from '../core/model.js';
import type { AdminWriter, Reader } from '../core/ports.js';
import { type Listing, onPage, searchText, toPage } from './pages.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { ClientRow, Db } from './tables.js';

const client = codec<RegisteredClient>({ metadata: 'json' }, ['search_text']);
const registrationToken = codec<RegistrationToken>({});

const BY_ID: Listing = { sortBy: 'clients.id', direction: 'asc', searchIn: 'clients.search_text' };

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('clients').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const counted = prepared((db: Db, p: { tenantId: string; appId: string }) =>
  db
    .selectFrom('clients')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('tenant_id', '=', p.tenantId)
    .where('app_id', '=', p.appId),
);

const insert = prepared((db: Db, row: ClientRow) => db.insertInto('clients').values(row));

const update = prepared((db: Db, { before, tenant_id, id, ...row }: ClientRow & { before: number }) =>
  db
    .updateTable('clients')
    .set(row)
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('version', '=', before),
);

const remove = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('clients').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const tokenByHash = prepared((db: Db, p: { tokenHash: string }) =>
  db.selectFrom('registration_tokens').selectAll().where('token_hash', '=', p.tokenHash),
);

const tokensOfApp = prepared((db: Db, p: { tenantId: string; appId: string }) =>
  db
    .selectFrom('registration_tokens')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('app_id', '=', p.appId)
    .orderBy('id'),
);

const insertToken = prepared((db: Db, row: Row<RegistrationToken>) =>
  db.insertInto('registration_tokens').values(row),
);

const removeToken = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.deleteFrom('registration_tokens').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

function rowOf(record: RegisteredClient): ClientRow {
  const { id, name, registeredBy, metadata } = record;
  return {
    ...client.toRow(record),
    search_text: searchText(id, name, registeredBy, ...metadata.redirect_uris),
  };
}

export function clientReader(db: Db): Reader['clients'] {
  return {
    find: async (tenantId, id) => client.first((await byId(db, { tenantId, id })).rows),
    count: async (tenantId, appId) => Number((await counted(db, { tenantId, appId })).rows[0]?.count ?? 0),
    page: async (tenantId, appId, page) => {
      const all = db
        .selectFrom('clients')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('app_id', '=', appId);
      const rows = await onPage(all, BY_ID, page).execute();
      return toPage(rows, BY_ID, page, (row) => row.id, client.fromRow);
    },
  };
}

export function registrationTokenReader(db: Db): Reader['registrationTokens'] {
  return {
    findByHash: async (tokenHash) => registrationToken.first((await tokenByHash(db, { tokenHash })).rows),
    ofApp: async (tenantId, appId) =>
      (await tokensOfApp(db, { tenantId, appId })).rows.map(registrationToken.fromRow),
  };
}

type ClientAdmin = Pick<
  AdminWriter['admin'],
  'insertClient' | 'updateClient' | 'deleteClient' | 'insertRegistrationToken' | 'deleteRegistrationToken'
>;

export function clientAdmin(db: Db): ClientAdmin {
  return {
    insertClient: async (made) => {
      await insert(db, rowOf(made));
    },
    updateClient: async (changed) =>
      (await update(db, { ...rowOf(changed), before: changed.version - 1 })).changed > 0,
    deleteClient: async (tenantId, id) => {
      await remove(db, { tenantId, id });
    },
    insertRegistrationToken: async (made) => {
      await insertToken(db, registrationToken.toRow(made));
    },
    deleteRegistrationToken: async (tenantId, id) => {
      await removeToken(db, { tenantId, id });
    },
  };
}
