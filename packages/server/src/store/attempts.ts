import type { AttemptKey, Attempts, Reader, Writer } from '../core/ports.js';
import type { Clock } from '../kit/clock.js';
import { prepared } from './prepared.js';
import { codec } from './rows.js';
import type { AttemptsRow, Db } from './tables.js';

const attempts = codec<Attempts>({}, ['touched_at']);

const byKey = prepared((db: Db, p: AttemptKey) =>
  db
    .selectFrom('attempts')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('login_key', '=', p.loginKey)
    .where('source', '=', p.source),
);

/** Makes the row or touches it: either way this transaction holds it now, and answers what it says. */
const lock = prepared((db: Db, row: AttemptsRow) =>
  db
    .insertInto('attempts')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'login_key', 'source'])
        .doUpdateSet((eb) => ({ touched_at: eb.ref('excluded.touched_at') })),
    )
    .returningAll(),
);

const save = prepared((db: Db, { tenant_id, login_key, source, ...row }: AttemptsRow) =>
  db
    .updateTable('attempts')
    .set(row)
    .where('tenant_id', '=', tenant_id)
    .where('login_key', '=', login_key)
    .where('source', '=', source),
);

const clear = prepared((db: Db, p: { tenantId: string; loginKey: string }) =>
  db
    .updateTable('attempts')
    .set({ failures: 0, slowed_until: 0 })
    .where('tenant_id', '=', p.tenantId)
    .where('login_key', '=', p.loginKey),
);

function none(key: AttemptKey): Attempts {
  const { tenantId, loginKey, source } = key;
  return {
    tenantId,
    loginKey,
    source,
    failures: 0,
    pending: 0,
    pendingAt: 0,
    slowedUntil: 0,
    succeededAt: 0,
  };
}

export function attemptReader(db: Db): Reader['attempts'] {
  return {
    find: async ({ tenantId, loginKey, source }) =>
      attempts.first((await byKey(db, { tenantId, loginKey, source })).rows),
  };
}

export function attemptWriter(db: Db, clock: Clock): Writer['attempts'] {
  return {
    ...attemptReader(db),
    lock: async (key) => {
      const { rows } = await lock(db, { ...attempts.toRow(none(key)), touched_at: clock.now() });
      return attempts.first(rows) ?? none(key);
    },
    save: async (counted) => {
      await save(db, { ...attempts.toRow(counted), touched_at: clock.now() });
    },
    clear: async (tenantId, loginKey) => {
      await clear(db, { tenantId, loginKey });
    },
  };
}
