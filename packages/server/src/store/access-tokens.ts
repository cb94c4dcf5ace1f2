import type { AccessToken } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { appending, prepared } from './prepared.js';
import { codec } from './rows.js';
import type { Db } from './tables.js';

const token = codec<AccessToken>({}, ['grant_revoked_at']);

/** A token is revoked when it is, or when its grant is. */
const byHash = prepared((db: Db, p: { tokenHash: string }) =>
  db
    .selectFrom('access_tokens')
    .selectAll('access_tokens')
    .leftJoin('grants', (join) =>
      join
        .onRef('grants.tenant_id', '=', 'access_tokens.tenant_id')
        .onRef('grants.id', '=', 'access_tokens.grant_id'),
    )
    .select('grants.revoked_at as grant_revoked_at')
    .where('access_tokens.token_hash', '=', p.tokenHash),
);

const insert = appending('access_tokens');

const revoke = prepared((db: Db, p: { tokenHash: string; at: number }) =>
  db
    .updateTable('access_tokens')
    .set({ revoked_at: p.at })
    .where('token_hash', '=', p.tokenHash)
    .where('revoked_at', 'is', null),
);

const revokeOfSession = prepared((db: Db, p: { tenantId: string; sessionId: string; at: number }) =>
  db
    .updateTable('access_tokens')
    .set({ revoked_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('session_id', '=', p.sessionId)
    .where('revoked_at', 'is', null),
);

export function accessTokenReader(db: Db): Reader['accessTokens'] {
  return {
    find: async (tokenHash) => {
      const [row] = (await byHash(db, { tokenHash })).rows;
      if (!row) return null;
      row.revoked_at ??= row.grant_revoked_at;
      return token.fromRow(row);
    },
  };
}

export function accessTokenWriter(db: Db): Writer['accessTokens'] {
  return {
    ...accessTokenReader(db),
    insert: async (issued) => void (await insert(db, token.toRow(issued))),
    revoke: async (tokenHash, at) => (await revoke(db, { tokenHash, at })).changed > 0,
    revokeOfSession: async (tenantId, sessionId, at) => {
      await revokeOfSession(db, { tenantId, sessionId, at });
    },
  };
}
