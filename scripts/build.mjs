// Builds what is not built yet: compiles only when a source is newer than the last build. `--force` always builds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules/.cache/sallyport/built');
const sources = [
  ...['contract', 'client', 'server', 'portal'].flatMap((name) => [`${name}/src`, `${name}/tsconfig.json`]),
  'portal/index.html',
  'portal/vite.config.ts',
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
    'server/bundle/main.js',
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
 * tests, files found by pattern, a description written as YAML. A megabyte that every start would read.
 */
const UNUSED = {
  '@fastify/ajv-compiler': 'fastify',
  '@fastify/fast-json-stringify-compiler': 'fastify',
  'light-my-request': 'fastify',
  glob: '@fastify/static',
  yaml: '@fastify/swagger',
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
    ...{ dir: folder, format: 'esm', entryFileNames: '[name].js', minify },
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await build.close();
}

if (process.argv.includes('--force') || !isFresh()) {
  const startedAt = new Date();
  const projects = ['packages/contract', 'packages/client', 'packages/server'];
  run(root, 'tsc', ['-b', ...projects]);
  await bundle();
  run(join(root, 'packages/portal'), 'vite', ['build', '--logLevel', 'warn']);
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, `${startedAt.toISOString()}\n`);
}
