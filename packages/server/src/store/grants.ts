/**
 * A grant's row says for its whole family whether it is revoked: refresh tokens and opaque access tokens ask it
 * when they are read, so that a revocation is one statement and misses no token that is being issued.
 */
import type { Grant, Session } from '../core/model.js';
import { type Reader, UniqueViolation, type Writer } from '../core/ports.js';
import { appending, prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db, GrantRow } from './tables.js';

const grant = codec<Grant>({});

/** How long a tombstone waits for a grant that may still come: longer than any code lives. */
const TOMBSTONE_LIFE = 24 * 3_600_000;

/** The columns a tombstone leaves empty are there. */
export function isWhole(row: GrantRow): row is Row<Grant> {
  return row.app_id !== null && row.client_id !== null && row.user_id !== null;
}

const byId = prepared((db: Db, p: { tenantId: string; id: string }) =>
  db.selectFrom('grants').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

const ofUser = prepared((db: Db, p: { tenantId: string; userId: string }) =>
  db
    .selectFrom('grants')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .orderBy('created_at', 'desc')
    .orderBy('id'),
);

async function countOfApp(db: Db, tenantId: string, appId: string, now: number) {
  const counted = await db
    .selectFrom('grants')
    .select(({ fn }) => [
      fn.count<number>('client_id').distinct().as('clients'),
      fn.count<number>('user_id').distinct().as('users'),
    ])
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return counted ?? { clients: 0, users: 0 };
}

/** A tombstone gets everything but life: what revoked it stays. */
const insert = appending('grants', (adding) =>
  adding.onConflict((conflict) =>
    conflict
      .columns(['tenant_id', 'id'])
      .doUpdateSet((eb) => ({
        app_id: eb.ref('excluded.app_id'),
        client_id: eb.ref('excluded.client_id'),
        user_id: eb.ref('excluded.user_id'),
        session_id: eb.ref('excluded.session_id'),
        scope: eb.ref('excluded.scope'),
        claims: eb.ref('excluded.claims'),
        resource: eb.ref('excluded.resource'),
        jkt: eb.ref('excluded.jkt'),
        auth_time: eb.ref('excluded.auth_time'),
        amr: eb.ref('excluded.amr'),
        source: eb.ref('excluded.source'),
        created_at: eb.ref('excluded.created_at'),
        expires_at: eb.ref('excluded.expires_at'),
      }))
      .where('grants.user_id', 'is', null),
  ),
);

/** Revokes what is there, or leaves a tombstone for what is not there yet. */
const revoke = prepared((db: Db, row: GrantRow) =>
  db
    .insertInto('grants')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'id'])
        .doUpdateSet((eb) => ({ revoked_at: eb.ref('excluded.revoked_at') }))
        .where('grants.revoked_at', 'is', null),
    ),
);

/** Milliseconds by which two clocks may differ, or one from itself: more than the zones of the world. */
const CLOCKS = 24 * 3_600_000;

/**
 * What came of a session lies among what its user allowed since it began: an index by session would cost every grant
 * more than the few rows too many cost the end of a session.
 */
interface OfSession {
  tenantId: string;
  userId: string;
  sessionId: string;
  since: number;
}

/** A clock that was set back since the session began must hide nothing that came of it. */
function ofSession({ tenantId, userId, id, createdAt }: Session, now: number): OfSession {
  return { tenantId, userId, sessionId: id, since: Math.min(createdAt, now) - CLOCKS };
}

const onlineOf = prepared((db: Db, p: OfSession) =>
  db
    .selectFrom('grants')
    .select(['id', 'scope'])
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('created_at', '>=', p.since)
    .where('session_id', '=', p.sessionId)
    .where('revoked_at', 'is', null)
    .orderBy('id'),
);

const detach = prepared((db: Db, p: OfSession) =>
  db
    .updateTable('grants')
    .set({ session_id: null })
    .where('tenant_id', '=', p.tenantId)
    .where('user_id', '=', p.userId)
    .where('created_at', '>=', p.since)
    .where('session_id', '=', p.sessionId)
    .where('revoked_at', 'is', null)
    .returning('app_id'),
);

function tombstone(tenantId: string, id: string, at: number): GrantRow {
  return {
    tenant_id: tenantId,
    id,
    app_id: null,
    client_id: null,
    user_id: null,
    session_id: null,
    scope: '',
    claims: null,
    resource: null,
    jkt: null,
    auth_time: at,
    amr: '',
    source: '',
    created_at: at,
    expires_at: at + TOMBSTONE_LIFE,
    revoked_at: at,
  };
}

export function grantReader(db: Db): Reader['grants'] {
  return {
    find: async (tenantId, id) => grant.first((await byId(db, { tenantId, id })).rows.filter(isWhole)),
    ofUser: async (tenantId, userId) =>
      (await ofUser(db, { tenantId, userId })).rows.filter(isWhole).map(grant.fromRow),
    countOfApp: (tenantId, appId, now) => countOfApp(db, tenantId, appId, now),
  };
}

export function grantWriter(db: Db): Writer['grants'] {
  return {
    ...grantReader(db),
    insert: async (made) => {
      if (!(await insert(db, grant.toRow(made)))) throw new UniqueViolation('the grant exists');
    },
    revoke: async (tenantId, id, at) => (await revoke(db, tombstone(tenantId, id, at))).changed > 0,
    ofSession: async (session, now) => {
      const { rows } = await onlineOf(db, ofSession(session, now));
      return rows.filter((row) => !row.scope.split(' ').includes('offline_access')).map((row) => row.id);
    },
    detach: async (session, now) => {
      const { rows } = await detach(db, ofSession(session, now));
      return rows.flatMap(({ app_id }) => app_id ?? []);
    },
  };
}
