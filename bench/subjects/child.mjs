/** A server as a child process. */
import { spawn } from 'node:child_process';

const PATIENCE = 30_000;

/**
 * Starts `node ...args` and resolves once it has printed its `listening on URL`.
 *
 * @param {string[]} args
 * @param {Record<string, string>} [env] the environment holds no setting of Sallyport's own beside these
 */
export async function launch(args, env = {}) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await readyUrl(child, args);
  return {
    url,
    pid: child.pid,
    startedAt,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs `node ...args` to its end and answers what it printed. */
export async function run(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (text) => {
      printed[stream] += text;
    });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0)
    throw new Error(`${args.join(' ')} ended with ${code}: ${printed.stderr || printed.stdout}`);
  return printed.stdout;
}

function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_')));
}

function readyUrl(child, args) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (why) => reject(new Error(`${args.join(' ')} ${why}: ${printed.slice(-2000)}`));
    const timer = setTimeout(fail, PATIENCE, 'did not get ready');
    child.once('exit', (code) => fail(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        printed = (printed + text).slice(-10_000);
        const ready = /listening on (http[^\s"]+)/.exec(printed);
        if (!ready) return;
        clearTimeout(timer);
        resolve(ready[1]);
      });
  });
}
