// Builds what is not built yet: compiles only when a source is newer than the last build. `--force` always builds.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/sallyport');
const stamp = join(cache, 'built');
const sources = [
  ...['contract', 'client', 'server', 'portal'].flatMap((name) => [`${name}/src`, `${name}/tsconfig.json`]),
  'portal/index.html',
  'portal/vite.config.ts',
  'server/bin',
  '../scripts/build.mjs',
  '../scripts/keep-code.mjs',
].map((path) => join(root, 'packages', path));

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function isFresh() {
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  const entries = [
    'contract/dist/index.js',
    'client/dist/index.js',
    'server/bundle/main.cjs',
    'portal/dist/index.html',
  ];
  if (!entries.every((entry) => existsSync(join(root, 'packages', entry)))) return false;
  return sources.every((source) => newest(source) < built);
}

function run(cwd, tool, args) {
  const windows = process.platform === 'win32';
  const { status } = spawnSync(join(root, 'node_modules/.bin', tool), args, {
    cwd,
    stdio: 'inherit',
    shell: windows,
  });
  if (status !== 0) process.exit(status ?? 1);
}

const NATIVE = [/^@node-rs\/argon2/, /^@photostructure\/sqlite/, 'pg-native'];

/**
 * What libraries ask for and Sallyport has no use of, by who asks: schemas compiled by Fastify itself, requests of its
 * tests, files found by pattern, a description written as YAML, HTTP/2. A megabyte that every start would read.
 */
const UNUSED = {
  '@fastify/ajv-compiler': 'fastify',
  '@fastify/fast-json-stringify-compiler': 'fastify',
  'light-my-request': 'fastify',
  glob: '@fastify/static',
  yaml: '@fastify/swagger',
  'node:http2': 'fastify',
};
const NOTHING = '\0nothing';
const leaveOutUnused = {
  name: 'leave-out-unused',
  resolveId: (id, importer = '') =>
    UNUSED[id] && importer.includes(join('node_modules', UNUSED[id])) ? NOTHING : null,
  load: (id) => (id === NOTHING ? 'module.exports = {};' : null),
};

/**
 * The executable as a few files: most of a command's start is the reading of modules. What a command does not need
 * stays in a file of its own, and what has a native part stays a package.
 */
async function bundle() {
  const { rolldown } = await import('rolldown');
  const folder = join(root, 'packages/server/bundle');
  rmSync(folder, { recursive: true, force: true });
  const build = await rolldown({
    input: { main: join(root, 'packages/server/dist/cli/main.js') },
    platform: 'node',
    external: NATIVE,
    plugins: [leaveOutUnused],
  });
  // Lines stay, for the traces of faults. A file with one character beyond Latin-1 takes two bytes of memory for each.
  const codegen = { removeWhitespace: false, asciiOnly: true, legalComments: 'eof' };
  const minify = { compress: false, mangle: false, codegen };
  await build.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify,
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await build.close();
}

/** The code of a server and of a command, compiled as they run: see bin/load.js. A build is whole without it. */
async function keepCode() {
  const folder = mkdtempSync(join(cache, 'build-'));
  try {
    await keepServersCode(folder);
    await ended(keepCodeOf(folder, 'export'));
  } catch (error) {
    process.stderr.write(`no compiled code is kept, starts take longer: ${error.message}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function keepServersCode(folder) {
  const server = keepCodeOf(folder, 'serve', '--port', '0');
  for await (const text of server.stdout.setEncoding('utf8')) {
    const [, url] = /listening on (http:[^\s"]+)/.exec(text) ?? [];
    if (!url) continue;
    for (const path of ['/health/ready', '/login', '/oauth2/token/none']) await fetch(new URL(path, url));
    server.send('stop');
  }
  await ended(server);
}

function keepCodeOf(folder, ...args) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_')),
  );
  return spawn(process.execPath, [join(root, 'scripts/keep-code.mjs'), ...args], {
    cwd: folder,
    env: { ...env, SALLYPORT_DATA_DIR: join(folder, 'data'), SALLYPORT_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    timeout: 60_000,
  });
}

async function ended(child) {
  child.stdout.resume();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  if (child.exitCode !== 0)
    throw new Error(`${child.spawnargs.slice(2).join(' ')} ended with ${child.exitCode ?? child.signalCode}`);
}

if (process.argv.includes('--force') || !isFresh()) {
  const startedAt = new Date();
  mkdirSync(cache, { recursive: true });
  const projects = ['packages/contract', 'packages/client', 'packages/server'];
  run(root, 'tsc', ['-b', ...projects]);
  await bundle();
  run(join(root, 'packages/portal'), 'vite', ['build', '--logLevel', 'warn']);
  await keepCode();
  writeFileSync(stamp, `${startedAt.toISOString()}\n`);
}
