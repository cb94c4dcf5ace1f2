/** A SQLite adapter for oidc-provider: one table, prepared statements, each write its own commit. */
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * @param {string} file
 * @param {'normal' | 'full'} synchronous
 */
export function createSqliteAdapter(file, synchronous) {
  const database = new DatabaseSync(file);
  database.exec(`pragma journal_mode=wal; pragma synchronous=${synchronous};
    create table if not exists models (key text primary key, payload text, expires int, consumed int,
      grant_id text, uid text) without rowid;
    create index if not exists models_by_grant on models (grant_id) where grant_id is not null;
    create index if not exists models_by_uid on models (uid) where uid is not null;`);
  // The driver crashes when a database is collected before its statements, so a statement always has its database.
  const sql = {
    database,
    upsert: database.prepare('insert or replace into models values (?, ?, ?, null, ?, ?)'),
    find: database.prepare('select * from models where key = ?'),
    findByUid: database.prepare('select * from models where uid = ?'),
    consume: database.prepare('update models set consumed = ? where key = ?'),
    remove: database.prepare('delete from models where key = ?'),
    revoke: database.prepare('delete from models where grant_id = ?'),
  };
  const now = () => Math.floor(Date.now() / 1000);

  function payloadOf(row) {
    if (!row || (row.expires !== null && row.expires < now())) return undefined;
    return { ...JSON.parse(row.payload), ...(row.consumed === null ? {} : { consumed: row.consumed }) };
  }

  return (model) => {
    const keyOf = (id) => `${model}:${id}`;
    const uidOf = (uid) => (uid ? keyOf(uid) : null);
    return {
      async upsert(id, payload, expiresIn) {
        const expires = expiresIn ? now() + expiresIn : null;
        const { grantId = null, uid } = payload;
        sql.upsert.run(keyOf(id), JSON.stringify(payload), expires, grantId, uidOf(uid));
      },
      find: async (id) => payloadOf(sql.find.get(keyOf(id))),
      findByUid: async (uid) => payloadOf(sql.findByUid.get(uidOf(uid))),
      findByUserCode: async () => undefined,
      async consume(id) {
        sql.consume.run(now(), keyOf(id));
      },
      async destroy(id) {
        sql.remove.run(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        sql.revoke.run(grantId);
      },
    };
  };
}
