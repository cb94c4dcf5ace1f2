/**
 * Answers of introspection, given again while nothing was signalled that could change them: an API asks about the same
 * token with each call it is sent. Whatever ends a token, or changes a client, an app or a user, is signalled.
 */
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kit/clock.js';
import { keyedDigest } from '../../kit/digest.js';
import type { RunningApp } from '../app-runtime.js';
import type { Directory } from '../directory.js';
import type { RequestContext } from '../request-context.js';
import type { IntrospectRequest } from './introspect.js';

const REMEMBERED = 2_000;
/** Milliseconds. A process that slept may have missed signals, so nothing is remembered for long. */
const LIFE = 60_000;
/** Characters of a request that is worth a digest. */
const LONGEST = 8_192;

interface Remembered {
  readonly json: string;
  readonly sequence: number;
  readonly readAt: number;
  readonly until: number;
}

/** One request, as it may be recognised. Made before anything is read for it. */
export interface Question {
  /** What was answered to the same request from the same source, if it still holds. */
  readonly known: string | null;
  /** @param expiresAt of the token */
  remember(json: string, expiresAt: number): void;
}

export interface IntrospectionMemory {
  /** Null for a request that must be looked at each time. The caller has caught up. */
  question(context: RequestContext, app: RunningApp, request: IntrospectRequest): Question | null;
}

export function createIntrospectionMemory(deps: {
  clock: Clock;
  directory: Pick<Directory, 'sequence'>;
}): IntrospectionMemory {
  const { clock, directory } = deps;
  const key = randomBytes(32);
  const answers = new LRUCache<string, Remembered>({ max: REMEMBERED });

  function holds({ sequence, readAt, until }: Remembered): boolean {
    const now = clock.now();
    return sequence === directory.sequence() && readAt <= now && now < until;
  }

  return {
    question(context, app, request) {
      const asked = JSON.stringify(request.body);
      if (!isRepeatable(context, request) || asked.length > LONGEST) return null;
      const digest = keyedDigest(key, app.id, context.source, request.authorization ?? '', asked);
      const found = answers.get(digest);
      // What is signalled while the answer is made may be missing from it.
      const [sequence, readAt] = [directory.sequence(), clock.now()];
      return {
        known: found && holds(found) ? found.json : null,
        remember: (json, expiresAt) =>
          answers.set(digest, { json, sequence, readAt, until: Math.min(readAt + LIFE, expiresAt) }),
      };
    },
  };
}

/** An assertion or a proof counts once, a bearer is looked at each time, and a recording shows every step. */
function isRepeatable({ trace }: RequestContext, request: IntrospectRequest): boolean {
  const { authorization, body, principal, proved, wantsJwt } = request;
  if (trace || wantsJwt || principal || proved.proof !== undefined) return false;
  return body.client_assertion === undefined && !/^(bearer|dpop)\b/i.test(authorization ?? '');
}
