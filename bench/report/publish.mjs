/** Writes a run where readers look: a page of docs, its picture, and all samples as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { picture } from './picture.mjs';
import { barsTable, figuresTable } from './tables.mjs';

const place = (path) => fileURLToPath(new URL(`../../docs/${path}`, import.meta.url));

/** @typedef {{file: string, title: string, picture: string, introduction: string}} Page */

/** @type {Page} */
export const PERFORMANCE_PAGE = {
  file: 'performance',
  title: 'Performance',
  picture: 'Sallyport beside ceilings and a peer',
  introduction: `- Every server is a process of its own; the load comes from another one, over 32 keep-alive connections. A round
  measures each server of a stage in turn (A B C A B C), so that what the machine does beside disturbs all alike:
  8 s each, after 2 s and 5,000 requests of warm-up for each of its processes (10 s at most).
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
- The removal of expired rows is measured on a server with 400,000 of them: twelve windows of 2 s in the first
  minute, twelve while it removes, and the median p99 of each.
- What a pause costs is the CPU of each introspection in the first half second after 5 s of nothing, of that in half a
  second before.
- Every answer is looked at, and a wrong one counts as an error.
- A large tenant has a page of its own: [growth](growth.md).`,
};

/** @type {Page} */
export const GROWTH_PAGE = {
  file: 'growth',
  title: 'Growth',
  picture: 'Sallyport with a large tenant beside itself with a small one',
  introduction: `- \`sallyport-large\` and \`sallyport-postgres-large\` have a tenant of 1 million users, all of them in one role, 10,000
  apps and 10 million live tokens, or the share of them that the command names; \`sallyport\` and \`sallyport-postgres\`
  one of a few users. All four run as shipped, and are measured in turn, as [performance](performance.md) tells, but in
  more and shorter windows: 2 s each, after half a second and 1,250 requests of warm-up (2.5 s at most).
- The first figure is requests per CPU-second of the large one as a share of the small one. On PostgreSQL it is of
  Sallyport's processes; what the database does is seen in requests per second and p99.
- List pages are first pages of users, apps, roles, the members of the role, audit log and change log, and searches in
  them, asked for by one person.`,
};

/** @param {Page} where */
export function publish(run, where) {
  mkdirSync(place('.'), { recursive: true });
  writeFileSync(place(`${where.file}.md`), page(run, where));
  writeFileSync(place(`${where.file}.svg`), picture(run.bars, where.picture));
  writeFileSync(place(`${where.file}.json`), `${JSON.stringify(run)}\n`);
}

function page({ command, startedAt, minutes, machine, bars, figures }, where) {
  const judged = bars.filter(({ holds }) => holds !== null);
  const held = judged.filter(({ holds }) => holds);
  return `# ${where.title}

\`${command}\` on ${startedAt.slice(0, 10)}, ${minutes} minutes, writes this page. Machine: ${machine.cores} cores
(${machine.model}), ${machine.memoryGib} GiB, Node ${machine.node} on ${machine.platform}; load average at the end
${machine.load}. **${held.length} of ${judged.length} bars hold.**

![${where.picture}](${where.file}.svg)

## How it is measured

${where.introduction}

## Bars

${barsTable(bars)}

## Figures

Medians over the rounds. One request is one visit: authorize with redemption is two, the dance is two.

${figuresTable(figures)}

All samples are in [${where.file}.json](${where.file}.json).
`;
}
