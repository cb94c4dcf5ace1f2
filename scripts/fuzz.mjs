// Every property test, for longer: each tries new inputs for SALLYPORT_TEST_FUZZ_SECONDS seconds, 30 unless told, from
// SALLYPORT_TEST_FUZZ_SEED on, any number unless told. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function tests(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : tests(path);
    return path.endsWith('.test.ts') && holdsProperties(path) ? [path] : [];
  });
}

function holdsProperties(path) {
  return /from '[./\w-]*support\/fuzz\.js'/.test(readFileSync(join(root, path), 'utf8'));
}

const seed = String(Math.floor(Math.random() * 2 ** 31));
const env = { SALLYPORT_TEST_FUZZ_SECONDS: '30', SALLYPORT_TEST_FUZZ_SEED: seed, ...process.env };
console.log(
  `${env.SALLYPORT_TEST_FUZZ_SECONDS} seconds for each property, from the seed ${env.SALLYPORT_TEST_FUZZ_SEED} on`,
);
const command = ['node_modules/vitest/vitest.mjs', 'run', ...tests('packages'), ...process.argv.slice(2)];
process.exit(spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit', env }).status ?? 1);
