import type { AuthorizationCode } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { appending, prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db } from './tables.js';

const code = codec<AuthorizationCode>({});

const byHash = prepared((db: Db, p: { codeHash: string }) =>
  db.selectFrom('codes').selectAll().where('code_hash', '=', p.codeHash),
);

const insert = appending('codes');

/** One statement decides: of two redemptions the second finds the code redeemed. @see RFC 6749 section 4.1.2 */
const redeem = prepared((db: Db, p: { codeHash: string; at: number }) =>
  db
    .updateTable('codes')
    .set({ redeemed_at: p.at })
    .where('code_hash', '=', p.codeHash)
    .where('redeemed_at', 'is', null),
);

export function codeReader(db: Db): Reader['codes'] {
  return { find: async (codeHash) => code.first((await byHash(db, { codeHash })).rows) };
}

export function codeWriter(db: Db): Writer['codes'] {
  return {
    ...codeReader(db),
    insert: async (issued) => {
      await insert(db, code.toRow(issued));
    },
    redeem: async (codeHash, at) => (await redeem(db, { codeHash, at })).changed > 0,
  };
}
