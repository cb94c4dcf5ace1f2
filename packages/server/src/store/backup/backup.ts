/**
 * Backups: one file that holds the whole database as of one instant, taken while servers work on it. The master key
 * is not in the database, and so never in a backup.
 */
import { closeSync, fsyncSync, linkSync, openSync, readSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { latestTotpStep, TOTP_MECHANISM } from '../../core/login/factors.js';
import { RECOVERY_MECHANISM } from '../../core/login/recovery-codes.js';
import { StoreOpenError } from '../errors.js';

/** What a backup says of itself. */
export interface BackupFacts {
  database: 'sqlite' | 'postgres';
  bytes: number;
  /** SHA-256 of all but the seal, in hexadecimal; null for a file that bears no seal. */
  digest: string | null;
  /** The last migration it has seen. */
  migration: string;
  /** The signing keys, sealed: whoever can open one has the right master key. */
  keys: { kid: string; sealedPrivateKey: string }[];
}

/** What its user asks of a backup besides its own soundness. */
export interface Acceptance {
  /** Called with what a sound file says of itself, before it takes any place; what it throws refuses the file. */
  accept(facts: BackupFacts): void;
}

export interface TakeOptions extends Acceptance {
  /** Replace an older backup of that name. */
  overwrite: boolean;
  /** Files that must never be written over, besides the database's own. */
  spared: readonly string[];
}

export interface RestoreOptions extends Acceptance {
  /** Replace a database that is not empty. */
  overwrite: boolean;
  /** Ends every session and token of the backup: those revoked after it was taken would live again. */
  voidTokens: boolean;
  /** Epoch milliseconds. */
  now: number;
}

export interface Restored {
  /** What the backup says of itself. */
  facts: BackupFacts;
  /** Where the replaced database is kept; null where none is. */
  kept: string | null;
}

/** Every function throws {@link StoreOpenError} with one clear line. */
export interface Backups {
  /** Writes the database to `path`, sealed, and reads it back whole before the file has that name. */
  take(url: string, path: string, options: TakeOptions): Promise<BackupFacts>;
  /** Reads a backup whole: its seal, its structures, its version, its keys. */
  inspect(path: string): Promise<BackupFacts>;
  /** Puts a backup in the place of the database. */
  restore(url: string, path: string, options: RestoreOptions): Promise<Restored>;
}

/**
 * What may be done once must not be done again out of a backup: codes not yet redeemed, requests, devices and sign-ins
 * under way go; so do the processes of that time. A code of an authenticator app that was shown by `now` may have been
 * used after the backup was taken.
 */
function onceOnly(now: number): string[] {
  const step = latestTotpStep(now);
  return [
    'delete from logins',
    'delete from parked',
    'delete from codes where redeemed_at is null',
    'delete from device_requests where redeemed_at is null',
    'delete from nodes',
    `update factors set last_step = ${step} where mechanism = '${TOTP_MECHANISM}' and last_step < ${step}`,
  ];
}

/**
 * Every session and token was begun before `now`. Which recovery codes were used since nobody can tell, so none is
 * left.
 */
function voidTokens(now: number): string[] {
  return [
    `update users set valid_after = ${Math.floor(now)}, version = version + 1`,
    'delete from sessions',
    'delete from access_tokens',
    'delete from refresh_tokens',
    `update factors set last_step = 1 where mechanism = '${RECOVERY_MECHANISM}'`,
  ];
}

/** The statements that a restored database needs before anybody works on it; to be run as one transaction. */
export function afterRestore({
  voidTokens: void_,
  now,
}: Pick<RestoreOptions, 'voidTokens' | 'now'>): string[] {
  return void_ ? [...onceOnly(now), ...voidTokens(now)] : onceOnly(now);
}

/** To the disk itself: a file, or a folder's list of files. */
export function flush(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** The backups of the database at `url`. */
export async function backupsOf(url: string): Promise<Backups> {
  if (url.startsWith('sqlite:')) return (await import('./sqlite.js')).sqliteBackups;
  return (await import('./postgres.js')).postgresBackups;
}

/** The first bytes of a file: `length`, or what there is. @throws StoreOpenError when it cannot be read */
export function headOf(path: string, length: number): Buffer {
  const head = Buffer.alloc(length);
  try {
    const file = openSync(path, 'r');
    try {
      return head.subarray(0, readSync(file, head, 0, length, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new StoreOpenError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The kind of database that wrote `path`, by its first bytes. @throws StoreOpenError when none did */
export function writerOf(path: string): BackupFacts['database'] {
  const head = headOf(path, 16).toString('latin1');
  if (head === 'SQLite format 3\0') return 'sqlite';
  if (head.startsWith('PGDMP')) return 'postgres';
  throw new StoreOpenError(`${path} is not a backup`);
}

/**
 * Gives a finished file its name, both on the disk before this returns: a backup that was reported survives the
 * machine's end. @throws StoreOpenError when the name is taken and may not be
 */
export function giveName(partial: string, path: string, { overwrite }: Pick<TakeOptions, 'overwrite'>): void {
  try {
    flush(partial);
    if (overwrite) renameSync(partial, path);
    else linkSync(partial, path);
    flush(dirname(path));
  } catch (error) {
    throw new StoreOpenError(`cannot write ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** @throws StoreOpenError when a newer program wrote the backup, or no Sallyport did */
export function checkVersion(path: string, applied: readonly string[], known: readonly string[]): string {
  const last = [...applied].sort().at(-1);
  if (last === undefined) throw new StoreOpenError(`${path} is not a backup of Sallyport`);
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new StoreOpenError(
      `${path} was written by a newer Sallyport (${last}); this one knows no further than ${known.at(-1)}`,
    );
  return last;
}
