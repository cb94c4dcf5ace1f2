/** What one round of a stage measures on one subject: a window of load on a flow, or something of its own. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './measure/load.mjs';
import { measureMemory } from './measure/memory.mjs';
import { measureNames } from './measure/names.mjs';
import { measurePause } from './measure/pause.mjs';
import { createStarter } from './measure/start.mjs';
import { measureSweep } from './measure/sweep.mjs';
import { run } from './subjects/child.mjs';
import { createSubjects } from './subjects/index.mjs';

const PATTERNS = fileURLToPath(new URL('measure/patterns.mjs', import.meta.url));

/**
 * @param {object} kinds of subjects, by name
 * @param {string} folder of the run
 * @param {ReturnType<import('./options.mjs').readOptions>} options
 */
export function createStages(kinds, folder, options) {
  const subjects = createSubjects(kinds, folder);
  const starters = new Map();
  const { warmup, warmVisits, seconds, stock, tokens } = options;

  const ownStages = {
    async start(name) {
      if (!starters.has(name)) starters.set(name, await createStarter(kinds[name], freshFolder()));
      return starters.get(name)();
    },
    /** On a server that has done nothing else. */
    async memory(name) {
      const alone = createSubjects(kinds, freshFolder());
      try {
        return await measureMemory(await alone.get(name), tokens);
      } finally {
        await alone.stop();
      }
    },
    async sweep(name) {
      const home = freshFolder();
      const alone = createSubjects(kinds, home);
      try {
        const subject = await alone.get(name);
        return await measureSweep(subject, kinds[name].database(join(home, name)), { warmup, seconds });
      } finally {
        await alone.stop();
      }
    },
    async pause(name) {
      return measurePause(await subjects.get(name), { warmup, warmVisits });
    },
    async names(name) {
      return measureNames(await subjects.get(name));
    },
    async patterns(name) {
      return JSON.parse(await run([PATTERNS, name, String(seconds)]));
    },
  };
  const freshFolder = () => mkdtempSync(join(folder, 'alone-'));

  return {
    canRun: (stage, name) => stage === 'patterns' || subjects.canRun(name),
    async measure(stage, name) {
      if (ownStages[stage]) return ownStages[stage](name);
      const subject = await subjects.get(name);
      const order = { flow: stage, warmup, warmVisits: warmVisits * subject.processes, seconds, stock };
      return load(subject, stage === 'lists' ? { ...order, connections: 1 } : order);
    },
    /** Rounds of a stage; memory hardly differs between two, and takes minutes. */
    rounds: (stage) => (stage === 'memory' ? 1 : options.rounds),
    stop: () => subjects.stop(),
  };
}
