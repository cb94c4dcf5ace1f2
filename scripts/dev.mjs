// Compiles on every change and restarts the server; the portal reloads by itself at the address that vite prints.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
spawnSync(process.execPath, ['scripts/build.mjs'], { cwd, stdio: 'inherit' });
const projects = ['packages/contract', 'packages/client', 'packages/server'];
const children = [
  spawn('node_modules/.bin/tsc', ['-b', '-w', '--preserveWatchOutput', ...projects], {
    cwd,
    stdio: 'inherit',
  }),
  spawn(
    process.execPath,
    ['--watch', 'packages/server/dist/cli/main.js', 'serve', ...process.argv.slice(2)],
    { cwd, stdio: 'inherit' },
  ),
  spawn(join(cwd, 'node_modules/.bin/vite'), [], { cwd: join(cwd, 'packages/portal'), stdio: 'inherit' }),
];
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
