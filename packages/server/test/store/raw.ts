import { DatabaseSync } from '@photostructure/sqlite';
import pg from 'pg';

/** Runs SQL past the program, as whoever works on its database does. */
export async function raw(url: string, statements: string): Promise<void> {
  if (url.startsWith('sqlite:')) {
    const file = new DatabaseSync(url.slice('sqlite:'.length));
    file.exec(statements);
    file.close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statements);
  await client.end();
}
