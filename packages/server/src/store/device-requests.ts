import type { DeviceRequest } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const request = codec<DeviceRequest>({});

const byCode = prepared((db: Db, p: { codeHash: string }) =>
  db.selectFrom('device_requests').selectAll().where('code_hash', '=', p.codeHash),
);

const byUserCode = prepared((db: Db, p: { tenantId: string; userCodeHash: string }) =>
  db
    .selectFrom('device_requests')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_code_hash', '=', p.userCodeHash),
);

const insert = prepared((db: Db, row: Row<DeviceRequest>) => db.insertInto('device_requests').values(row));

/** The first session that knew the code keeps the request. */
const bind = prepared((db: Db, p: { codeHash: string; sessionId: string; userId: string }) =>
  db
    .updateTable('device_requests')
    .set({ session_id: p.sessionId, user_id: p.userId })
    .where('code_hash', '=', p.codeHash)
    .where('state', '=', 'pending')
    .where((eb) => eb.or([eb('session_id', 'is', null), eb('session_id', '=', p.sessionId)])),
);

interface Decision {
  codeHash: string;
  sessionId: string;
  state: 'approved' | 'denied';
  scope: string;
  authTime: number;
  amr: string;
  source: string;
}

/** One statement decides: of two answers the second finds the request answered. */
const decide = prepared((db: Db, p: Decision) =>
  db
    .updateTable('device_requests')
    .set({ state: p.state, scope: p.scope, auth_time: p.authTime, amr: p.amr, source: p.source })
    .where('code_hash', '=', p.codeHash)
    .where('session_id', '=', p.sessionId)
    .where('state', '=', 'pending'),
);

const poll = prepared((db: Db, p: { codeHash: string; at: number; seconds: number }) =>
  db
    .updateTable('device_requests')
    .set({ polled_at: p.at, interval_seconds: p.seconds })
    .where('code_hash', '=', p.codeHash),
);

/** One statement decides, as for a code. @see RFC 8628 section 3.5 */
const redeem = prepared((db: Db, p: { codeHash: string; at: number }) =>
  db
    .updateTable('device_requests')
    .set({ redeemed_at: p.at })
    .where('code_hash', '=', p.codeHash)
    .where('state', '=', 'approved')
    .where('redeemed_at', 'is', null),
);

export function deviceRequestReader(db: Db): Reader['deviceRequests'] {
  return {
    find: async (codeHash) => request.first((await byCode(db, { codeHash })).rows),
    findByUserCode: async (tenantId, userCodeHash) =>
      request.first((await byUserCode(db, { tenantId, userCodeHash })).rows),
  };
}

export function deviceRequestWriter(db: Db): Writer['deviceRequests'] {
  return {
    ...deviceRequestReader(db),
    insert: async (made) => {
      await insert(db, request.toRow(made));
    },
    bind: async (codeHash, sessionId, userId) =>
      (await bind(db, { codeHash, sessionId, userId })).changed > 0,
    decide: async (codeHash, sessionId, decision) =>
      (await decide(db, { codeHash, sessionId, ...decision })).changed > 0,
    poll: async (codeHash, at, seconds) => {
      await poll(db, { codeHash, at, seconds });
    },
    redeem: async (codeHash, at) => (await redeem(db, { codeHash, at })).changed > 0,
  };
}
