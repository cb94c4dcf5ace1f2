// Measures Sallyport beside ceilings and a peer, interleaved, and prints every bar as a ratio. See docs/performance.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareAll, summarize } from './compare.mjs';
import { describeMachine } from './measure/machine.mjs';
import { readOptions } from './options.mjs';
import { GROWTH_PAGE, PERFORMANCE_PAGE, publish } from './report/publish.mjs';
import { barsTable, figuresTable, print } from './report/tables.mjs';
import { subjectsOf } from './rows.mjs';
import { createStages } from './stages.mjs';
import { subjectKinds } from './subjects/index.mjs';
import { startPostgres } from './subjects/postgres.mjs';

const options = readOptions(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const postgres = await findPostgres();
const stages = createStages(
  subjectKinds({ databaseUrl: postgres?.url, scale: options.scale }),
  folder,
  options,
);

try {
  const startedAt = new Date();
  const samples = [];
  for (const stage of options.stages) samples.push(...(await runStage(stage)));
  const run = {
    command: options.command,
    startedAt: startedAt.toISOString(),
    minutes: Math.round((Date.now() - startedAt.getTime()) / 60_000),
    machine: describeMachine(),
    bars: compareAll(options.bars, samples),
    figures: summarize(samples),
    samples,
  };
  print(`\n${barsTable(run.bars)}\n\n${figuresTable(run.figures)}\n`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
  if (options.publish) publish(run, options.scale > 0 ? GROWTH_PAGE : PERFORMANCE_PAGE);
} finally {
  await stages.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function findPostgres() {
  try {
    return await startPostgres(folder);
  } catch (error) {
    print(`SKIPPED PostgreSQL: ${error.message.split('\n')[0]}`);
    return null;
  }
}

/** A B C A B C …: what the machine does beside disturbs all alike. */
async function runStage(stage) {
  const names = subjectsOf(stage, options.bars).filter((name) => stages.canRun(stage, name));
  const samples = [];
  for (let round = 1; round <= stages.rounds(stage); round++)
    for (const subject of names) {
      const figures = await stages.measure(stage, subject);
      samples.push({ stage, subject, round, load: loadavg()[0], figures });
      print(`${stage} ${subject}, round ${round}: ${brief(figures)}`);
    }
  return samples;
}

function brief(figures) {
  return Object.entries(figures)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
}
