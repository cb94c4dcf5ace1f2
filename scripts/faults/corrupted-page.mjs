/** A page of the database file overwritten by a disk: refused with a clear line, and restored from the backup. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createClients } from './clients.mjs';
import { command, freePort, startNode } from './node.mjs';
import { prepareSqlite } from './prepare.mjs';

export async function corruptedPage({ folder, short, say, stops }) {
  const dataDir = join(folder, 'data');
  const env = { SALLYPORT_DATA_DIR: dataDir };
  await prepareSqlite(folder, dataDir);
  const port = await freePort();
  let node = await startNode({ port, env });
  stops.push(() => node.stop());
  // A backup leaves out codes that were not redeemed yet.
  const clients = createClients(() => node.url, { codesEnd: true });
  await clients.signIn();
  clients.begin();
  await clients.work(short ? 300 : 5_000);
  await clients.end();
  clients.mark();
  const backup = join(folder, 'good.backup');
  await command(['backup', backup], env);
  await node.stop();

  const database = join(dataDir, 'sallyport.db');
  const pages = Math.floor(statSync(database).size / 4096);
  const file = openSync(database, 'r+');
  for (const page of [1, Math.floor(pages / 3), Math.floor(pages / 2)])
    writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096);
  closeSync(file);

  const refusal = await startNode({ port, env }).then(
    (started) => started.stop().then(() => null),
    (error) => error.message,
  );
  if (refusal === null || !/damaged.*restore a backup/.test(refusal))
    throw new Error(`a damaged database was not refused: ${refusal}`);
  say(`refused: ${refusal}`);
  await command(['restore', backup, '--overwrite'], env);
  node = await startNode({ port, env });
  return clients.audit();
}
