/**
 * What one request learns of itself on its way: the checks it passed, what was decided, and the ids it shares with
 * other requests of the same flow. It hangs on the request's context while something is recorded, and is absent
 * otherwise, so that every note costs a look at an absent property.
 */
import type { CheckOutcome, TrafficCheckName } from '@sallyport/contract';
import type { AuditEvent } from '../model.js';

/**
 * What two requests of one flow have in common: an authorization request that waits (the hash of its key), a login
 * (the hash of its id), a sign-in (session and instant), a session used by a program, a grant, a token without one.
 */
export type LinkKind = 'parked' | 'login' | 'signIn' | 'session' | 'grant' | 'token';

export interface TraceNote {
  readonly check: TrafficCheckName;
  readonly outcome: CheckOutcome;
  /** Never a secret. */
  readonly detail: string;
}

/** By what a recording recognises its requests. */
export interface TraceFacts {
  appId?: string | null;
  clientId?: string | null;
  userId?: string | null;
  userName?: string | null;
}

export interface Trace {
  passed(check: TrafficCheckName, detail?: string): void;
  /** Something must come first: a sign-in, consent, one more challenge. */
  needs(check: TrafficCheckName, detail: string): void;
  /** What came of it, in the words of the audit log. */
  decided(event: AuditEvent): void;
  about(facts: TraceFacts): void;
  link(kind: LinkKind, id: string): void;
  readonly notes: readonly TraceNote[];
  readonly events: readonly AuditEvent[];
  readonly facts: Readonly<TraceFacts>;
  readonly links: ReadonlySet<string>;
}

/** More notes than any request makes. */
const MOST_NOTES = 60;
const LONGEST_DETAIL = 500;

export function createTrace(): Trace {
  const notes: TraceNote[] = [];
  const events: AuditEvent[] = [];
  const links = new Set<string>();
  const facts: TraceFacts = {};

  function about(more: TraceFacts): void {
    for (const key of ['appId', 'clientId', 'userId', 'userName'] as const) facts[key] ??= more[key] ?? null;
  }

  function note(check: TrafficCheckName, outcome: CheckOutcome, detail: string): void {
    if (notes.length < MOST_NOTES) notes.push({ check, outcome, detail: detail.slice(0, LONGEST_DETAIL) });
  }

  return {
    passed: (check, detail = '') => note(check, 'passed', detail),
    needs: (check, detail) => note(check, 'needed', detail),
    decided: (event) => {
      if (events.some(({ id }) => id === event.id)) return;
      events.push(event);
      about(event);
    },
    about,
    link: (kind, id) => links.add(`${kind}:${id}`),
    ...{ notes, events, facts, links },
  };
}
