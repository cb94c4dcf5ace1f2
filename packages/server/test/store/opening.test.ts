import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { backupsOf } from '../../src/store/backup/backup.js';
import { CLAIM } from '../../src/store/dialects/postgres.js';
import { claimPlace } from '../../src/store/dialects/sqlite-lock.js';
import { openStore, StoreOpenError } from '../../src/store/open.js';
import { DATABASES, describeOnEveryDatabase } from '../support/databases.js';
import { raw } from './raw.js';
import { insertDirectory, NOW, recordsOf, useStore } from './records.js';

const clock = { now: () => NOW };

/** The one line an opening that must fail is refused with. */
async function refusal(url: string, patience = 0): Promise<string> {
  const error: unknown = await openStore({ url, clock, patience }).then(
    (opened) => opened.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreOpenError)) throw new Error(`not refused with StoreOpenError: ${error}`);
  expect(error.message).not.toContain('\n');
  return error.message;
}

/** What a restore does first; answers how to end it. */
async function claim(url: string): Promise<() => Promise<void>> {
  if (url.startsWith('sqlite:')) {
    const leave = claimPlace(url.slice('sqlite:'.length));
    return async () => leave();
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(CLAIM);
  return () => client.end();
}

describeOnEveryDatabase('opening', (database) => {
  it('three at once prepare one empty database together', async () => {
    const { url, drop } = await database.open();
    const opened = await Promise.all([1, 2, 3].map(() => openStore({ url, clock })));
    await opened[0]?.adminStore.change((tx) => insertDirectory(tx, 't1'));
    for (const one of opened) {
      expect(await one.store.read.users.find('t1', 'ada')).toEqual(recordsOf('t1').user());
      await one.ping();
      await one.close();
    }
    await drop();
  });

  it('finds again what was written before', async () => {
    const { url, drop } = await database.open();
    const first = await openStore({ url, clock });
    await first.adminStore.change((tx) => insertDirectory(tx, 't1'));
    await first.close();
    await first.close();
    const second = await openStore({ url, clock });
    expect(await second.store.read.apps.find('t1', 'app')).toEqual(recordsOf('t1').app());
    expect(await second.integrity()).toEqual([]);
    await second.close();
    await drop();
  });

  it.skipIf(database.name === 'sqlite')(
    'commits to disk though the database is set not to wait',
    async () => {
      const { url, drop } = await database.open();
      await (await openStore({ url, clock })).close();
      await raw(
        url,
        `alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off;
       create table seen (setting text);
       create function see() returns trigger language plpgsql as
         $$ begin insert into seen values (current_setting('synchronous_commit')); return new; end $$;
       create trigger seeing after insert on tenants for each row execute function see();`,
      );
      const opened = await openStore({ url, clock });
      await opened.adminStore.change((tx) => insertDirectory(tx, 't1'));
      await opened.close();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      expect((await client.query('select setting from seen')).rows).toEqual([{ setting: 'on' }]);
      expect((await client.query('show synchronous_commit')).rows, 'for others').toEqual([
        { synchronous_commit: 'off' },
      ]);
      await client.end();
      await drop();
    },
  );

  it('prepares no empty database for whoever asks for an existing one', async () => {
    const { url, drop } = await database.open();
    await expect(openStore({ url, clock, existing: true })).rejects.toThrow(/holds no tenant/);
    await raw(url, 'create table tenants (is_free text)');
    await drop();
  });

  it('refuses a database newer than the program', async () => {
    const { url, drop } = await database.open();
    await (await openStore({ url, clock })).close();
    await raw(url, `insert into sallyport_migration (name, timestamp) values ('0999-later', '')`);
    expect(await refusal(url)).toMatch(/written by a newer Sallyport \(0999-later\)/);
    await drop();
  });

  it('waits for the end of a restore, and refuses what one that was cut off has left', async () => {
    const { url, drop } = await database.open();
    await (await openStore({ url, clock })).close();
    const end = await claim(url);
    let isOpen = false;
    const opening = openStore({ url, clock }).finally(() => {
      isOpen = true;
    });
    await wait(300);
    expect(isOpen).toBe(false);
    await raw(url, 'delete from sallyport_migration');
    await end();
    await expect(opening).rejects.toThrow(/cannot prepare .*a restore was cut off/);
    await drop();
  });

  it('lets no restore begin while it is open', async () => {
    const { url, drop } = await database.open();
    const opened = await openStore({ url, clock });
    const path = join(tmpdir(), `sallyport-opening-${process.pid}.backup`);
    const options = { overwrite: true, spared: [], accept: () => undefined, voidTokens: false, now: NOW };
    const backups = await backupsOf(url);
    await backups.take(url, path, options);
    await expect(backups.restore(url, path, options)).rejects.toThrow(/a server is running/);
    if (database.name === 'sqlite')
      expect(() => claimPlace(url.slice('sqlite:'.length)), 'whatever the file holds').toThrow(/locked/);
    rmSync(path);
    await opened.close();
    await drop();
  });

  it('refuses a database that holds something else', async () => {
    const { url, drop } = await database.open();
    await raw(url, 'create table users (id text)');
    expect(await refusal(url)).toMatch(/cannot prepare .*users/);
    await drop();
  });
});

describe('opening SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-opening-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);

  it('keeps its files to their owner', async () => {
    const opened = await openStore({ url: `sqlite:${at('own/db')}`, clock });
    for (const name of ['own/db', 'own/db-wal', 'own/db-shm'])
      expect((statSync(at(name)).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(at('own')).mode & 0o777).toString(8)).toBe('700');
    await opened.close();
  });

  it('says in one line why it cannot: a folder that cannot be written', async () => {
    writeFileSync(at('file'), '');
    expect(await refusal(`sqlite:${at('file/db')}`)).toMatch(/^cannot write .*file\/db/);
  });

  it('says in one line why it cannot: a file that is no database', async () => {
    writeFileSync(at('text'), 'This is a letter, not a database. '.repeat(100));
    expect(await refusal(`sqlite:${at('text')}`)).toBe(`${at('text')} is not a SQLite database`);
    expect(readFileSync(at('text'), 'utf8')).toContain('a letter');
  });

  it('says in one line why it cannot: a damaged file', async () => {
    await (await openStore({ url: `sqlite:${at('damaged')}`, clock })).close();
    const bytes = readFileSync(at('damaged'));
    writeFileSync(at('damaged'), bytes.fill(0xff, 100, 4_000));
    expect(await refusal(`sqlite:${at('damaged')}`)).toMatch(/is damaged .*restore a backup/);
  });

  it('says in one line why it cannot: memory, and what is no database URL', async () => {
    expect(await refusal('sqlite::memory:')).toMatch(/needs a file/);
    expect(await refusal('mysql://host/db')).toMatch(/neither sqlite: nor postgres/);
  });

  it('works on what a restore has put there meanwhile, and not on what it replaced', async () => {
    await (await openStore({ url: `sqlite:${at('replaced')}`, clock })).close();
    const restored = await openStore({ url: `sqlite:${at('restored')}`, clock });
    await restored.adminStore.change((tx) => insertDirectory(tx, 't1'));
    await restored.close();
    const leave = claimPlace(at('replaced'));
    const opening = openStore({ url: `sqlite:${at('replaced')}`, clock });
    await wait(100);
    renameSync(at('restored'), at('replaced'));
    leave();
    const opened = await opening;
    expect(await opened.store.read.users.find('t1', 'ada')).not.toBeNull();
    await opened.close();
  });

  it('waits, without stopping the process, while another process writes', async () => {
    const url = `sqlite:${at('busy')}`;
    const opened = await openStore({ url, clock });
    await opened.adminStore.change((tx) => insertDirectory(tx, 't1'));
    const other = new DatabaseSync(at('busy'));
    other.exec('begin immediate');
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    setTimeout(() => other.exec('commit'), 300);
    await opened.store.write((tx) => tx.parked.insert(recordsOf('t1').parked()));
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(5);
    other.close();
    await opened.close();
  });

  it('finds orphans and damage when asked', async () => {
    const url = `sqlite:${at('orphans')}`;
    await (await openStore({ url, clock })).close();
    await raw(
      url,
      `pragma foreign_keys=off; insert into role_members (tenant_id, role_id, user_id, login_key) values ('t', 'r', 'u', 'k')`,
    );
    const opened = await openStore({ url, clock });
    expect((await opened.integrity()).join()).toMatch(/role_members: a row refers to a missing row/);
    await opened.close();
  });
});

const postgres = DATABASES.find(({ name }) => name === 'postgres');

describe.skipIf(!postgres)('opening PostgreSQL', () => {
  const nowhere = 'postgres://ada:pa55word@127.0.0.1:9/acme';

  it('gives up in one line without the password, after the time it was given', async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => warnings.push(message) };
    const opening = openStore({ url: nowhere, clock, patience: 500, logger });
    await expect(opening).rejects.toThrow(/^PostgreSQL at 127.0.0.1:9\/acme is not there after 0.5 s/);
    expect(warnings).toHaveLength(1);
    expect(`${warnings} ${await refusal(nowhere)}`).not.toMatch(/pa55word|ada:/);
  });

  it('does not wait for what waiting will not change', async () => {
    if (!postgres) return;
    const { url, drop } = await postgres.open();
    const absent = new URL(url);
    absent.pathname = '/no_such_database';
    expect(await refusal(absent.href, 60_000)).toMatch(/no_such_database/);
    expect(await refusal('postgres://', 60_000)).toMatch(/postgres:\/\//);
    await drop();
  });

  it('waits for a server that comes later', async () => {
    if (!postgres) return;
    const { url, drop } = await postgres.open();
    const { port, hostname } = new URL(url);
    const proxy = createServer((socket) => {
      const upstream = connect(Number(port), hostname);
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on('error', () => {});
    });
    const late = new URL(url);
    late.port = await new Promise<string>((resolve) => {
      proxy.listen(0, '127.0.0.1', () => {
        const address = proxy.address();
        resolve(String(address && typeof address === 'object' ? address.port : 0));
      });
    });
    await new Promise((resolve) => proxy.close(resolve));
    const opening = openStore({ url: late.href, clock, patience: 15_000 });
    setTimeout(() => proxy.listen(Number(late.port), '127.0.0.1'), 700);
    const opened = await opening;
    await opened.ping();
    await opened.close();
    proxy.close();
    await drop();
  });
});

describe.skipIf(!postgres)('a PostgreSQL that restarts', () => {
  if (!postgres) return;
  const context = useStore(postgres);

  it('costs the statements in hand, not the process', async () => {
    const { store } = context.opened;
    const stuck = store.write(async (tx) => {
      await tx.users.find('t1', 'ada');
      await raw(
        context.url,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await tx.parked.insert(recordsOf('t1').parked());
    });
    await expect(stuck).rejects.toThrow(/the database is away/);
    await store.write((tx) => tx.parked.insert(recordsOf('t1').parked()));
    expect(await store.read.parked.find(recordsOf('t1').parked().keyHash)).not.toBeNull();
  });
});
