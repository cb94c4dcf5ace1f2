/** Figures of the process and of the database behind it, for `/metrics`. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './kit/metrics.js';
import type { Passwords } from './kit/passwords.js';
import type { OpenStore } from './store/open.js';

/** Microseconds in a second. */
const MICRO = 1e6;
/** Nanoseconds in a second. */
const NANO = 1e9;

export function watchProcess(metrics: Metrics, deps: { passwords: Passwords; store: OpenStore }): void {
  const { passwords, store } = deps;
  const counter = { type: 'counter' } as const;
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  metrics.gauge(
    'process_cpu_seconds_total',
    'CPU time, user and system.',
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / MICRO;
    },
    counter,
  );
  metrics.gauge('sallyport_uptime_seconds', 'Since the start of the oldest process.', process.uptime, {
    merge: 'max',
  });
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  metrics.gauge(
    'sallyport_event_loop_delay_p99_seconds',
    'The 99th percentile of the event loop delay since the last scrape.',
    () => {
      const p99 = delay.percentile(99) / NANO;
      delay.reset();
      return p99;
    },
    { merge: 'max' },
  );
  metrics.gauge('sallyport_hashes_waiting', 'Passwords that wait to be checked.', passwords.waiting);
  metrics.gauge('sallyport_writes_waiting', 'Writes that wait for a transaction.', store.waiting);
  metrics.gauge('sallyport_database_bytes', 'Size of the database.', () => store.bytes(), { merge: 'max' });
  metrics.gauge(
    'sallyport_database_up',
    'Whether the database answers.',
    () =>
      store.ping().then(
        () => 1,
        () => 0,
      ),
    { merge: 'max' },
  );
}
