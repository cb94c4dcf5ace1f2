/**
 * LISTEN on a connection of its own. It only makes a process look sooner: a process that hears nothing, because the
 * connection broke, sleeps, or goes through a pooler that passes no notifications on, looks by the clock as before.
 *
 * @see https://www.postgresql.org/docs/current/sql-listen.html
 */
import pg from 'pg';
import type { SignalBell } from '../../core/ports.js';
import type { StoreLogger } from './dialect.js';

/** NOTIFY reaches the sessions of one database alone, so the name need not say which. */
export const CHANNEL = 'sallyport_signals';

/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const KEEP_ALIVE_AFTER = 10_000;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export interface PostgresBell extends SignalBell {
  close(): Promise<void>;
}

function createListener(url: string): pg.Client {
  return new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    application_name: 'sallyport listen',
  });
}

/** A bell for the database at `url`, which connects once somebody wants to hear it, and again whenever it must. */
export function createBell(url: string, logger: StoreLogger): PostgresBell {
  const listeners: (() => void)[] = [];
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  let pause = FIRST_PAUSE;
  let closed = false;

  function ring(): void {
    for (const listener of listeners) listener();
  }

  function lose(lost: pg.Client, error?: Error): void {
    if (lost !== client || closed) return;
    client = null;
    // One line per interruption, not one per attempt.
    if (pause === FIRST_PAUSE)
      logger.warn(
        `news of changes come by polling until the database is back: ${error?.message ?? 'closed'}`,
      );
    void lost.end().catch(() => undefined);
    retry = setTimeout(() => void connect(), pause).unref();
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  async function connect(): Promise<void> {
    const made = createListener(url);
    client = made;
    made.on('error', (error) => lose(made, error));
    made.on('end', () => lose(made));
    made.on('notification', ring);
    try {
      await made.connect();
      await made.query(`listen ${CHANNEL}`);
    } catch (error) {
      return lose(made, error instanceof Error ? error : new Error(String(error)));
    }
    if (client !== made) return;
    pause = FIRST_PAUSE;
    // What was sent while nobody listened was heard by nobody.
    ring();
  }

  return {
    onRing: (listener) => {
      listeners.push(listener);
      if (!client && !closed) void connect();
    },
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
