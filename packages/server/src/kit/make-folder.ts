import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isCode } from './system-error.js';

/**
 * Makes a folder, open to its owner alone, and those above it that are not there. Node's own way never comes to its end
 * where the system denies that a folder exists which it lists, as it does in `/proc`.
 *
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  const parent = dirname(folder);
  if (!existsSync(parent) && parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!isCode(error, 'EEXIST') || !statSync(folder).isDirectory()) throw error;
  }
}
