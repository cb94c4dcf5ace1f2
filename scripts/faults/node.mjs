/** One server process: the executable as shipped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const EXECUTABLE = fileURLToPath(new URL('../../packages/server/bin/sallyport.js', import.meta.url));
export const ADMIN = { loginName: 'admin@acme.test', password: 'correct horse battery' };

function settings(more) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_'));
  return {
    ...Object.fromEntries(own),
    SALLYPORT_ADMIN_USER: ADMIN.loginName,
    SALLYPORT_ADMIN_PASSWORD: ADMIN.password,
    SALLYPORT_MASTER_KEY: '5a'.repeat(32),
    SALLYPORT_WORKERS: '1',
    SALLYPORT_LOG_FORMAT: 'json',
    ...more,
  };
}

export async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts a server on `port` and waits until it listens. Rejects with what it said when it does not. */
export async function startNode({ port, env = {} }) {
  const child = spawn(process.execPath, [EXECUTABLE, 'serve', '--port', String(port)], {
    env: settings(env),
  });
  let said = '';
  const ready = new Promise((resolve, reject) => {
    const hear = (chunk) => {
      said = `${said}${chunk}`.slice(-20_000);
      if (/listening on/.test(said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code}: ${said.trim().split('\n').at(-1)}`)),
    );
  });
  const exited = once(child, 'exit');
  await ready;
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    said: () => said,
    signal: (name) => child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await Promise.race([exited, wait(10_000).then(() => child.kill('SIGKILL'))]);
    },
  };
}

/** Runs a command of the executable, which must succeed. */
export async function command(args, env) {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    env: settings(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args[0]}: ${stderr}`);
}

/** Until `attempt` no longer throws. */
export async function eventually(attempt, patience = 20_000) {
  for (const end = Date.now() + patience; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(50);
    }
  }
}
