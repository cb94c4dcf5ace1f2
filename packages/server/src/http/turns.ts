/**
 * How many refused calls one source may cause, also in one burst: no more of its requests are under way at once than
 * may still be refused. The others wait for their turn, so a source that is refused nothing only ever waits behind
 * hundreds of its own. Each request is counted before its answer leaves.
 */
import type { Core } from '../core/core.js';
import { attemptSource } from '../core/login/source.js';
import { localityOf, type Sender } from './source.js';

/** A minute, from one source: refusals of who asks, which is what guessing looks like. */
const REFUSALS = 600;
const REFUSED = new Set([401, 403, 421]);
/** Requests of one source that wait for their turn; beyond them it comes too often. */
const MOST_WAITING = 5_000;

export interface Turns {
  /** Under which name a request is counted; null for one that is free. */
  sourceOf(request: Sender): string | null;
  /** Seconds that a source has to wait because too much of what it asked for was refused; 0 while it need not. */
  wait(source: string): number;
  /** Whether a request may go on, at once or when its turn comes. Whoever may calls {@link Turns.leave}. */
  enter(source: string): boolean | Promise<boolean>;
  /** Counts an answer of this status. To be called before the place is given back. */
  count(source: string, status: number): void;
  leave(source: string): void;
}

interface Source {
  underWay: number;
  readonly waiting: ((mayEnter: boolean) => void)[];
}

export function createTurns({ rates, urls }: Pick<Core, 'rates' | 'urls'>, isLimited: boolean): Turns {
  const isLocal = localityOf(urls.publicUrl);
  const sources = new Map<string, Source>();
  const roomOf = (source: string) => rates.room(source, REFUSALS);

  function letIn(source: string, held: Source): void {
    while (held.waiting.length > 0) {
      const room = roomOf(source);
      if (room > 0 && held.underWay >= room) return;
      if (room > 0) held.underWay++;
      held.waiting.shift()?.(room > 0);
    }
    if (held.underWay === 0) sources.delete(source);
  }

  return {
    sourceOf: (request) => (!isLimited || isLocal(request) ? null : `refused ${attemptSource(request.ip)}`),
    wait: (source) => rates.look(source, REFUSALS),
    enter(source) {
      const room = roomOf(source);
      if (room === 0) return false;
      const held = sources.get(source) ?? { underWay: 0, waiting: [] };
      sources.set(source, held);
      if (held.underWay < room) {
        held.underWay++;
        return true;
      }
      if (held.waiting.length >= MOST_WAITING) return false;
      return new Promise((resolve) => held.waiting.push(resolve));
    },
    count(source, status) {
      if (REFUSED.has(status)) rates.hit(source, REFUSALS);
    },
    leave(source) {
      const held = sources.get(source);
      if (!held) return;
      held.underWay--;
      letIn(source, held);
    },
  };
}
