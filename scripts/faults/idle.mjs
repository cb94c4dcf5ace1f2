/** Ten thousand clients that keep a connection open and say nothing: they cost memory, and nobody else any time. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createClients } from './clients.mjs';
import { freePort, startNode } from './node.mjs';
import { prepareSqlite } from './prepare.mjs';
import { Skipped } from './skipped.mjs';

const MIB = 1024;

/** Resident memory in MiB. */
function memoryOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / MIB;
  } catch {
    return Number.NaN;
  }
}

/** One request, whose connection stays open. */
function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.write(`GET /health/live HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  });
}

export async function idleConnections({ folder, short, say, stops }) {
  const dataDir = join(folder, 'data');
  await prepareSqlite(folder, dataDir);
  const port = await freePort();
  const node = await startNode({ port, env: { SALLYPORT_DATA_DIR: dataDir } });
  stops.push(() => node.stop());
  const clients = createClients(() => node.url);
  await clients.signIn();
  const wanted = short ? 1_000 : 10_000;
  const sockets = [];
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  const before = memoryOf(node.pid);
  try {
    while (sockets.length < wanted)
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(port)))));
  } catch (error) {
    throw new Skipped(`this machine allows ${sockets.length} connections (${error.code ?? error.message})`);
  }
  say(`${wanted} idle connections hold ${Math.round(memoryOf(node.pid) - before)} MiB`);
  clients.begin();
  await clients.work(short ? 300 : 10_000);
  await clients.end();
  const closed = sockets.filter(({ destroyed }) => destroyed).length;
  if (closed > 0) throw new Error(`${closed} idle connections were cut off`);
  return clients.audit();
}
