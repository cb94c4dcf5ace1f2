/** SQLite, WAL, `synchronous=FULL`: all writes of one turn of the event loop share one transaction. */
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * @param {string} file
 * @param {string} schema
 */
export function openGroupWriter(file, schema) {
  const database = new DatabaseSync(file);
  database.exec(`pragma journal_mode=wal; pragma synchronous=full; ${schema}`);
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  let waiting = [];

  function flush() {
    const group = waiting;
    waiting = [];
    begin.run();
    const results = group.map(({ job }) => job());
    commit.run();
    group.forEach(({ resolve }, index) => {
      resolve(results[index]);
    });
  }

  return {
    prepare: (sql) => database.prepare(sql),
    /** Resolves with what `job` answered, once it is durable. */
    write: (job) =>
      new Promise((resolve) => {
        if (waiting.push({ job, resolve }) === 1) setImmediate(flush);
      }),
  };
}
