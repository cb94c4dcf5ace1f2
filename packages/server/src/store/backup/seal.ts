/**
 * The seal of a backup: a digest of all the rest, as the last line of the file. Both databases' own programs pass over
 * it. It tells what a disk or a copy has altered; whoever alters a backup on purpose can seal it again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { StoreOpenError } from '../errors.js';

const OPENING = '\n-- backup of Sallyport, sha256 ';
const CLOSING = ', end of backup\n';
const SEAL = new RegExp(`${OPENING}([0-9a-f]{64})${CLOSING}$`);
const SEAL_LENGTH = OPENING.length + 64 + CLOSING.length;
/** Bytes at the end in which a seal is looked for that is not where it belongs. */
const TAIL = 65_536;

export interface Sealed {
  /** In hexadecimal; null without a seal, as backups had none once. */
  digest: string | null;
  /** Bytes before the seal: what the database wrote. */
  content: number;
}

/** Adds the seal to what a database wrote; answers the digest. */
export async function seal(path: string): Promise<string> {
  const digest = await digestOf(path, Number.POSITIVE_INFINITY);
  appendFileSync(path, `${OPENING}${digest}${CLOSING}`);
  return digest;
}

/**
 * `lastBytes` is what every file of its kind ends with, the seal aside.
 *
 * @throws StoreOpenError when the content is not what was sealed, or the seal itself is not whole
 */
export async function checkSeal(path: string, lastBytes = ''): Promise<Sealed> {
  const { tail, size } = tailOf(path);
  const [, digest = null] = SEAL.exec(tail) ?? [];
  if (digest === null) {
    if (tail.includes(OPENING) || tail.endsWith(CLOSING))
      throw new StoreOpenError(`${path} is damaged (its last line, the seal, was altered)`);
    if (!tail.endsWith(lastBytes)) throw new StoreOpenError(`${path} is damaged (its end was altered)`);
    return { digest, content: size };
  }
  const content = size - SEAL_LENGTH;
  if ((await digestOf(path, content)) !== digest)
    throw new StoreOpenError(`${path} is damaged (it is not what was written: its SHA-256 is another)`);
  return { digest, content };
}

async function digestOf(path: string, length: number): Promise<string> {
  const hash = createHash('sha256');
  if (length > 0) for await (const chunk of createReadStream(path, { end: length - 1 })) hash.update(chunk);
  return hash.digest('hex');
}

function tailOf(path: string): { tail: string; size: number } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return { tail: bytes.toString('latin1'), size };
  } finally {
    closeSync(file);
  }
}
