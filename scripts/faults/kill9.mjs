/** kill -9 in mid-load, again and again, on SQLite: what was answered before must be there after. */
import { join } from 'node:path';
import { createClients } from './clients.mjs';
import { freePort, startNode } from './node.mjs';
import { prepareSqlite } from './prepare.mjs';

export async function kill9({ folder, short, say, stops }) {
  const dataDir = join(folder, 'data');
  await prepareSqlite(folder, dataDir);
  const port = await freePort();
  const env = { SALLYPORT_DATA_DIR: dataDir };
  let node = await startNode({ port, env });
  stops.push(() => node.stop());
  const clients = createClients(() => node.url);
  await clients.signIn();
  const total = { acknowledged: 0, lost: 0, doubleSpent: 0 };
  const rounds = short ? 2 : 20;
  for (let round = 1; round <= rounds; round++) {
    clients.begin();
    await clients.work((short ? 300 : 1_000) + Math.random() * 500);
    await node.kill();
    clients.mark();
    node = await startNode({ port, env });
    await clients.end();
    const found = await clients.audit();
    total.acknowledged = found.acknowledged;
    total.lost += found.lost;
    total.doubleSpent = found.doubleSpent;
    clients.nextRound();
    say(`killed ${round} of ${rounds} times: ${found.acknowledged} answers so far`);
  }
  return total;
}
