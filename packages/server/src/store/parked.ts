import type { ParkedRequest } from '../core/model.js';
import type { Reader, Writer } from '../core/ports.js';
import { prepared } from './prepared.js';
import { codec, type Row } from './rows.js';
import type { Db } from './tables.js';

const request = codec<ParkedRequest>({});

const byKey = prepared((db: Db, p: { keyHash: string }) =>
  db.selectFrom('parked').selectAll().where('key_hash', '=', p.keyHash),
);

const insert = prepared((db: Db, row: Row<ParkedRequest>) => db.insertInto('parked').values(row));

const remove = prepared((db: Db, p: { keyHash: string }) =>
  db.deleteFrom('parked').where('key_hash', '=', p.keyHash),
);

export function parkedReader(db: Db): Reader['parked'] {
  return { find: async (keyHash) => request.first((await byKey(db, { keyHash })).rows) };
}

export function parkedWriter(db: Db): Writer['parked'] {
  return {
    ...parkedReader(db),
    insert: async (parked) => {
      await insert(db, request.toRow(parked));
    },
    consume: async (keyHash) => (await remove(db, { keyHash })).changed > 0,
  };
}
