/**
 * Who may work at the place of a SQLite database. SQLite's own lock is on the file, and a restore puts another file
 * there: whoever had waited for the lock would go on with the replaced one. This one is on an empty file beside it,
 * which stays; it is shared by all who work on the database, held alone by whoever replaces it, and goes with the process.
 */
import { chownSync, closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { makeFolder } from '../../kit/make-folder.js';
import { StoreOpenError } from '../errors.js';
import { isBusy } from './sqlite-faults.js';

/** Ends the name of the file that bears the lock. */
export const LOCK_SUFFIX = '.lock';

/** Milliseconds between two attempts to come in while a restore is under way, and how many there are: 5 s in all. */
const PAUSE = 25;
const ATTEMPTS = 200;

/**
 * Joins those who work on the database at `path`, which is made, empty, where there is none; answers how to leave them.
 *
 * @throws StoreOpenError with one clear line: a restore is under way, or nothing can be written there
 */
export async function joinPlace(path: string): Promise<() => void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const leave = locked(path, 'begin; select count(*) from sqlite_schema');
      prepareFile(path);
      return leave;
    } catch (error) {
      if (!isBusy(error))
        throw new StoreOpenError(`cannot write ${path}: ${error instanceof Error ? error.message : error}`);
      if (attempt === ATTEMPTS)
        throw new StoreOpenError(`a restore of ${path} is under way: start again once it has ended`);
      await wait(PAUSE);
    }
  }
}

/** Keeps everybody else from the database at `path`, waiting a second for them. @throws the busy error of SQLite */
export function claimPlace(path: string): () => void {
  return locked(path, 'pragma busy_timeout=1000; pragma journal_mode=memory; begin exclusive');
}

/** Each way ends in a transaction, whose lock is held until it ends. @see https://www.sqlite.org/lockingv3.html */
function locked(path: string, statements: string): () => void {
  const file = `${path}${LOCK_SUFFIX}`;
  prepareFile(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec(statements);
  } catch (error) {
    database.close();
    throw error;
  }
  return () => database.close();
}

/** Makes the folder and an empty file that only the owner may read: the folder's owner, whoever runs this. */
function prepareFile(path: string): void {
  makeFolder(dirname(path));
  const file = openSync(path, 'a', 0o600);
  const { uid } = fstatSync(file);
  closeSync(file);
  const folder = statSync(dirname(path));
  if (process.getuid?.() === 0 && uid !== folder.uid) chownSync(path, folder.uid, folder.gid);
}
