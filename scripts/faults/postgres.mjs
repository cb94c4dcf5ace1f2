/** A PostgreSQL of one's own that can be stopped, killed, copied and promoted. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findPostgres, postgresUser, reachable } from '../postgres-programs.mjs';
import { eventually, freePort } from './node.mjs';
import { Skipped } from './skipped.mjs';

const USER = 'sallyport';

/** What turns a copy of one server into another that follows it. */
export const REPLICATION = ['pg_basebackup', 'pg_ctl'];

function serverPrograms(others) {
  const found = findPostgres(others);
  if (found) return found;
  const wanted = ['initdb', 'postgres', ...others].join(', ');
  throw new Skipped(`no folder holds PostgreSQL's ${wanted} (Debian: postgresql)`);
}

function systemUser() {
  try {
    return postgresUser();
  } catch (error) {
    throw new Skipped(error.message);
  }
}

/** @param {{ programs?: string[], standbyOf?: { url: (name: string) => string } }} options programs besides the server's */
export async function createPostgres(folder, { programs = [], standbyOf } = {}) {
  const found = serverPrograms(programs);
  const user = systemUser();
  chmodSync(folder, 0o711);
  const home = join(folder, standbyOf ? 'standby' : 'primary');
  mkdirSync(home);
  if (user) chownSync(home, user.uid, user.gid);
  const bin = reachable(found, user, home);
  const data = join(home, 'data');
  const options = { ...user, cwd: home, stdio: 'pipe' };
  const program = (name, ...args) => execFileSync(join(bin, name), args, options);
  const port = await freePort();
  if (standbyOf)
    program('pg_basebackup', '-D', data, '-R', '-X', 'stream', '-c', 'fast', '-d', standbyOf.url('postgres'));
  else program('initdb', '-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C');
  let server;

  const url = (name) => `postgres://${USER}@127.0.0.1:${port}/${name}`;
  async function query(sql, name = 'postgres') {
    const client = new pg.Client({ connectionString: url(name) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }
  return {
    port,
    url,
    query,
    async start() {
      const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '100' };
      const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
      server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...flags], {
        ...user,
        cwd: home,
        stdio: 'ignore',
      });
      await eventually(() => query('select 1'));
    },
    /** SIGQUIT: as after a power cut, PostgreSQL recovers at the next start. */
    async crash() {
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
    },
    async stop() {
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
    },
    promote: () => program('pg_ctl', 'promote', '-D', data, '-w'),
    /** Every commit waits for a standby from now on. */
    async waitForStandby() {
      writeFileSync(join(data, 'postgresql.auto.conf'), "synchronous_standby_names = '*'\n");
      await query('select pg_reload_conf()');
    },
  };
}
