// Breaks what a server stands on while clients work, then counts what they were promised and did not get.
//   npm run faults -- [NAMES] [--short] [--help]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockSteps } from './faults/clock.mjs';
import { corruptedPage } from './faults/corrupted-page.mjs';
import { fullDisk, readOnlyDisk } from './faults/disk.mjs';
import { idleConnections } from './faults/idle.mjs';
import { kill9 } from './faults/kill9.mjs';
import { manyNodes } from './faults/nginx.mjs';
import { failover, pausedNode, postgresRestart } from './faults/postgres-nodes.mjs';
import { setBack } from './faults/set-back.mjs';
import { Skipped } from './faults/skipped.mjs';

const FAULTS = {
  kill9,
  'corrupted-page': corruptedPage,
  'paused-node': pausedNode,
  'postgres-restart': postgresRestart,
  failover,
  nginx: manyNodes,
  'full-disk': fullDisk,
  'read-only-disk': readOnlyDisk,
  clock: clockSteps,
  'idle-connections': idleConnections,
};

/** What no server can make good: run by name alone, it ends with losses, or the audit is blind. */
const PROOFS = { 'set-back': setBack };
const RUNS = { ...FAULTS, ...PROOFS };

const words = process.argv.slice(2);
if (words.includes('--help')) {
  console.log('npm run faults -- [NAMES] [--short]');
  console.log(`  all of ${Object.keys(FAULTS).join(', ')}, or those named; --short takes seconds for each`);
  console.log(
    `  ${Object.keys(PROOFS)}, by name alone, shows that the audit tells losses, and ends with some`,
  );
  process.exit(0);
}
const short = words.includes('--short');
const names = words.filter((word) => !word.startsWith('--'));
const unknown = names.find((name) => !(name in RUNS));
if (unknown !== undefined) {
  console.error(`no fault ${unknown}; there are ${Object.keys(RUNS).join(', ')}`);
  process.exit(2);
}

let failed = false;
for (const name of names.length > 0 ? names : Object.keys(FAULTS)) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-fault-'));
  const stops = [];
  try {
    const say = (text) => console.log(`${name}: ${text}`);
    const { acknowledged, lost, doubleSpent } = await RUNS[name]({ folder, short, say, stops });
    console.log(`${name}: acknowledged ${acknowledged}, lost ${lost}, double-spent ${doubleSpent}`);
    if (acknowledged === 0 || lost > 0 || doubleSpent > 0) failed = true;
  } catch (error) {
    if (error instanceof Skipped) console.log(`SKIPPED ${name}: ${error.message}`);
    else {
      failed = true;
      console.error(`${name}: FAILED: ${error.stack}`);
    }
  } finally {
    for (const stop of stops.reverse()) await Promise.resolve(stop()).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(failed ? 1 : 0);
