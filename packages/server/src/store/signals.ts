/**
 * Signals are numbered in the order in which they commit: whoever appends one holds a lock until its transaction
 * ends, so that a reader who has seen number n will never be shown a smaller one that it missed.
 */
import { sql } from 'kysely';
import type { Signal } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const signal = codec<Signal>({}, ['sequence']);

/** Signals answered at once; the rest comes with the next question. */
const BATCH = 1_000;

const after = prepared((db: Db, p: { sequence: number }) =>
  db.selectFrom('signals').selectAll().where('sequence', '>', p.sequence).orderBy('sequence').limit(BATCH),
);

/** The limit is part of the text: SQLite makes a statement anew, for 50 us, each time one is bound. */
const latest = prepared((db: Db, p: { after: number }) =>
  db
    .selectFrom('signals')
    .select('sequence')
    .where('sequence', '>', p.after)
    .orderBy('sequence', 'desc')
    .limit(sql.lit(1)),
);

const alive = prepared((db: Db, p: { now: number }) =>
  db
    .selectFrom('signals')
    .selectAll()
    .where('expires_at', '>', p.now)
    .where('kind', 'in', ['grant', 'token', 'limited'])
    .orderBy('sequence'),
);

const insert = prepared((db: Db, row: Row<Signal>) => db.insertInto('signals').values(row));

export function signalReader(db: Db): Reader['signals'] {
  return {
    since: async (sequence) => {
      // Nearly every request asks, and there is hardly ever an answer.
      if ((await latest(db, { after: sequence })).rows.length === 0) return { sequence, signals: [] };
      const { rows } = await after(db, { sequence });
      return { sequence: rows.at(-1)?.sequence ?? sequence, signals: rows.map(signal.fromRow) };
    },
    alive: async (now) => {
      // The number first: a signal that commits in between is answered twice rather than never.
      const [last] = (await latest(db, { after: 0 })).rows;
      const { rows } = await alive(db, { now });
      return { sequence: last?.sequence ?? 0, signals: rows.map(signal.fromRow) };
    },
  };
}

export function signalWriter(db: Db, announce: () => Promise<void>): Writer['signals'] {
  return {
    ...signalReader(db),
    append: async (sent) => {
      await announce();
      await insert(db, signal.toRow(sent));
    },
  };
}
