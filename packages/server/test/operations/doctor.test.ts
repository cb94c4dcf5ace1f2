import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, issueServerCertificate, LEAF_LIFE } from '../../src/cli/dev-certificates.js';
import { ADA, createWorld, type World } from '../spec/support/world.js';
import { raw } from '../store/raw.js';
import { DATABASES } from '../support/databases.js';
import { run } from '../support/process.js';

const KEY = '5a'.repeat(32);
const DAY = 86_400_000;

interface Report {
  healthy: boolean;
  findings: { check: string; health: string; detail: string }[];
}

describe.each(DATABASES.map((database) => ({ database, name: database.name })))(
  'doctor ($name)',
  { timeout: 60_000 },
  ({ database }) => {
    let folder: string;
    let world: World;
    let env: Record<string, string>;
    let drop = async () => {};
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sallyport-doctor-'));
      const dataDir = join(folder, 'data');
      const opened = await database.open();
      drop = opened.drop;
      const isPostgres = database.name === 'postgres';
      world = await createWorld(isPostgres ? { databaseUrl: opened.url, dataDir } : { dataDir });
      env = {
        SALLYPORT_DATA_DIR: dataDir,
        SALLYPORT_MASTER_KEY: KEY,
        ...(isPostgres && { SALLYPORT_DATABASE_URL: opened.url }),
      };
    });
    afterAll(async () => {
      await world.close();
      await drop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function examine(more: Record<string, string> = {}, publicUrl = world.url) {
      const args = ['doctor', '--json', '--public-url', publicUrl];
      const { code, stdout, stderr } = await run(args, { cwd: folder, env: { ...env, ...more } });
      expect(stderr).toBe('');
      const report: Report = JSON.parse(stdout);
      const of = (check: string) => report.findings.find((finding) => finding.check === check);
      return { code, report, of };
    }

    it('a sound server passes every check and exits 0', async () => {
      await world.tokens((await world.signIn(ADA)).cookie);
      const { code, report, of } = await examine();
      expect(report.findings.filter(({ health }) => health === 'failed')).toEqual([]);
      expect({ code, healthy: report.healthy }).toEqual({ code: 0, healthy: true });
      expect(of('issuer')?.detail).toContain('its issuers say the same');
      expect(of('mail')?.health).toBe('skipped');
      const checks = [
        'settings',
        'files',
        'database',
        'master key',
        'issuer',
        'TLS',
        'mail',
        'clock',
        'disk',
      ];
      expect(report.findings.map(({ check }) => check)).toEqual(checks);
    });

    it('says what is wrong with each, and exits 1', async () => {
      const keyFile = join(folder, 'key');
      writeFileSync(keyFile, 'ab'.repeat(32));
      chmodSync(keyFile, 0o644);
      const wrongKey = { SALLYPORT_MASTER_KEY: '', SALLYPORT_MASTER_KEY_FILE: keyFile };
      const mail = { SALLYPORT_SMTP_URL: 'smtp://127.0.0.1:2' };
      const { code, report, of } = await examine({ ...wrongKey, ...mail }, 'http://localhost:2');
      expect({ code, healthy: report.healthy }).toEqual({ code: 1, healthy: false });
      expect(of('files')).toMatchObject({ health: 'failed', detail: expect.stringContaining('chmod go=') });
      expect(of('master key')).toMatchObject({ health: 'failed' });
      expect(of('issuer')).toMatchObject({ health: 'failed' });
      expect(of('mail')).toMatchObject({ health: 'failed', detail: expect.stringContaining('127.0.0.1:2') });
    });

    it('tells what is missing in the schema', async () => {
      const url = env.SALLYPORT_DATABASE_URL ?? `sqlite:${join(folder, 'data', 'sallyport.db')}`;
      await raw(url, 'drop index ux_users_tenant_id_login_key');
      const found = async () => (await examine()).of('database');
      const missing = 'the unique index ux_users_tenant_id_login_key is missing';
      expect(await found()).toMatchObject({ health: 'failed', detail: expect.stringContaining(missing) });
      await raw(url, 'create index ux_users_tenant_id_login_key on users (tenant_id, login_key)');
      expect((await found())?.detail, 'no longer unique').toContain(missing);
      await raw(url, 'drop index ux_users_tenant_id_login_key');
      await raw(url, 'create unique index ux_users_tenant_id_login_key on users (tenant_id, login_key)');
      await raw(url, 'alter table spent_ids rename to other');
      expect((await found())?.detail).toMatch(/the table spent_ids is missing; 1 faults/);
      await raw(url, 'alter table other rename to spent_ids');
      expect(await found()).toMatchObject({ health: 'ok' });
    });

    it('tells a key that others may read or replace', async () => {
      const settings = join(folder, 'sallyport.config.json');
      writeFileSync(settings, JSON.stringify({ metricsToken: 'c0ffee'.repeat(4) }), { mode: 0o644 });
      expect((await examine()).of('files')).toMatchObject({
        detail: `${settings} is open to others: chmod go= ${settings}`,
      });
      chmodSync(settings, 0o600);
      expect((await examine()).of('files')).toMatchObject({ health: 'ok' });
      writeFileSync(settings, '{"port":8420}');
      chmodSync(settings, 0o644);
      expect((await examine()).of('files'), 'no secret in it').toMatchObject({ health: 'ok' });
      rmSync(settings);

      const keys = join(folder, 'keys');
      mkdirSync(keys);
      const keyFile = join(keys, 'key');
      writeFileSync(keyFile, KEY, { mode: 0o600 });
      chmodSync(keys, 0o777);
      const named = { SALLYPORT_MASTER_KEY: '', SALLYPORT_MASTER_KEY_FILE: keyFile };
      const { of } = await examine(named);
      expect(of('files')).toMatchObject({ health: 'failed', detail: expect.stringContaining('may replace') });
      chmodSync(keys, 0o755);
      expect((await examine(named)).of('files')).toMatchObject({ health: 'ok' });
      if (process.getuid?.() !== 0) return;
      mkdirSync(join(folder, 'data'), { recursive: true });
      chownSync(keyFile, 65_534, 65_534);
      expect((await examine(named)).of('files')).toMatchObject({
        detail: `${keyFile} belongs to another system user (id 65534)`,
      });
    });

    it.each([
      [10, 'warning', /ends in 10 days/],
      [-1, 'failed', /has expired/],
    ])('a certificate with %i days left is told in time: %s', async (left, health, words) => {
      const made = Date.now() - (LEAF_LIFE - left) * DAY + DAY / 2;
      const authority = await createAuthority('Test', made);
      const { certificate: cert, privateKey: key } = await issueServerCertificate(
        authority,
        ['localhost'],
        made,
      );
      const server = createServer({ cert, key }).listen(0);
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const caFile = join(folder, 'authority.pem');
      writeFileSync(caFile, authority.certificate);
      const settings = { NODE_EXTRA_CA_CERTS: caFile, SALLYPORT_BEHIND_PROXY: '127.0.0.1' };
      const { of } = await examine(settings, `https://localhost:${port}`);
      server.close();
      expect(of('TLS')).toMatchObject({ health, detail: expect.stringMatching(words) });
    });

    it('notices that the clock was set back, and a database that is not there', async () => {
      world.clock.advance(3_600_000);
      await world.tokens((await world.signIn(ADA)).cookie);
      const { of } = await examine();
      expect(of('clock')).toMatchObject({ health: 'failed', detail: expect.stringContaining('set back') });
      const away: Record<string, string> =
        database.name === 'postgres'
          ? { SALLYPORT_DATABASE_URL: 'postgres://nobody@127.0.0.1:2/none' }
          : { SALLYPORT_DATA_DIR: join(folder, 'nowhere') };
      expect((await examine(away)).of('database')).toMatchObject({ health: 'failed' });
    });
  },
);
