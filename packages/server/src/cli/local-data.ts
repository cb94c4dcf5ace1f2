/** The data on this very machine: where it is, and whether this system user may touch it. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, readConfig } from '../config.js';
import { sqlitePath } from '../master-key.js';
import { CliFailure } from './failure.js';

export interface LocalDataOptions {
  dataDir?: string;
  databaseUrl?: string;
  publicUrl?: string;
}

/** The settings that the options, the environment or `sallyport.config.json` name. */
export function localConfig({ dataDir, databaseUrl, publicUrl }: LocalDataOptions): Config {
  return readConfig({ flags: { dataDir, databaseUrl, publicUrl }, folder: process.cwd() });
}

/** The store's URL. */
export function databaseUrlOf(config: Config): string {
  return config.databaseUrl ?? `sqlite:${resolve(sqlitePath(config))}`;
}

/** Whoever owns the data may change it, and must: a file written by another user would stop the server. */
export function checkOwner(config: Config): void {
  const { dataDir } = config;
  if (!existsSync(dataDir))
    throw new CliFailure(
      `there is no data directory ${dataDir}: start the server there once, or name another place with --data-dir, --database-url or --endpoint`,
    );
  const path = existsSync(sqlitePath(config)) ? sqlitePath(config) : dataDir;
  const owner = statSync(path).uid;
  if (process.getuid && process.getuid() !== owner)
    throw new CliFailure(`${path} belongs to another system user (id ${owner}): run this as that user`);
}
