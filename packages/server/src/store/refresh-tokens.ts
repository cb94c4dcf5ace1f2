import type { Grant, RefreshToken } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { isWhole } from './grants.js';
import { appending, marking, prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db } from './tables.js';

const token = codec<RefreshToken>({});
const grant = codec<Grant>({}, ['token_hash', 'token_created_at', 'token_expires_at', 'replaced_at']);

/** A token of a revoked grant is as good as gone. */
const byHash = prepared((db: Db, p: { tokenHash: string }) =>
  db
    .selectFrom('refresh_tokens')
    .innerJoin('grants', (join) =>
      join
        .onRef('grants.tenant_id', '=', 'refresh_tokens.tenant_id')
        .onRef('grants.id', '=', 'refresh_tokens.grant_id'),
    )
    .selectAll('grants')
    .select(['refresh_tokens.token_hash', 'refresh_tokens.replaced_at'])
    .select([
      'refresh_tokens.created_at as token_created_at',
      'refresh_tokens.expires_at as token_expires_at',
    ])
    .where('refresh_tokens.token_hash', '=', p.tokenHash)
    .where('grants.revoked_at', 'is', null),
);

const insert = appending('refresh_tokens');

/** One statement decides: of two rotations the second finds the token replaced. @see RFC 9700 section 4.14.2 */
const replace = marking({
  tables: ['refresh_tokens', 'grants'],
  column: 'token_hash',
  build: (db, { hash, at }) =>
    db
      .updateTable('refresh_tokens')
      .set({ replaced_at: at })
      .where('token_hash', '=', hash)
      .where('replaced_at', 'is', null)
      // Counted for each row: PostgreSQL might begin a join with the grants, and read all of them.
      .where((eb) => {
        const alive = eb
          .selectFrom('grants')
          .select(({ fn }) => fn.countAll<number>().as('alive'))
          .whereRef('grants.tenant_id', '=', 'refresh_tokens.tenant_id')
          .whereRef('grants.id', '=', 'refresh_tokens.grant_id')
          .where('grants.revoked_at', 'is', null);
        return eb(alive, '=', eb.lit(1));
      }),
});

const remove = prepared((db: Db, p: { tokenHash: string }) =>
  db.deleteFrom('refresh_tokens').where('token_hash', '=', p.tokenHash),
);

export function refreshTokenReader(db: Db): Reader['refreshTokens'] {
  return {
    find: async (tokenHash) => {
      const [row] = (await byHash(db, { tokenHash })).rows;
      if (!row || !isWhole(row)) return null;
      return {
        tenantId: row.tenant_id,
        tokenHash: row.token_hash,
        grantId: row.id,
        createdAt: row.token_created_at,
        expiresAt: row.token_expires_at,
        replacedAt: row.replaced_at,
        grant: grant.fromRow(row),
      };
    },
  };
}

export function refreshTokenWriter(db: Db): Writer['refreshTokens'] {
  return {
    ...refreshTokenReader(db),
    insert: async (issued) => void (await insert(db, token.toRow(issued))),
    replace: (hash, at) => replace(db, { hash, at }),
    revoke: async (tokenHash) => (await remove(db, { tokenHash })).changed > 0,
  };
}
