/** The name a backup is given: never one that Sallyport itself works with, nor over anything but an older backup. */
import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isCode } from '../../kit/system-error.js';
import { StoreOpenError } from '../errors.js';
import { headOf, type TakeOptions, writerOf } from './backup.js';

/** Where a SQLite file says how it is written: 2 is WAL, and a backup has 1. @see https://sqlite.org/fileformat.html */
const WRITE_VERSION = 18;
const WAL = 2;

/** @throws StoreOpenError, before anything is written, when `path` may not become a backup */
export function checkTarget(
  path: string,
  { overwrite, spared }: Pick<TakeOptions, 'overwrite' | 'spared'>,
): void {
  const there = statusOf(path, lstatSync);
  const place = join(realFolder(dirname(path)), basename(path));
  const hit = spared.find((file) => isSame(file, place, there));
  if (hit !== undefined)
    throw new StoreOpenError(`${path} is a file that Sallyport works with (${hit}): choose another name`);
  if (!there) return;
  if (!there.isFile()) throw new StoreOpenError(`${path} is no regular file: choose another name`);
  if (!overwrite) throw new StoreOpenError(`${path} exists: --overwrite replaces it`);
  if (there.size === 0n) return;
  if (!isBackup(path))
    throw new StoreOpenError(`${path} is not a backup, and --overwrite replaces nothing else`);
}

function isBackup(path: string): boolean {
  try {
    return writerOf(path) === 'postgres' || headOf(path, WRITE_VERSION + 1)[WRITE_VERSION] !== WAL;
  } catch {
    return false;
  }
}

/** By its place, by what a link leads to, or by being the same file under two names. */
function isSame(file: string, place: string, there: BigIntStats | null): boolean {
  const other = statusOf(file, statSync);
  const followed = there && (there.isSymbolicLink() ? statusOf(place, statSync) : there);
  if (other && followed && other.ino === followed.ino && other.dev === followed.dev) return true;
  try {
    return join(realpathSync(dirname(file)), basename(file)) === place;
  } catch {
    return false;
  }
}

/** Null where there is nothing. */
function statusOf(
  path: string,
  look: (path: string, options: { bigint: true }) => BigIntStats,
): BigIntStats | null {
  try {
    return look(path, { bigint: true });
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw new StoreOpenError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    throw new StoreOpenError(`there is no folder ${folder}`);
  }
}
