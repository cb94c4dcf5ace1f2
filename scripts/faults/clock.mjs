/** The clock stepped an hour ahead and an hour back under a running server (libfaketime). */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClients } from './clients.mjs';
import { freePort, startNode } from './node.mjs';
import { prepareSqlite } from './prepare.mjs';
import { needFile } from './skipped.mjs';

function findLibrary() {
  for (const folder of readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu'))) {
    try {
      const path = `/usr/lib/${folder}/faketime`;
      const name = readdirSync(path).find((each) => each.startsWith('libfaketime.so'));
      if (name) return join(path, name);
    } catch {
      // Another folder may have it.
    }
  }
  return undefined;
}

export async function clockSteps({ folder, short, say, stops }) {
  const library = needFile(findLibrary, 'libfaketime');
  const dataDir = join(folder, 'data');
  await prepareSqlite(folder, dataDir);
  const offset = join(folder, 'offset');
  writeFileSync(offset, '+0');
  const env = {
    SALLYPORT_DATA_DIR: dataDir,
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    // What measures durations must go on as before.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const node = await startNode({ port: await freePort(), env });
  stops.push(() => node.stop());
  const clients = createClients(() => node.url, { codesEnd: true });
  await clients.signIn();
  for (const step of ['+3600', '+0', '-3600', '+0']) {
    clients.begin();
    await clients.work(short ? 300 : 3_000, 10);
    clients.mark();
    writeFileSync(offset, step);
    say(`the clock is ${step} s`);
    await clients.work(short ? 300 : 3_000, 10);
    await clients.end();
  }
  return clients.audit();
}
