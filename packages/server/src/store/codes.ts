import type { AuthorizationCode } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { appending, marking, prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db } from './tables.js';

const code = codec<AuthorizationCode>({}, ['live_session_id']);

const byHash = prepared((db: Db, p: { codeHash: string }) =>
  db
    .selectFrom('codes')
    .selectAll('codes')
    .leftJoin('sessions', (join) =>
      join.onRef('sessions.tenant_id', '=', 'codes.tenant_id').onRef('sessions.id', '=', 'codes.session_id'),
    )
    .select('sessions.id as live_session_id')
    .where('code_hash', '=', p.codeHash),
);

const insert = appending('codes');

/** One statement decides: of two redemptions the second finds the code redeemed. @see RFC 6749 section 4.1.2 */
const redeem = marking({
  tables: ['codes'],
  column: 'code_hash',
  build: (db, { hash, at }) =>
    db
      .updateTable('codes')
      .set({ redeemed_at: at })
      .where('code_hash', '=', hash)
      .where('redeemed_at', 'is', null),
});

export function codeReader(db: Db): Reader['codes'] {
  return {
    find: async (codeHash) => {
      const [row] = (await byHash(db, { codeHash })).rows;
      return row ? Object.assign(code.fromRow(row), { hasSession: row.live_session_id !== null }) : null;
    },
  };
}

export function codeWriter(db: Db): Writer['codes'] {
  return {
    ...codeReader(db),
    insert: async (issued) => void (await insert(db, code.toRow(issued))),
    redeem: (hash, at) => redeem(db, { hash, at }),
  };
}
