import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

    function cli(at: Place, args: string[], more: Record<string, string> = {}): Promise<Finished> {
      const env = { SALLYPORT_DATA_DIR: at.dataDir, SALLYPORT_MASTER_KEY: KEY, ...more };
      const database = at.databaseUrl && { SALLYPORT_DATABASE_URL: at.databaseUrl };
      return run(args, { cwd: folder, env: { ...env, ...database } });
    }
    async function ok(at: Place, ...args: string[]): Promise<Record<string, unknown>> {
      const { code, stdout, stderr } = await cli(at, [...args, '--json']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    }
    async function refused(
      at: Place,
      args: string[],
      reason: RegExp,
      more?: Record<string, string>,
    ): Promise<void> {
      const { code, stdout, stderr } = await cli(at, args, more);
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
      await refused(live, ['restore', backup, '--overwrite'], /not the one this backup/, {
        SALLYPORT_MASTER_KEY: 'ab'.repeat(32),
      });
      const fourth = await place('fourth');
      await ok(fourth, 'restore', backup);
      const kept = new Set<unknown>();
      for (const _ of [1, 2, 3]) kept.add((await ok(fourth, 'restore', backup, '--overwrite')).replaced);
      if (isPostgres) return;
      expect(kept.size, 'each under a name of its own, within one second too').toBe(3);
      for (const path of kept) expect(statSync(String(path)).size).toBeGreaterThan(0);
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
      expect((await cli(cut, ['restore', backup], { PATH })).code, 'killed').toBe(null);
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
      for (const at of [200, Math.floor(bytes.length / 3), bytes.length - 200, bytes.length - 50]) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        await refuse(flipped, /broken\.backup is damaged/);
      }
      await refuse(bytes.subarray(0, -1), /is damaged/);
      await refuse(Buffer.concat([bytes, Buffer.from('more')]), /is damaged/);
    });

    it('of a version that wrote no digest is restored, and said to carry none', async () => {
      const bytes = readFileSync(backup);
      const old = join(folder, 'old.backup');
      writeFileSync(old, bytes.subarray(0, bytes.lastIndexOf('\n', -2)));
      const { code, stdout } = await cli(await place('old'), ['restore', old]);
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/carries no digest/) });
      expect((await cli(await place('new'), ['restore', backup])).stdout).not.toMatch(/digest/);
    });

    it('is written over nothing but an older backup', async () => {
      const kept = join(folder, 'kept.backup');
      await ok(live, 'backup', kept);
      const key = join(folder, 'master.key');
      writeFileSync(key, KEY);
      mkdirSync(live.dataDir, { recursive: true });
      const database = isPostgres ? [] : ['sallyport.db', 'sallyport.db-wal', 'sallyport.db-journal'];
      const spared = [key, ...[...database, 'master.key'].map((name) => join(live.dataDir, name))];
      linkSync(key, join(folder, 'second-name'));
      symlinkSync(isPostgres ? key : String(spared[1]), join(folder, 'symlink'));
      for (const path of [...spared, join(folder, 'second-name'), join(folder, 'symlink')])
        await refused(live, ['backup', path, '--overwrite'], /that Sallyport works with/, {
          SALLYPORT_MASTER_KEY: '',
          SALLYPORT_MASTER_KEY_FILE: key,
        });
      const letter = join(folder, 'letter');
      writeFileSync(letter, 'Dear Ada');
      await refused(live, ['backup', letter, '--overwrite'], /letter is not a backup/);
      await refused(live, ['backup', folder, '--overwrite'], /no regular file/);
      expect([readFileSync(key, 'utf8'), readFileSync(letter, 'utf8')]).toEqual([KEY, 'Dear Ada']);
      expect((await ok(live, 'backup', kept, '--overwrite')).file).toBe(kept);
    });

    it('is not kept when the master key is another, and what was there stays', async () => {
      const kept = join(folder, 'kept.backup');
      const before = readFileSync(kept);
      const other = { SALLYPORT_MASTER_KEY: 'ab'.repeat(32) };
      await refused(live, ['backup', kept, '--overwrite'], /not the one this backup/, other);
      await refused(live, ['backup', join(folder, 'another.backup')], /not the one this backup/, other);
      expect(readFileSync(kept).equals(before)).toBe(true);
      expect(readdirSync(folder).filter((name) => /another|partial/.test(name))).toEqual([]);
    });
  },
);
