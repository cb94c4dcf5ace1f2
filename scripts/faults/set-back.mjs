/**
 * The audit on trial: the database is set back to a backup, and everything answered since is gone. No server can make
 * that good, so an audit that sees tells losses of every kind, and tokens that work twice. Codes put by are all gone: a
 * backup leaves them out.
 */
import { join } from 'node:path';
import { createClients } from './clients.mjs';
import { command, freePort, startNode } from './node.mjs';
import { prepareSqlite } from './prepare.mjs';

export async function setBack({ folder, short, say, stops }) {
  const dataDir = join(folder, 'data');
  const env = { SALLYPORT_DATA_DIR: dataDir };
  await prepareSqlite(folder, dataDir);
  const port = await freePort();
  let node = await startNode({ port, env });
  stops.push(() => node.stop());
  const clients = createClients(() => node.url);
  await clients.signIn();
  const backup = join(folder, 'old.backup');
  clients.begin();
  await clients.work(short ? 300 : 3_000);
  await command(['backup', backup], env);
  // Enough for a refresh token of the backup to be replaced, and its successor too.
  await clients.work(short ? 300 : 3_000, 300);
  await clients.end();
  await node.stop();
  await command(['restore', backup, '--overwrite'], env);
  say('the database is as it was a while ago');
  node = await startNode({ port, env });
  return clients.audit();
}
