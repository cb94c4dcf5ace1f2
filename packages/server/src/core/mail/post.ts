import type { Clock } from '../../kit/clock.js';
import type { AttemptKey, Store } from '../ports.js';
import type { RequestContext } from '../request-context.js';
import type { Channel, Message, Messenger } from './messenger.js';

/** Messages that a person may be sent in quick succession; after them the pause doubles. */
const ROOM = 5;
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 15 * 60_000;
/** After so long without one, a person has all the room again. */
const FORGOTTEN = 60 * 60_000;

/** Messages that an outsider can cause: limited per person, so that nobody's mailbox or telephone is flooded. */
export interface Post {
  reaches(channel: Channel): boolean;
  /**
   * Sends unless the person was sent too many lately. Null stands for a message to nobody: it costs the same, and
   * the caller's answer must not depend on any of it.
   */
  send(context: RequestContext, loginKey: string, channel: Channel, message: Message | null): Promise<void>;
}

export function createPost(deps: { store: Store; clock: Clock; messenger: Messenger }): Post {
  const { store, clock, messenger } = deps;

  /** Takes one place, if there is one. Kept beside failed attempts, under a source that no address is. */
  function takePlace(key: AttemptKey): Promise<boolean> {
    return store.write(async (tx) => {
      const now = clock.now();
      const row = await tx.attempts.lock(key);
      if (row.slowedUntil > now) return false;
      const sent = (now - row.pendingAt > FORGOTTEN ? 0 : row.failures) + 1;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(sent - ROOM, 20));
      const slowedUntil = sent < ROOM ? 0 : now + pause;
      await tx.attempts.save({ ...row, failures: sent, pendingAt: now, slowedUntil });
      return true;
    });
  }

  return {
    reaches: (channel) => messenger.channels.has(channel),
    async send({ tenant }, loginKey, channel, message) {
      const isDue = await takePlace({ tenantId: tenant.id, loginKey, source: `post ${channel}` });
      if (isDue && message) messenger.send(channel, message);
    },
  };
}
