// Every test: builds, finds or installs a browser and PostgreSQL, then runs them all. Arguments go to vitest.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPostgres } from './postgres-programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (command, args, env = {}) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(':');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** Debian's package, where this user may install it. */
function install(name) {
  if (process.getuid?.() !== 0 || !onPath(['apt-get'])) return false;
  console.log(`installing ${name} from the system's packages`);
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', name], options);
    return true;
  } catch {
    return false;
  }
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const find = () =>
    process.env.SALLYPORT_TEST_CHROMIUM ?? onPath(names) ?? (existsSync(mac) ? mac : undefined);
  return find() ?? (install('chromium') ? find() : undefined);
}

const env = {};
const chromium = findChromium();
if (chromium) {
  env.SALLYPORT_TEST_CHROMIUM = chromium;
  console.log(`browser: ${chromium}`);
} else console.log('SKIPPED browser tests: no Chromium or Chrome on PATH; set SALLYPORT_TEST_CHROMIUM');
console.log(`PostgreSQL: ${findPostgres() ?? 'none'}`);

const built = run(process.execPath, ['scripts/build.mjs']);
if (built !== 0) process.exit(built);
process.exit(run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)], env));
