// Runs a command of the executable and keeps what V8 compiled for it, where bin/load.js looks for it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';

const bin = fileURLToPath(new URL('../packages/server/bin/', import.meta.url));
process.argv.splice(1, 1, join(bin, 'sallyport.js'));
// As a signal would, on systems too where one ends a process before it could keep anything.
process.once('message', () => process.emit('SIGTERM'));
process.channel?.unref();
const { run, digestOf } = createRequire(import.meta.url)(join(bin, 'load.js'));
const compiled = [];
run((one) => compiled.push(one));

process.on('exit', () => {
  const tag = cachedDataVersionTag().toString(16);
  for (const { file, folder, source, script } of compiled) {
    // Code is marked with the flags of the moment it is kept, and is of use under those it was compiled under alone.
    if (!folder.endsWith(tag)) continue;
    mkdirSync(folder, { recursive: true });
    const code = script.createCachedData();
    writeFileSync(join(folder, file), Buffer.concat([digestOf(source, code), code]));
  }
});
