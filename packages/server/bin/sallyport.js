#!/usr/bin/env node
/**
 * Loads the bundle with what V8 compiled of it while it was built: compiling is most of a start. Code that V8 would not
 * take, from another Node.js or under other flags, lies in a folder that is not looked into, and is compiled anew. ADR 10.
 */
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { constants, Script } = require('node:vm');

const BUNDLE = join(__dirname, '../bundle');
const OWN = /^\.\/[\w.-]+\.cjs$/;

/** What was loaded, for whoever keeps the code: its file, its script, and the folder that V8 reads it from. */
const compiled = [];
const loaded = new Map();

function codeOf(folder, file) {
  try {
    return readFileSync(join(folder, file));
  } catch {
    return undefined;
  }
}

function compile(file, path) {
  // Flags may have changed since the last file.
  const folder = join(BUNDLE, 'code', cachedDataVersionTag().toString(16));
  const source = readFileSync(path, 'utf8');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: path,
    cachedData: codeOf(folder, file),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  compiled.push({ file, folder, script });
  return script.runInThisContext();
}

function load(file) {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const path = join(BUNDLE, file);
  const others = createRequire(path);
  const own = (id) => (OWN.test(id) ? load(id.slice(2)) : others(id));
  compile(file, path)(module.exports, Object.assign(own, others), module, path, BUNDLE);
  return module.exports;
}

load('main.cjs');
module.exports = { compiled };
