/**
 * One measured window: virtual users prepare, visit once, warm up, and then repeat their visit while time, memory and the
 * server's CPU are read. Runs in a process of its own (`worker.mjs`).
 */
import { performance } from 'node:perf_hooks';
import { cpuSeconds } from '../measure/process-tree.mjs';
import { median, percentile } from '../measure/statistics.mjs';
import { openConnection } from './connection.mjs';
import { FLOWS } from './flows.mjs';

/**
 * @typedef {object} WindowOrder
 * @property {string} flow
 * @property {object} target where the server has what
 * @property {number} pid the server's first process; its descendants are counted too
 * @property {number} connections
 * @property {number} warmup seconds at least
 * @property {number} [warmVisits] at least, but for no more than five times those seconds
 * @property {number} seconds at most
 * @property {number} [stock] things to prepare, over all users; the window ends when one user has none left
 * @property {number} [visits] end after so many
 *
 * @param {WindowOrder} order
 */
export async function runWindow(order) {
  const users = Array.from({ length: order.connections }, (_, user) => createUser(order, user));
  await Promise.all(users.map((user) => user.enter()));
  await Promise.all(users.map((user) => new Promise((resolve) => user.visit(resolve))));
  const meter = createMeter(order);
  await meter.run(users);
  for (const user of users) user.close();
  return meter.figures();
}

/** Drives the generators of one flow over one connection. */
function createUser({ flow, target, connections, stock = 0 }, number) {
  const connection = openConnection(new URL(target.url));
  const { enter, make, visit } = FLOWS[flow];
  const share = { user: number, stock: Math.ceil(stock / connections) };
  let state = make?.(target);

  /** Runs a generator to its end; `done` is given its value, or the error it threw. */
  function drive(steps, done) {
    const advance = (answer) => {
      let step;
      try {
        step = steps.next(answer);
      } catch (error) {
        return done(error);
      }
      if (step.done) done(null, step.value);
      else connection.send(step.value, advance);
    };
    advance();
  }

  return {
    enter: () =>
      new Promise((resolve, reject) => {
        if (!enter) return resolve();
        drive(enter(target, share), (error, value) => {
          state = value;
          if (error) reject(error);
          else resolve();
        });
      }),
    visit: (done) => drive(visit(target, state, share), done),
    close: () => connection.close(),
  };
}

/** Opens the window once all is warm, closes it after its time. */
function createMeter({ pid, warmup, warmVisits = 0, seconds, visits = Number.POSITIVE_INFINITY }) {
  const latencies = [];
  const startedAt = performance.now();
  let errors = 0;
  let firstError = null;
  let warm = 0;
  let opened = null;
  let closed = null;

  const read = () => ({ at: performance.now(), cpu: cpuSeconds(pid) });

  function isWarm() {
    const elapsed = (performance.now() - startedAt) / 1000;
    return elapsed >= warmup && (warm >= warmVisits || elapsed >= 5 * warmup);
  }

  function record(error, milliseconds) {
    if (closed) return;
    if (!opened) {
      warm++;
      if (isWarm()) opened = read();
      return;
    }
    if (error) firstError ??= error.message;
    if (error) errors++;
    else latencies.push(milliseconds);
    const isOver = latencies.length + errors >= visits || performance.now() - opened.at >= seconds * 1000;
    if (isOver) close();
  }

  function close() {
    closed ??= read();
    opened ??= closed;
  }

  return {
    run: (users) =>
      new Promise((resolve) => {
        let busy = users.length;
        function leave() {
          close();
          if (--busy === 0) resolve();
        }

        function repeat(user) {
          if (closed) return leave();
          const sentAt = performance.now();
          user.visit((error, value) => {
            if (value === false) return leave();
            record(error, performance.now() - sentAt);
            // A flow that fails without asking anything must let others have their turn.
            if (error) setImmediate(repeat, user);
            else repeat(user);
          });
        }
        for (const user of users) repeat(user);
      }),
    figures() {
      const elapsed = (closed.at - opened.at) / 1000;
      const cpu = closed.cpu - opened.cpu;
      return {
        visits: latencies.length,
        errors,
        firstError,
        seconds: elapsed,
        cpuSeconds: cpu,
        perCpu: latencies.length / cpu,
        perSecond: latencies.length / elapsed,
        p50: median(latencies),
        p99: percentile(latencies, 0.99),
      };
    },
  };
}
