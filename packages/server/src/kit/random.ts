import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** 256 random bits in base64url: 43 characters, no `=`, no `;`. Codes, tokens, handles and generated secrets. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A sortable id: UUID version 7. @see RFC 9562 section 5.7 */
export function newId(): string {
  return v7();
}

/** Below every id made at `instant` or later. */
export function lowestIdAt(instant: number): string {
  return v7({ msecs: instant, seq: 0, random: new Uint8Array(16) });
}

/** 80 random bits, 16 characters, short enough to be read out: stands in the log line and on the error page. */
export function newCorrelationId(): string {
  let id = '';
  for (const byte of someBytes(16)) id += 'abcdefghijkmnopqrstuvwxyz2345678'.charAt(byte & 31);
  return id;
}

let pool = Buffer.alloc(0);

/** Random bytes for what is no secret, drawn from the system many at a time. */
function someBytes(count: number): Buffer {
  if (pool.length < count) pool = randomBytes(4096);
  const taken = pool.subarray(0, count);
  pool = pool.subarray(count);
  return taken;
}
