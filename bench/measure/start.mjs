/** Cold start, from the making of the process to its first 200; and what the process holds while idle. */
import { setTimeout as wait } from 'node:timers/promises';
import { launch } from '../subjects/child.mjs';
import { residentMib } from './process-tree.mjs';

/** Milliseconds after which a process counts as idle. */
const SETTLED = 2000;

/** Prepares the subject's folder once; each call of the answer is one cold start. */
export async function createStarter(kind, folder) {
  await kind.prepare?.(folder);
  const { args, env } = kind.command(folder);
  return async () => {
    const { url, pid, startedAt, stop } = await launch(args, env);
    const response = await fetch(new URL(kind.ready, url));
    if (response.status !== 200) throw new Error(`${kind.ready}: ${response.status}`);
    await response.arrayBuffer();
    const milliseconds = performance.now() - startedAt;
    await wait(SETTLED);
    const idle = residentMib(pid);
    await stop();
    return { milliseconds, idle };
  };
}
