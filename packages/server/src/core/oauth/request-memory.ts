/**
 * What came of a request, kept for the same request again while nothing was signalled that could change it: programs
 * ask for tokens, and about them, in the same words with each call. Whatever ends a token or a right, or changes a
 * client, an app or a user, is signalled.
 */
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kit/at-most.js';
import type { Clock } from '../../kit/clock.js';
import { nameInMemory } from '../../kit/digest.js';
import { randomToken } from '../../kit/random.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import type { RequestContext } from '../request-context.js';
import type { ClientRequest } from './token.js';

const REMEMBERED = 2_000;
/** Milliseconds. A process that slept may have missed signals, so nothing is remembered for long. */
const LIFE = 60_000;
/** Characters of a request that is worth a digest. */
const LONGEST = 8_192;

/** One request, as it may be recognised. Made before anything is read for it. */
export interface Question<T> {
  /** What came of the same request from the same source, if that still holds. */
  readonly known: T | null;
  /** @param until epoch milliseconds, when it ends without a signal */
  remember(outcome: T, until?: number): void;
}

export interface RequestMemory<T> {
  /** Null for a request that must be looked at each time. The caller has caught up with the signals. */
  question(context: RequestContext, app: RunningApp, request: ClientRequest): Question<T> | null;
}

export interface RequestMemoryDeps {
  clock: Clock;
  directory: Pick<Directory, 'sequence'>;
}

interface Kept<T> {
  readonly outcome: T;
  readonly sequence: number;
  readonly readAt: number;
  readonly until: number;
}

/** A memory of one endpoint. */
export function createRequestMemory<T>({ clock, directory }: RequestMemoryDeps): RequestMemory<T> {
  const secret = randomToken();
  const outcomes = new LRUCache<string, Kept<T>>(atMost(REMEMBERED));

  return {
    question(context, app, request) {
      if (!isRepeatable(context, request)) return null;
      const asked = JSON.stringify(request.body);
      if (asked.length > LONGEST) return null;
      const name = nameInMemory(secret, app.id, context.source, request.authorization ?? '', asked);
      // What is signalled while the outcome is made may be missing from it.
      const [sequence, readAt] = [directory.sequence(), clock.now()];
      const found = outcomes.get(name);
      const holds = found?.sequence === sequence && found.readAt <= readAt && readAt < found.until;
      return {
        known: holds ? found.outcome : null,
        remember: (outcome, until = Number.POSITIVE_INFINITY) =>
          outcomes.set(name, { outcome, sequence, readAt, until: Math.min(readAt + LIFE, until) }),
      };
    },
  };
}

/**
 * An assertion or a proof counts once, a bearer is looked at each time, and a recording shows every step. The caller
 * leaves people's passwords out.
 */
function isRepeatable({ trace }: RequestContext, { authorization, body, proved }: ClientRequest): boolean {
  if (trace || proved.proof !== undefined || body.client_assertion !== undefined) return false;
  return !/^(bearer|dpop)\b/i.test(authorization ?? '');
}
