/** The databases that every test with a store runs over. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe } from 'vitest';

export interface TestDatabase {
  name: 'sqlite' | 'postgres';
  /** An empty database of one's own. */
  open(): Promise<{ url: string; drop(): Promise<void> }>;
}

const sqlite: TestDatabase = {
  name: 'sqlite',
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
    return {
      url: `sqlite:${join(folder, 'sallyport.db')}`,
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function postgresAt(server: string): TestDatabase {
  return {
    name: 'postgres',
    open: async () => {
      const name = `test_${randomBytes(8).toString('hex')}`;
      await onServer(server, `create database ${name}`);
      const url = new URL(server);
      url.pathname = name;
      return {
        url: url.href,
        drop: () => onServer(server, `drop database if exists ${name} with (force)`),
      };
    },
  };
}

const server = process.env.SALLYPORT_TEST_POSTGRES_URL;

/** SQLite, and PostgreSQL where one could be started. */
export const DATABASES: readonly TestDatabase[] = server ? [sqlite, postgresAt(server)] : [sqlite];

/** Describes the same rules once per database. */
export function describeOnEveryDatabase(title: string, rules: (database: TestDatabase) => void): void {
  describe.each(DATABASES.map((database) => ({ database, name: database.name })))(
    `${title} ($name)`,
    ({ database }) => rules(database),
  );
}
