/** A database with what the clients need, declared before any server runs on it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DECLARATION } from './calls.mjs';
import { command } from './node.mjs';

export async function prepare(folder, env) {
  const file = join(folder, 'declaration.json');
  writeFileSync(file, JSON.stringify(DECLARATION));
  await command(['apply', '-f', file], env);
}

/** The declaration is applied on a data directory that must be there. */
export async function prepareSqlite(folder, dataDir) {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await prepare(folder, { SALLYPORT_DATA_DIR: dataDir });
}
