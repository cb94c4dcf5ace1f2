/** What V8 compiled while the executable was built is used, and only while it is sure to be of this source. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SERVER = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = 'main.cjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport kept '));
  for (const part of ['bin', 'bundle', 'package.json'])
    cpSync(join(SERVER, part), join(folder, part), { recursive: true });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function executable(...args: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'bin/sallyport.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout };
}

/** Whether every file of `sallyport --version` came as code. */
function isAllKept(): boolean {
  const script = `process.argv.push('--version');
    const rejected = [];
    const { run } = require(${JSON.stringify(join(folder, 'bin/load.js'))});
    run(({ script }) => rejected.push(script.cachedDataRejected ?? null));
    process.stderr.write(JSON.stringify(rejected));`;
  const { stderr } = spawnSync(process.execPath, ['-e', script, 'sallyport'], { encoding: 'utf8' });
  const rejected: unknown[] = JSON.parse(stderr);
  return rejected.length > 0 && rejected.every((one) => one === false);
}

/** Changes each kept copy of the main file's code. */
function damage(change: (code: Buffer) => Buffer): void {
  const code = join(folder, 'bundle/code');
  const copies = readdirSync(code, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith(MAIN),
  );
  expect(copies.length).toBeGreaterThan(0);
  for (const name of copies) writeFileSync(join(code, name), change(readFileSync(join(code, name))));
}

test('the executable runs with the code that was kept when it was built', () => {
  expect(isAllKept()).toBe(true);
});

test.each([
  ['half of it lost', (code: Buffer) => code.fill(0, code.length / 2)],
  [
    'one bit turned',
    (code: Buffer) => code.fill((code[code.length - 9] ?? 0) ^ 1, code.length - 9, code.length - 8),
  ],
  ['cut short', (code: Buffer) => code.subarray(0, 1000)],
  ['empty', () => Buffer.alloc(0)],
])('damaged code is compiled anew: %s', (_, change) => {
  const { stdout } = executable('--version');
  damage(change);
  expect(executable('--version')).toEqual({ status: 0, stdout });
  expect(isAllKept()).toBe(false);
});

test('a source that was changed by hand runs as it is now', () => {
  const path = join(folder, 'bundle', MAIN);
  const source = readFileSync(path, 'utf8');
  const changed = source.replace(
    'An OAuth 2.0 and OpenID Connect server',
    'By hand 0 and OpenID Connect server..',
  );
  expect(changed).not.toBe(source);
  writeFileSync(path, changed.padEnd(source.length));
  expect(executable('--help').stdout).toContain('By hand 0 and OpenID Connect server');
});

test('without any kept code it runs all the same', () => {
  rmSync(join(folder, 'bundle/code'), { recursive: true });
  expect(executable('--version').status).toBe(0);
});
