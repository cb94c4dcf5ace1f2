/** A PostgreSQL of one's own that can be stopped, killed, copied and promoted. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { eventually, freePort } from './node.mjs';
import { Skipped } from './skipped.mjs';

const USER = 'sallyport';

function binaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => b - a) : [];
  const folders = [
    process.env.SALLYPORT_TEST_POSTGRES_BIN,
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.find((folder) => folder && existsSync(join(folder, 'initdb')));
  if (!found) throw new Skipped("PostgreSQL's server programs are not installed (Debian: postgresql)");
  return found;
}

/** PostgreSQL refuses to be root. */
function systemUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The next name may exist.
    }
  }
  throw new Skipped('root may not run PostgreSQL, and there is no user postgres');
}

export async function createPostgres(folder, { standbyOf } = {}) {
  const bin = binaries();
  const user = systemUser();
  chmodSync(folder, 0o711);
  const home = join(folder, standbyOf ? 'standby' : 'primary');
  mkdirSync(home);
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  const data = join(home, 'data');
  const options = { ...user, cwd: home, stdio: 'pipe' };
  const program = (name, ...args) => execFileSync(join(bin, name), args, options);
  const port = await freePort();
  if (standbyOf) program('pg_basebackup', '-D', data, '-R', '-X', 'stream', '-d', standbyOf.url('postgres'));
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
