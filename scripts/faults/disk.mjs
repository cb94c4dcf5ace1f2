/** A disk that is full, and one that became read-only. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClients } from './clients.mjs';
import { eventually, freePort, startNode } from './node.mjs';
import { prepareSqlite } from './prepare.mjs';
import { needRoot, Skipped } from './skipped.mjs';

function mount(folder, size, stops) {
  needRoot('mounting a small disk');
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    throw new Skipped(`this machine lets nobody mount (${String(error.stderr ?? error.message).trim()})`);
  }
  stops.push(() => execFileSync('umount', ['-l', folder], { stdio: 'ignore' }));
}

export async function fullDisk({ folder, short, say, stops }) {
  const disk = join(folder, 'disk');
  mount(disk, '32m', stops);
  const dataDir = join(disk, 'data');
  await prepareSqlite(folder, dataDir);
  const node = await startNode({ port: await freePort(), env: { SALLYPORT_DATA_DIR: dataDir } });
  stops.push(() => node.stop());
  const clients = createClients(() => node.url);
  await clients.signIn();
  clients.begin();
  await clients.work(short ? 300 : 2_000);
  const filler = join(disk, 'filler');
  try {
    writeFileSync(filler, Buffer.alloc(64 * 1024 * 1024));
  } catch {
    say('the disk is full');
  }
  clients.mark();
  await wait(short ? 1_500 : 8_000);
  const live = await fetch(`${node.url}/health/live`);
  if (live.status !== 200) throw new Error('the server does not live on a full disk');
  const refused = await clients.issue();
  say(refused === null ? 'tokens are refused meanwhile' : 'there was room left in the file');
  clients.mark();
  rmSync(filler);
  await eventually(async () => {
    if ((await clients.issue()) === null) throw new Error('no token, though there is room again');
  });
  say('there is room again, and tokens');
  await clients.end();
  return clients.audit();
}

export async function readOnlyDisk({ folder, short, say, stops }) {
  const disk = join(folder, 'disk');
  mount(disk, '64m', stops);
  const dataDir = join(disk, 'data');
  await prepareSqlite(folder, dataDir);
  const port = await freePort();
  const env = { SALLYPORT_DATA_DIR: dataDir };
  let node = await startNode({ port, env });
  stops.push(() => node.stop());
  const clients = createClients(() => node.url);
  await clients.signIn();
  clients.begin();
  await clients.work(short ? 300 : 3_000);
  await node.kill();
  clients.mark();
  execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'pipe' });
  const refusal = await startNode({ port, env }).then(
    (started) => started.stop().then(() => null),
    (error) => error.message,
  );
  if (refusal === null) throw new Error('the server started on a disk it cannot write');
  say(`refused: ${refusal}`);
  execFileSync('mount', ['-o', 'remount,rw', disk], { stdio: 'pipe' });
  node = await startNode({ port, env });
  await clients.end();
  return clients.audit();
}
