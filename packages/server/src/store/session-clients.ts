import type { SessionClient } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const client = codec<SessionClient>({});

const ofSession = prepared((db: Db, p: { tenantId: string; sessionId: string }) =>
  db
    .selectFrom('session_clients')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('session_id', '=', p.sessionId)
    .orderBy('app_id')
    .orderBy('client_id'),
);

const add = prepared((db: Db, row: Row<SessionClient>) =>
  db
    .insertInto('session_clients')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'session_id', 'app_id', 'client_id']).doNothing(),
    ),
);

/** Those whose session is no more, by whichever way it went. */
const orphans = prepared((db: Db, p: { now: number; limit: number }) =>
  db
    .selectFrom('session_clients')
    .selectAll()
    .where('due_at', '<=', p.now)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('sessions')
            .select('sessions.id')
            .whereRef('sessions.tenant_id', '=', 'session_clients.tenant_id')
            .whereRef('sessions.id', '=', 'session_clients.session_id'),
        ),
      ),
    )
    .orderBy('due_at')
    .limit(p.limit),
);

interface Claim {
  tenantId: string;
  sessionId: string;
  appId: string;
  clientId: string;
  before: number;
  after: number;
  dueAt: number;
}

/** One statement decides: of two nodes the second finds another number of attempts. */
const claim = prepared((db: Db, p: Claim) =>
  db
    .updateTable('session_clients')
    .set({ attempts: p.after, due_at: p.dueAt })
    .where('tenant_id', '=', p.tenantId)
    .where('session_id', '=', p.sessionId)
    .where('app_id', '=', p.appId)
    .where('client_id', '=', p.clientId)
    .where('attempts', '=', p.before),
);

type Key = Pick<SessionClient, 'tenantId' | 'sessionId' | 'appId' | 'clientId'>;

const remove = prepared((db: Db, p: Key) =>
  db
    .deleteFrom('session_clients')
    .where('tenant_id', '=', p.tenantId)
    .where('session_id', '=', p.sessionId)
    .where('app_id', '=', p.appId)
    .where('client_id', '=', p.clientId),
);

export function sessionClientReader(db: Db): Reader['sessionClients'] {
  return {
    ofSession: async (tenantId, sessionId) =>
      (await ofSession(db, { tenantId, sessionId })).rows.map(client.fromRow),
    orphans: async (now, limit) => (await orphans(db, { now, limit })).rows.map(client.fromRow),
  };
}

export function sessionClientWriter(db: Db): Writer['sessionClients'] {
  return {
    ...sessionClientReader(db),
    add: async (made) => {
      await add(db, client.toRow(made));
    },
    claim: async ({ tenantId, sessionId, appId, clientId, attempts }, dueAt) => {
      const key = { tenantId, sessionId, appId, clientId };
      return (await claim(db, { ...key, before: attempts, after: attempts + 1, dueAt })).changed > 0;
    },
    remove: async ({ tenantId, sessionId, appId, clientId }) => {
      await remove(db, { tenantId, sessionId, appId, clientId });
    },
  };
}
