/**
 * Loads the bundle with what V8 compiled of it while it was built: compiling is most of a start. Code that V8 would not
 * take, from another Node.js or under other flags, lies in a folder that is not looked into, and is compiled anew; so is
 * a file whose digest is not that of its code, for V8 itself believes what it is given. ADR 10.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { constants, Script } = require('node:vm');

const BUNDLE = join(__dirname, '../bundle');
const OWN = /^\.\/[\w.-]+\.cjs$/;

/** Bytes before the code. */
const DIGEST = 32;

/** SHA-256 of a source and of what V8 made of it. */
function digestOf(source, code) {
  return createHash('sha256').update(source).update(code).digest();
}

/** What V8 made of `source`, or undefined when that is not known for sure. */
function codeOf(path, source) {
  try {
    const kept = readFileSync(path);
    const code = kept.subarray(DIGEST);
    return digestOf(source, code).equals(kept.subarray(0, DIGEST)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {{file: string, folder: string, source: Buffer, script: Script}} where `folder` is where its code is looked for */
function compile(file) {
  // Flags may have changed since the last file.
  const folder = join(BUNDLE, 'code', cachedDataVersionTag().toString(16));
  const source = readFileSync(join(BUNDLE, file));
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: join(BUNDLE, file),
    cachedData: codeOf(join(folder, file), source),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return { file, folder, source, script };
}

/**
 * Runs the executable.
 *
 * @param {(compiled: ReturnType<typeof compile>) => void} [onCompiled] told of each file before it runs
 */
function run(onCompiled = () => {}) {
  const loaded = new Map();

  function load(file) {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const path = join(BUNDLE, file);
    const others = createRequire(path);
    const own = (id) => (OWN.test(id) ? load(id.slice(2)) : others(id));
    const compiled = compile(file);
    onCompiled(compiled);
    const start = compiled.script.runInThisContext();
    start(module.exports, Object.assign(own, others), module, path, BUNDLE);
    return module.exports;
  }

  load('main.cjs');
}

module.exports = { run, digestOf };
