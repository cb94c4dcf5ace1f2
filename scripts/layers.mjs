// Which room may import which. A room missing here, or an arrow not listed, fails the check.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../packages', import.meta.url));

/** Rooms of the server, each with the rooms it may import besides itself. */
const ALLOWED = {
  kit: [],
  core: ['kit'],
  store: ['core', 'kit'],
  mail: ['core', 'kit'],
  outbound: ['core', 'kit'],
  http: ['core', 'kit', 'version', 'package-folder'],
  config: ['kit'],
  'package-folder': [],
  version: ['package-folder'],
  'master-key': ['config', 'kit'],
  chores: ['config', 'core', 'store'],
  'process-metrics': ['store', 'kit'],
  compose: ['config', 'master-key', 'chores', 'process-metrics', 'core', 'mail', 'outbound', 'store', 'kit'],
  serve: ['compose', 'config', 'core', 'http', 'kit', 'store'],
  cli: ['serve', 'compose', 'config', 'core', 'kit', 'store', 'master-key', 'version', 'client', 'contract'],
  index: ['serve', 'compose', 'config'],
};
/** Packages a room must never see. */
const FORBIDDEN = {
  core: ['fastify', 'kysely', 'pg', 'nodemailer'],
  kit: ['fastify', 'kysely', 'pg', '@sallyport/contract'],
  store: ['fastify'],
  http: ['kysely', 'pg'],
};

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const imports = (text) => [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]);
const source = join(packages, 'server/src');
const roomOf = (path) =>
  relative(source, path)
    .split('/')[0]
    .replace(/\.tsx?$/, '');
const faults = [];
let seen = 0;

for (const file of files(source)) {
  const room = roomOf(file);
  if (!ALLOWED[room])
    faults.push(`${relative(packages, file)}: the room "${room}" is not in scripts/layers.mjs`);
  for (const target of imports(readFileSync(file, 'utf8'))) {
    seen++;
    if (target.startsWith('.')) {
      const other = roomOf(resolve(dirname(file), target.replace(/\.js$/, '.ts')));
      if (other !== room && !ALLOWED[room]?.includes(other))
        faults.push(`${relative(packages, file)}: ${room} must not import ${other}`);
    } else if (FORBIDDEN[room]?.some((name) => target === name || target.startsWith(`${name}/`)))
      faults.push(`${relative(packages, file)}: ${room} must not import ${target}`);
  }
}
/** Grants and mechanisms stand alone: what two of them need belongs to another room. */
for (const axis of ['grants', 'mechanisms'])
  for (const file of files(join(source, 'core', axis)))
    for (const target of imports(readFileSync(file, 'utf8')))
      if (!file.endsWith('index.ts') && /^\.\/(?!grant\.js|mechanism\.js)/.test(target))
        faults.push(`${relative(packages, file)}: ${axis} do not import their siblings`);
for (const file of files(join(packages, 'client/src')))
  for (const target of imports(readFileSync(file, 'utf8')))
    if (!target.startsWith('.') && !target.startsWith('node:'))
      faults.push(`${relative(packages, file)}: the client has no dependency`);
/** A property that is run otherwise has no seed, and nobody can have it run for longer. */
for (const name of ['client', 'server', 'portal'])
  for (const file of files(join(packages, name, 'test')))
    if (!file.endsWith('support/fuzz.ts') && /\bfc\.(assert|check)\(/.test(readFileSync(file, 'utf8')))
      faults.push(`${relative(packages, file)}: a property is run by holds() of server/test/support/fuzz.ts`);

if (seen === 0) faults.push('no import was seen: the check itself is broken');
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
