import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, codeAt, mechanism, start, TOTP_SECRET } from '../login/dance.js';
import { ADA, APP, createWorld, type World } from '../spec/support/world.js';
import { raw } from '../store/raw.js';
import { DATABASES } from '../support/databases.js';
import { type Finished, run } from '../support/process.js';

const KEY = '5a'.repeat(32);

const MIA = { loginName: 'mia@acme.test', password: 'low tide at the mill' };
const WITH_DEVICES = { tokens: { ...APP.tokens, authMethods: [...APP.tokens.authMethods, 'deviceCode'] } };
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** A device that was allowed and has not asked since, and a recovery code of Mia, who has an authenticator app. */
async function prepareOnce(world: World): Promise<{ device_code: string; recovery: string }> {
  await world.apply({
    users: [{ ...MIA, email: 'mia@acme.test', displayName: 'Mia', totpSecret: TOTP_SECRET }],
  });
  await world.configure(WITH_DEVICES);
  const begun = await world.form('/oauth2/device/MyApp', { client_id: 'tv', scope: 'all offline_access' });
  const { device_code, user_code } = (await begun.json()) as Record<'device_code' | 'user_code', string>;
  const { cookie } = await world.signIn(ADA);
  const headers = { cookie, 'x-centrify-native-client': '1' };
  await world.form('/device', { user_code }, headers);
  await world.form('/device', { user_code, result: '1' }, headers);
  const { envelope } = await signInWith(world, 'OATH', codeAt(world.clock.now()));
  const made = await world.fetch('/api/v1/me/factors/recovery-codes', {
    method: 'POST',
    headers: { authorization: `Bearer ${envelope?.Result.Auth}`, 'content-type': 'application/json' },
    body: JSON.stringify({ password: MIA.password }),
  });
  const { codes } = (await made.json()) as { codes: string[] };
  return { device_code, recovery: codes[0] ?? '' };
}

/** Mia's sign-in with one of her second factors; no envelope when that is not offered. */
async function signInWith(at: World, name: string, code: string) {
  const { SessionId, Challenges } = await start(at, MIA.loginName);
  const { envelope } = await answer(at, SessionId, mechanism(Challenges, 'UP'), MIA.password);
  const found = envelope.Result.Challenges[0]?.Mechanisms.find(({ Name }) => Name === name);
  return found ? answer(at, SessionId, found.MechanismId, code) : { envelope: null };
}

/** What comes of doing again what may be done once. */
async function doAgain(at: World, once: { device_code: string; shown: string; recovery: string }) {
  const { device_code, shown, recovery } = once;
  await at.configure(WITH_DEVICES);
  const device = await at.token({ grant_type: DEVICE_GRANT, client_id: 'tv', device_code });
  const summaryOf = async (name: string, code: string) =>
    (await signInWith(at, name, code)).envelope?.Result.Summary ?? 'not offered';
  return {
    device: ((await device.json()) as { error?: string }).error,
    app: await summaryOf('OATH', shown),
    recovery: await summaryOf('RECOVERY', recovery),
  };
}

/** Where a server keeps its data. */
interface Place {
  dataDir: string;
  databaseUrl?: string;
}

describe.each(DATABASES.map((database) => ({ database, name: database.name })))(
  'backup and restore ($name)',
  { timeout: 90_000 },
  ({ database }) => {
    const ends: (() => Promise<void>)[] = [];
    let folder: string;
    let live: Place;
    let world: World;
    let backup: string;
    const isPostgres = database.name === 'postgres';

    async function place(name: string): Promise<Place> {
      const dataDir = join(folder, name);
      if (!isPostgres) return { dataDir };
      const { url, drop } = await database.open();
      ends.push(drop);
      return { dataDir, databaseUrl: url };
    }
    async function serve(at: Place): Promise<World> {
      const served = await createWorld(at);
      ends.unshift(() => served.close());
      return served;
    }

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sallyport-backup-'));
      backup = join(folder, 'live.backup');
      live = await place('live');
      world = await serve(live);
    });
    afterAll(async () => {
      for (const end of ends) await end();
      rmSync(folder, { recursive: true, force: true });
    });

    function cli(at: Place, args: string[], key = KEY, more: Record<string, string> = {}): Promise<Finished> {
      const env = { SALLYPORT_DATA_DIR: at.dataDir, SALLYPORT_MASTER_KEY: key, ...more };
      const database = at.databaseUrl && { SALLYPORT_DATABASE_URL: at.databaseUrl };
      return run(args, { cwd: folder, env: { ...env, ...database } });
    }
    async function ok(at: Place, ...args: string[]): Promise<Record<string, unknown>> {
      const { code, stdout, stderr } = await cli(at, [...args, '--json']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    }
    async function refused(at: Place, args: string[], reason: RegExp, key?: string): Promise<void> {
      const { code, stdout, stderr } = await cli(at, args, key);
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^sallyport: [^\n]+\n$/);
      expect(stderr).toMatch(reason);
    }
    const refresh = (at: World, refresh_token: string) =>
      at.token({ grant_type: 'refresh_token', client_id: 'cli', refresh_token });

    it('is taken while the server works, without a secret, and honours what was issued, once', async () => {
      const { cookie } = await world.signIn(ADA);
      const issued = await world.tokens(cookie);
      const unredeemed = await world.code(cookie);
      const once = await prepareOnce(world);
      const during = setInterval(() => void world.code(cookie).catch(() => undefined), 50);
      expect(await ok(live, 'backup', backup)).toMatchObject({ file: backup, database: database.name });
      clearInterval(during);
      expect(statSync(backup).mode & 0o777).toBe(0o600);
      const bytes = readFileSync(backup).toString('latin1');
      for (const secret of [KEY, ADA.password, issued.refresh_token, unredeemed])
        expect(bytes.includes(secret), 'a secret in the backup').toBe(false);

      const second = await place('second');
      // The next code, which a phone with a fast clock shows already: no other was used before.
      const shown = codeAt(Date.now() + 30_000);
      await ok(second, 'restore', backup);
      const restored = await serve(second);
      expect((await refresh(restored, issued.refresh_token)).status, 'what was issued is honoured').toBe(200);
      const again = await restored.redeem(unredeemed);
      expect(await again.json(), 'a code may have been spent since').toMatchObject({
        error: 'invalid_grant',
      });
      const refused = { device: 'invalid_grant', app: 'Failure' };
      expect(await doAgain(restored, { ...once, shown })).toEqual({ ...refused, recovery: 'LoginSuccess' });
      restored.clock.advance(90_000);
      const { envelope } = await signInWith(restored, 'OATH', codeAt(restored.clock.now()));
      expect(envelope?.Result.Summary, 'the app is believed again').toBe('LoginSuccess');

      const third = await place('third');
      await ok(third, 'restore', backup, '--void-tokens');
      const voided = await serve(third);
      expect((await refresh(voided, issued.refresh_token)).status).toBe(400);
      expect(await doAgain(voided, { ...once, shown })).toEqual({ ...refused, recovery: 'not offered' });
      voided.clock.advance(60_000);
      expect(await voided.tokens((await voided.signIn(ADA)).cookie)).toHaveProperty('refresh_token');
    });

    it('replaces nothing unless told to, and nothing that a server works on', async () => {
      await refused(live, ['backup', backup], /exists: --overwrite/);
      await refused(live, ['restore', backup], /--overwrite replaces it/);
      await refused(live, ['restore', backup, '--overwrite'], /a server is running/);
      await refused(live, ['restore', backup, '--overwrite'], /not the one this backup/, 'ab'.repeat(32));
      const fourth = await place('fourth');
      await ok(fourth, 'restore', backup);
      const { replaced } = await ok(fourth, 'restore', backup, '--overwrite');
      if (!isPostgres) expect(statSync(String(replaced)).size).toBeGreaterThan(0);
    });

    it.runIf(isPostgres)('no server starts on what a restore that was cut off has left', async () => {
      const cut = await place('cut');
      const folderOfPrograms = join(folder, 'programs');
      mkdirSync(folderOfPrograms);
      const program = join(folderOfPrograms, 'pg_restore');
      const kills = 'case "$*" in *--dbname=*) kill -9 $PPID ;; esac';
      writeFileSync(program, `#!/bin/sh\nPATH="\${PATH#*:}" pg_restore "$@" || exit\n${kills}\n`);
      chmodSync(program, 0o700);
      const PATH = `${folderOfPrograms}:${process.env.PATH}`;
      expect((await cli(cut, ['restore', backup], KEY, { PATH })).code, 'killed').toBe(null);
      await expect(serve(cut)).rejects.toThrow(/cannot prepare/);
      await ok(cut, 'restore', backup, '--overwrite');
      expect((await (await serve(cut)).signIn(ADA)).cookie).toContain('.ASPXAUTH');
    });

    it.runIf(isPostgres)("another program's tables in the same database are no hindrance", async () => {
      const shared = await place('shared');
      const url = String(shared.databaseUrl);
      await raw(
        url,
        'create schema theirs; create table theirs.things (id text); create table things (id text)',
      );
      await ok(shared, 'restore', backup);
      const both = join(folder, 'both.backup');
      await ok(shared, 'backup', both);
      await ok(shared, 'restore', both, '--overwrite');
    });

    it.runIf(isPostgres)('what PostgreSQL would leave beside the restored is refused', async () => {
      const fifth = await place('fifth');
      const url = String(fifth.databaseUrl);
      await ok(fifth, 'restore', backup);
      await raw(url, 'create table of_a_later_version (id text); create schema other');
      await refused(
        fifth,
        ['restore', backup, '--overwrite'],
        /tables that the backup has not \(of_a_later_v/,
      );
      const elsewhere = { ...fifth, databaseUrl: `${url}?options=-c%20search_path%3Dother` };
      await refused(elsewhere, ['restore', backup], /of the schema public, and this URL leads to other/);
    });

    it('what is no backup, cut short or altered is refused', async () => {
      const empty = await place('empty');
      const bytes = readFileSync(backup);
      const broken = join(folder, 'broken.backup');
      const refuse = async (content: Buffer | string, reason: RegExp) => {
        writeFileSync(broken, content);
        await refused(empty, ['restore', broken], reason);
      };
      await refuse('not a database at all', /is not a backup/);
      await refuse(bytes.subarray(0, Math.floor(bytes.length / 2)), /damaged|pg_restore/);
      if (!isPostgres) await refuse(Buffer.from(bytes).fill(0x5a, 4096 * 3, 4096 * 6), /damaged/);
    });
  },
);
