// Types, lint, formatting, layers, dead code and the lock file: everything that can be told without running Sallyport.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every optional platform package a locked package names must be locked too, or `npm ci` refuses the lock file. */
function checkLockFile() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const locked = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
  const missing = Object.values(packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}).filter((name) => !locked.has(name)),
  );
  for (const name of missing) console.error(`package-lock.json lacks ${name}`);
  return missing.length === 0;
}

const steps = [
  ['types', 'node_modules/.bin/tsc', ['-b']],
  ['lint and format', 'node_modules/.bin/biome', ['ci', '.']],
  ['layers', process.execPath, ['scripts/layers.mjs']],
  ['reference', process.execPath, ['scripts/reference.mjs', '--check']],
  ['dead code', 'node_modules/.bin/knip', []],
];
const failed = steps.filter(([name, command, args]) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${name}: ${status === 0 ? 'ok' : 'FAILED'}`);
  return status !== 0;
});
const lockIsWhole = checkLockFile();
console.log(`lock file: ${lockIsWhole ? 'ok' : 'FAILED'}`);
process.exit(failed.length === 0 && lockIsWhole ? 0 : 1);
