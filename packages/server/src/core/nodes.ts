/**
 * The processes that serve one database: each says how far it has read the signals, so that whoever changed
 * something can wait until all obey, and name the one that does not.
 */
import { type Clock, sleep } from '../kit/clock.js';
import { newId } from '../kit/random.js';
import type { Directory } from './directory.js';
import type { Store } from './ports.js';

/** Milliseconds: how often a process looks whether it has news, at least says that it is there, and is given up. */
const LOOK_EVERY = 100;
const BEAT_EVERY = 5_000;
const GONE_AFTER = 15_000;
const ASK_EVERY = 50;

export interface Nodes {
  /** Says from now on that this process serves; resolves when it was said. To be called before it serves anything. */
  join(name: string): Promise<void>;
  /** Takes this process off the list. */
  leave(): Promise<void>;
  /** Names of the running processes that have not taken up, within `patience` ms, all that is committed now. */
  laggards(patience?: number): Promise<string[]>;
}

export function createNodes(deps: { store: Store; directory: Directory; clock: Clock }): Nodes {
  const { store, directory, clock } = deps;
  const id = newId();
  let beating: NodeJS.Timeout | undefined;
  let said = { sequence: -1, at: 0 };
  let saying: Promise<void> | null = null;

  async function beat(name: string): Promise<void> {
    const now = { sequence: directory.sequence(), at: clock.now() };
    if (now.sequence === said.sequence && now.at - said.at < BEAT_EVERY) return;
    await store.write((tx) => tx.nodes.beat({ id, name, sequence: now.sequence, seenAt: now.at }));
    said = now;
  }

  /** One at a time: of two transactions the earlier may commit last, and would take back what the later one said. */
  function say(name: string): Promise<void> {
    saying ??= beat(name)
      .catch(() => undefined)
      .finally(() => {
        saying = null;
      });
    return saying;
  }

  return {
    join: (name) => {
      beating = setInterval(() => void say(name), LOOK_EVERY).unref();
      return say(name);
    },
    leave: async () => {
      clearInterval(beating);
      await saying;
      if (beating) await store.write((tx) => tx.nodes.remove(id)).catch(() => undefined);
    },
    laggards: async (patience = 1_000) => {
      await directory.catchUp();
      const wanted = directory.sequence();
      for (let waited = 0; ; waited += ASK_EVERY) {
        const nodes = await store.read.nodes.list(clock.now() - GONE_AFTER);
        // This process has caught up above, whether or not it has said so yet.
        const behind = nodes.filter((node) => node.id !== id && node.sequence < wanted);
        if (behind.length === 0 || waited >= patience) return behind.map((node) => node.name);
        await sleep(ASK_EVERY);
      }
    },
  };
}
