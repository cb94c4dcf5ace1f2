/** The database and the key it was sealed under. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config.js';
import { createVault } from '../../kit/vault.js';
import { readMasterKey } from '../../master-key.js';
import type { Diagnosis } from '../../store/diagnosis.js';
import { failed, ok, type Result, reasonOf, skipped, warning } from './check.js';

export function checkDatabase({ where, bytes, faults, missing, unknown }: Diagnosis): Result {
  if (faults.length > 0)
    return failed(`${where} is damaged (${faults[0]}; ${faults.length} faults): restore a backup`);
  if (unknown.length > 0) return failed(`${where} was written by a newer Sallyport (${unknown.at(-1)})`);
  if (missing.length > 0)
    return warning(`${where} is older than this program: the next start brings it up to date`);
  return ok(`${where}: sound, ${Math.ceil(bytes / 1024 / 1024)} MiB`);
}

export function checkMasterKey(config: Config, database: Diagnosis | null): Result {
  const own = join(config.dataDir, 'master.key');
  const place = config.masterKey ? 'SALLYPORT_MASTER_KEY' : (config.masterKeyFile ?? own);
  // Reading it would make one.
  if (place === own && !existsSync(own)) return failed(`${own} is missing`);
  if (!database) return skipped('there is no database to try it on');
  try {
    const vault = createVault(readMasterKey(config));
    for (const { kid, sealedPrivateKey } of database.keys) vault.open(sealedPrivateKey, `key:${kid}`);
  } catch (error) {
    return failed(`${place} does not open the signing keys: ${reasonOf(error)}`);
  }
  return ok(`${place} opens ${database.keys.length} signing keys; keep a copy apart from the backups`);
}
