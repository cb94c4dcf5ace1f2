import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** 256 random bits in base64url: 43 characters, no `=`, no `;`. Codes, tokens, handles and generated secrets. */
export function randomToken(): string {
  return take(32).toString('base64url');
}

let lastId = { msecs: 0, seq: 0 };

/**
 * A sortable id: UUID version 7, each above the one before. The library would draw from the system for every one.
 * @see RFC 9562 sections 5.7 and 6.2 (method 1)
 */
export function newId(): string {
  const random = take(16);
  const msecs = Date.now();
  if (msecs > lastId.msecs) lastId = { msecs, seq: random.readUInt32BE(6) >>> 1 };
  else {
    lastId.seq = (lastId.seq + 1) >>> 0;
    if (lastId.seq === 0) lastId.msecs++;
  }
  return v7({ random, ...lastId });
}

/** Below every id made at `instant` or later. */
export function lowestIdAt(instant: number): string {
  return v7({ msecs: instant, seq: 0, random: new Uint8Array(16) });
}

/** 80 random bits, 16 characters, short enough to be read out: stands in the log line and on the error page. */
export function newCorrelationId(): string {
  let id = '';
  for (const byte of take(16)) id += 'abcdefghijkmnopqrstuvwxyz2345678'.charAt(byte & 31);
  return id;
}

const pool = Buffer.alloc(8192);
let begin = pool.length;
let end = pool.length;

/**
 * Random bytes, drawn from the system many at a time. Good until the next call: what was handed out before is wiped, so
 * that no secret stays behind in the pool.
 */
function take(count: number): Buffer {
  pool.fill(0, begin, end);
  if (end + count > pool.length) {
    randomFillSync(pool);
    end = 0;
  }
  begin = end;
  end += count;
  return pool.subarray(begin, end);
}
