/** Writes a run where readers look: docs/performance.md, its picture, and all samples as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { picture } from './picture.mjs';
import { barsTable, figuresTable } from './tables.mjs';

const place = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export function publish(run) {
  mkdirSync(place('docs'), { recursive: true });
  writeFileSync(place('docs/performance.md'), page(run));
  writeFileSync(place('docs/performance.svg'), picture(run.bars));
  writeFileSync(place('docs/performance.json'), `${JSON.stringify(run)}\n`);
}

function page({ command, startedAt, minutes, machine, bars, figures }) {
  const judged = bars.filter(({ holds }) => holds !== null);
  const held = judged.filter(({ holds }) => holds);
  return `# Performance

\`${command}\` on ${startedAt.slice(0, 10)}, ${minutes} minutes, writes this page. Machine: ${machine.cores} cores
(${machine.model}), ${machine.memoryGib} GiB, Node ${machine.node} on ${machine.platform}; load average at the end
${machine.load}. **${held.length} of ${judged.length} bars hold.**

![Sallyport beside ceilings and a peer](performance.svg)

## How it is measured

- Every server is a process of its own; the load comes from another one, over 32 keep-alive connections. A round
  measures each server of a stage in turn (A B C A B C), so that what the machine does beside disturbs all alike:
  8 s each, after 2 s and 5,000 requests of warm-up (10 s at most).
- The first figure is requests per CPU-second of the server, all its processes and threads. A ratio is the median of
  the rounds' ratios; the spread is the lowest and the highest of them. Compare nothing between two runs, and
  wall clock and p99 only where the load average shows that nothing else ran.
- Sallyport runs as shipped: SQLite in WAL mode with \`synchronous=FULL\`, audit log and all checks on, one process.
  The client's secret is one that a person chose, stored as argon2id.
- \`bare-sync\` and \`bare-async\` are \`node:http\` answering one RS256 JWT, signed in the event loop or on the thread
  pool, and nothing else; \`bare-async-2\` the same in two processes, \`fastify-async\` on Fastify. \`bare-group-full\` is
  \`node:http\` over SQLite with \`synchronous=FULL\`: all writes of one turn of the event loop share one commit. They are
  what the machine could do.
- \`oidc-memory\`, \`oidc-sqlite\` and \`oidc-sqlite-full\` are oidc-provider with its memory adapter, and with a SQLite
  adapter of one table and prepared statements, \`synchronous=NORMAL\` and \`FULL\`.
- Every answer is looked at, and a wrong one counts as an error.

## Bars

${barsTable(bars)}

## Figures

Medians over the rounds. One request is one visit: authorize with redemption is two, the dance is two.

${figuresTable(figures)}

All samples are in [performance.json](performance.json).
`;
}
