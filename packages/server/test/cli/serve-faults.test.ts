import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, type RunOptions, run, start } from '../support/process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function serve(args: string[], options?: RunOptions): Promise<Finished> {
  return run(['serve', '--port', '0', ...args], { cwd: folder, ...options });
}

/** A data directory that a server has set up. */
async function usedDataDirectory(name: string): Promise<string> {
  const dataDir = join(folder, name);
  const server = start(['serve', '--port', '0', '--data-dir', dataDir]);
  await server.seen(/listening on /);
  server.child.kill('SIGTERM');
  expect((await server.finished).code).toBe(0);
  return dataDir;
}

/** Nothing on standard output, one line on standard error, exit 1. */
function expectRefusal({ code, stdout, stderr }: Finished, reason: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^sallyport: [^\n]+\n$/);
  expect(stderr).toMatch(reason);
}

describe('a server that cannot start says why in one line and exits 1', { timeout: 60_000 }, () => {
  /** Waits half a minute, while the others are tried. */
  let patient: ReturnType<typeof start>;
  beforeAll(() => {
    const env = { SALLYPORT_MASTER_KEY: 'ab'.repeat(32), SALLYPORT_LOG_FORMAT: 'json' };
    const url = 'postgres://nobody@127.0.0.1:2/none';
    patient = start(['serve', '--port', '0', '--database-url', url, '--workers', '1'], { env });
  });

  it('an unknown setting, in the environment and in the file', async () => {
    expectRefusal(await serve([], { env: { SALLYPORT_PORTT: '1' } }), /SALLYPORT_PORTT: unknown setting/);
    const cwd = await mkdtemp(join(folder, 'config-'));
    await writeFile(join(cwd, 'sallyport.config.json'), '{"prot":1}');
    expectRefusal(await serve([], { cwd }), /prot: unknown setting/);
  });

  it('a bad value', async () => {
    expectRefusal(
      await serve(['--public-url', 'http://id.example.com']),
      /--public-url: http is for loopback/,
    );
  });

  it('a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, 'localhost', resolve));
    const address = other.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const dataDir = join(folder, 'taken');
    const refused = await run(['serve', '--port', String(port), '--data-dir', dataDir]);
    other.close();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`^sallyport: port ${port} is taken[^\\n]*\\n$`));

    const server = start(['serve', '--port', '0', '--data-dir', dataDir]);
    await server.seen(/listening on /);
    server.child.kill('SIGTERM');
    expect((await server.finished).stdout, 'the first password is not lost').toMatch(/Password +\S+/);
  });

  it('a certificate that is none, before anything is set up', async () => {
    const file = join(folder, 'not-a-certificate.pem');
    await writeFile(file, 'nothing of the kind');
    const env = { SALLYPORT_TLS_CERT: file, SALLYPORT_TLS_KEY: file };
    expectRefusal(await serve(['--data-dir', join(folder, 'tls')], { env }), /SALLYPORT_TLS_CERT/);
  });

  it('a data directory that cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expectRefusal(await serve(['--data-dir', join(file, 'data')]), /SALLYPORT_DATA_DIR: cannot make/);
  });

  it.runIf(process.platform === 'linux')('a data directory that cannot be made', async () => {
    expectRefusal(await serve(['--data-dir', '/proc/data']), /SALLYPORT_DATA_DIR: cannot make \/proc\/data/);
  });

  it('a master key that is not the one the database was sealed under, and one that is none', async () => {
    const dataDir = await usedDataDirectory('wrong-key');
    const env = { SALLYPORT_MASTER_KEY: 'ab'.repeat(32) };
    expectRefusal(await serve(['--data-dir', dataDir], { env }), /the master key is not the one/);
    await rm(join(dataDir, 'master.key'));
    expectRefusal(await serve(['--data-dir', dataDir]), /master\.key is missing/);
    expectRefusal(await serve([], { env: { SALLYPORT_MASTER_KEY: 'abc' } }), /64 hexadecimal digits/);
  });

  it('a database newer than the program', async () => {
    const dataDir = await usedDataDirectory('newer');
    const database = new DatabaseSync(join(dataDir, 'sallyport.db'));
    database.exec("insert into sallyport_migration values ('9999-future', '2099-01-01T00:00:00Z')");
    database.close();
    expectRefusal(await serve(['--data-dir', dataDir]), /newer Sallyport \(9999-future\)/);
  });

  it.skipIf(!process.env.SALLYPORT_TEST_POSTGRES_URL)(
    'a database that is none, once for all workers',
    async () => {
      const url = new URL(process.env.SALLYPORT_TEST_POSTGRES_URL ?? '');
      url.pathname = '/no_such_database';
      const env = { SALLYPORT_MASTER_KEY: 'ab'.repeat(32), SALLYPORT_LOG_FORMAT: 'json' };
      const args = ['--database-url', String(url), '--workers', '2'];
      expectRefusal(await serve(args, { env }), /no_such_database/);
    },
  );

  it('a PostgreSQL that is not there, after waiting for it with a message', async () => {
    await patient.seen(/waiting for /);
    const { code, stdout, stderr } = await patient.finished;
    expect(code).toBe(1);
    expect(stdout).not.toContain('listening on');
    expect(stderr).toMatch(/^sallyport: [^\n]*is not there after \d+ s[^\n]*\n$/);
  });
});
