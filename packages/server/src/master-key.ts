/** The 32-byte key that seals what is secret at rest: given by the operator, or kept in the data directory. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError, parseMasterKey } from './config.js';
import { makeFolder } from './kit/make-folder.js';

/** Path of the embedded database. */
export function sqlitePath(config: Config): string {
  return join(config.dataDir, 'sallyport.db');
}

/** The master key; makes one on the very first start. Throws {@link ConfigError}. */
export function readMasterKey(config: Config): Uint8Array {
  if (config.masterKey) return config.masterKey;
  if (config.masterKeyFile) return parseKey(config.masterKeyFile);
  prepareDataDirectory(config.dataDir);
  const path = join(config.dataDir, 'master.key');
  if (existsSync(path)) return parseKey(path);
  if (existsSync(sqlitePath(config)))
    throw new ConfigError(`${path} is missing: the database beside it was sealed under that key`);
  return makeKey(path);
}

function prepareDataDirectory(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    throw new ConfigError(`SALLYPORT_DATA_DIR: cannot make ${path}: ${(error as Error).message}`);
  }
}

function makeKey(path: string): Uint8Array {
  try {
    // `wx`: of two processes that start at once, one makes the key and the other reads it.
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new ConfigError(`SALLYPORT_DATA_DIR: cannot write ${path}: ${(error as Error).message}`);
  }
  return parseKey(path);
}

function parseKey(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`cannot read the master key: ${(error as Error).message}`);
  }
  const key = parseMasterKey(text);
  if (!key) throw new ConfigError(`${path}: not 64 hexadecimal digits, nor base64 of 32 bytes`);
  return key;
}
