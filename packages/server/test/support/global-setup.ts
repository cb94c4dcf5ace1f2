/** Once per test run: a PostgreSQL for every test that wants a database. */
import { startPostgres } from './postgres.js';

/** Where tests find the server's URL; set beforehand, it names a server to use instead. */
const VARIABLE = 'SALLYPORT_TEST_POSTGRES_URL';

/** Starts the server, unless one is named or another project of this run has started one; answers how to stop it. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[VARIABLE] !== undefined) return undefined;
  try {
    const { url, stop } = await startPostgres();
    process.env[VARIABLE] = url;
    return stop;
  } catch (error) {
    process.env[VARIABLE] = '';
    process.stdout.write(`SKIPPED PostgreSQL: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}
