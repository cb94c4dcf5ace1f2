/** What a backup is read from, by whatever hand it was written: read as it was meant, or refused in one line. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionOf, copiedRows, failureOf, listedTables } from '../../src/store/backup/archive-text.js';
import { backupsOf, writerOf } from '../../src/store/backup/backup.js';
import { sqliteBackups } from '../../src/store/backup/sqlite.js';
import { StoreOpenError } from '../../src/store/errors.js';
import { openStore } from '../../src/store/open.js';
import { damaged, holds, junk, TIME } from '../support/fuzz.js';
import { NOW } from './records.js';

/** The last line, `-- backup of Sallyport, sha256 …, end of backup`, with the line's end before it. */
const SEAL_LENGTH = 112;

/** Properties that nothing but a function is asked for. */
const CHEAP = 10;

let folder: string;
let whole: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-backups-'));
  const url = `sqlite:${join(folder, 'live.db')}`;
  const store = await openStore({ url, clock: { now: () => NOW } });
  await store.close();
  const path = join(folder, 'whole.backup');
  await sqliteBackups.take(url, path, { overwrite: true, spared: [], accept: () => undefined });
  whole = readFileSync(path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function expectRefusal(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreOpenError);
    expect(String(error)).not.toContain('\n');
    return true;
  }
}

/** A value as PostgreSQL's COPY writes it in its text format. */
function copied(value: string | null): string {
  const letters: Record<string, string> = {
    '\b': 'b',
    '\f': 'f',
    '\n': 'n',
    '\r': 'r',
    '\t': 't',
    '\v': 'v',
  };
  return value === null ? '\\N' : value.replace(/[\\\b\f\n\r\t\v]/g, (each) => `\\${letters[each] ?? each}`);
}

const COLUMNS = ['kid', 'sealed_private_key', 'state', 'retire_at'];
const value = fc.oneof(
  junk,
  fc.constantFrom('', '\\.', '\\N', '\n\\.\n', '\\n', ') FROM stdin;\n', 'COPY x (a) FROM stdin;'),
);
const table = fc.integer({ min: 1, max: COLUMNS.length }).chain((width) =>
  fc.record({
    names: fc.constant(COLUMNS.slice(0, width)),
    rows: fc.array(fc.array(fc.option(value), { minLength: width, maxLength: width }), { maxLength: 4 }),
  }),
);

type Table = { names: string[]; rows: (string | null)[][] };
function printed({ names, rows }: Table): string {
  const lines = rows.map((row) => `${row.map(copied).join('\t')}\n`).join('');
  return `--\n-- Data for Name: x\n--\n\nCOPY public.x (${names.join(', ')}) FROM stdin;\n${lines}\\.\n\n\n-- end\n`;
}

describe('what pg_restore prints', { timeout: TIME }, () => {
  test('of a table is read value by value', async () => {
    const rule = (given: Table) => {
      const expected = given.rows.map((row) =>
        Object.fromEntries(
          given.names.map((name, at) => [name, row[at]]).filter(([, each]) => each !== null),
        ),
      );
      expect(copiedRows(printed(given))).toEqual(expected);
    };
    await holds(table, rule, CHEAP);
  });

  test('of a list of contents names every table, and nothing that is none', async () => {
    const name = fc.stringMatching(/^[a-z_]{1,12}$/);
    const kind = fc.constantFrom('TABLE', 'TABLE DATA', 'INDEX', 'SEQUENCE SET', 'CONSTRAINT');
    const entry = fc.record({ kind, schema: name, table: name, owner: name });
    const rule = (entries: { kind: string; schema: string; table: string; owner: string }[]) => {
      const lines = entries.map(
        (each, at) => `${at}; 1259 16${at} ${each.kind} ${each.schema} ${each.table} ${each.owner}`,
      );
      const tables = entries.filter((each) => each.kind === 'TABLE');
      expect(listedTables([';', '; Archive created at x', ';', ...lines].join('\n'))).toEqual(
        tables.map((each) => ({ schema: each.schema, table: each.table })),
      );
    };
    await holds(fc.array(entry, { maxLength: 6 }), rule, CHEAP);
  });

  test('of a failure is told by the line that names the error', () => {
    const said = [
      'pg_restore: while PROCESSING TOC:',
      'pg_restore: error: could not execute query: ERROR:  no such type',
      'Command was: CREATE TABLE x (',
      ');',
    ].join('\n');
    const named = 'pg_restore: error: could not execute query: ERROR:  no such type';
    expect(failureOf('pg_restore', said)).toBe(named);
    expect(failureOf('pg_restore', 'out of memory\n')).toBe('pg_restore: out of memory');
  });

  test('is read without a fault of ours, whatever it is', async () => {
    const rule = (text: string) => {
      for (const row of copiedRows(text))
        for (const each of Object.values(row)) expect(typeof each).toBe('string');
      listedTables(text);
    };
    await holds(fc.oneof(damaged(table.map(printed)), junk), rule, CHEAP);
  });
});

describe('the address of a database', { timeout: TIME }, () => {
  test('is handed on without its password', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const rule = ([user, password]: [string, string]) => {
      const hidden = encodeURIComponent(password);
      const url = `postgres://${user}:${hidden}@db.test:5432/name`;
      expect(connectionOf(url)).toEqual({ shown: `postgres://${user}@db.test:5432/name`, password });
      const asParameter = `postgres://${user}:other@db.test:5432/name?options=-c%20a%3Db&pass%77ord=${hidden}`;
      const shown = `postgres://${user}@db.test:5432/name?options=-c%20a%3Db`;
      expect(connectionOf(asParameter)).toEqual({ shown, password });
    };
    await holds(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), text), rule, CHEAP);
  });

  test('that is none is refused in one line, and none is handed on with a password', async () => {
    const text = fc
      .tuple(
        fc.constantFrom('', 'a', 'a%zz', 'a:b'),
        fc.constantFrom('', '%', '%zz', 'x'),
        fc.constantFrom('', 'h', '[', 'h:99999'),
      )
      .map(([user, password, host]) => `postgres://${user}:${password}@${host}/%zz`);
    const rule = async (url: string) => {
      let shown = 'postgres://refused';
      await expectRefusal(async () => {
        ({ shown } = connectionOf(url));
      });
      expect(new URL(shown)).toMatchObject({ password: '', host: expect.stringMatching(/./) });
    };
    await holds(
      fc.oneof(
        text,
        junk.map((rest) => `postgres:${rest}`),
      ),
      rule,
      CHEAP,
    );
  });
});

describe('a backup file', { timeout: TIME }, () => {
  test('that is whole is read', async () => {
    const path = join(folder, 'whole.backup');
    expect(writerOf(path)).toBe('sqlite');
    const sha256 = createHash('sha256').update(whole.subarray(0, -SEAL_LENGTH)).digest('hex');
    expect(await sqliteBackups.inspect(path)).toMatchObject({ bytes: whole.length, digest: sha256 });
  });

  test('that was altered in one place, cut short or added to is refused', async () => {
    const altered = fc.oneof(
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
        const copy = Buffer.from(whole);
        copy.writeUInt8(copy.readUInt8(at) ^ bits, at);
        return copy;
      }),
      fc
        .nat(whole.length - 1)
        .filter((length) => length !== whole.length - SEAL_LENGTH)
        .map((length) => whole.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 5_000 }).map((more) => Buffer.concat([whole, more])),
    );
    const path = join(folder, 'altered.backup');
    await holds(altered, async (bytes) => {
      writeFileSync(path, bytes);
      expect(await expectRefusal(() => sqliteBackups.inspect(path))).toBe(true);
    });
  });

  test('of a time without seals is read, and known as such', async () => {
    const path = join(folder, 'old.backup');
    writeFileSync(path, whole.subarray(0, -SEAL_LENGTH));
    expect(await sqliteBackups.inspect(path)).toMatchObject({ digest: null });
  });

  test('that is a database with more of it elsewhere is refused', async () => {
    const path = join(folder, 'in-use.db');
    writeFileSync(path, whole.subarray(0, -SEAL_LENGTH));
    writeFileSync(`${path}-wal`, 'more');
    await expect(sqliteBackups.inspect(path)).rejects.toThrow(/a database in use/);
  });

  test('that was damaged is read or refused in one line, and so is any other', async () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    const file = fc.oneof(
      fc
        .tuple(fc.array(change, { maxLength: 30 }), fc.option(fc.nat(whole.length)))
        .map(([changes, length]) => {
          const copy = Buffer.from(whole);
          for (const [at, byte] of changes) copy[at] = byte;
          return length === null ? copy : copy.subarray(0, length);
        }),
      fc
        .uint8Array({ maxLength: 200 })
        .map((bytes) => Buffer.concat([Buffer.from('SQLite format 3\0'), bytes])),
      junk.map((text) => Buffer.from(text)),
    );
    const path = join(folder, 'damaged.backup');
    const backups = await backupsOf('sqlite:x');
    await holds(file, async (bytes) => {
      writeFileSync(path, bytes);
      const isRefused = await expectRefusal(() => backups.inspect(path));
      if (!bytes.equals(whole)) expect(isRefused).toBe(true);
    });
  });
});
