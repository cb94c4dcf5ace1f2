import type { NodeBeat } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const node = codec<NodeBeat>({});

const seenAfter = prepared((db: Db, p: { seenAfter: number }) =>
  db.selectFrom('nodes').selectAll().where('seen_at', '>', p.seenAfter).orderBy('name'),
);

const beat = prepared((db: Db, row: Row<NodeBeat>) =>
  db
    .insertInto('nodes')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        sequence: eb.ref('excluded.sequence'),
        seen_at: eb.ref('excluded.seen_at'),
      })),
    ),
);

const remove = prepared((db: Db, p: { id: string }) => db.deleteFrom('nodes').where('id', '=', p.id));

export function nodeReader(db: Db): Reader['nodes'] {
  return { list: async (after) => (await seenAfter(db, { seenAfter: after })).rows.map(node.fromRow) };
}

export function nodeWriter(db: Db): Writer['nodes'] {
  return {
    ...nodeReader(db),
    beat: async (said) => {
      await beat(db, node.toRow(said));
    },
    remove: async (id) => {
      await remove(db, { id });
    },
  };
}
