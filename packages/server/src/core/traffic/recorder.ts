/**
 * Recording the traffic of an app, a client or a user. Owns what is recorded now, the requests that wait to be kept,
 * and which of them belong together; leaves the masking to `mask.ts`, the reading to `admin/traffic.ts`, and the
 * looking at requests to one hook of the edge. Nothing here is waited for: what cannot be kept is dropped.
 */
import type { StepKind } from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import type { Directory } from '../directory.js';
import { type Candidate, groupsOf, recordingOf } from './grouping.js';
import { keepGroup } from './keeping.js';
import { type Exchange, maskExchange } from './mask.js';
import type { Recording, StepData, TrafficStore } from './port.js';
import { createTrace, type Trace } from './trace.js';

/** Milliseconds: from a finished request to its being kept, and between two looks at those that wait for others. */
const KEEP_AFTER = 150;
const LOOK_EVERY = 1_000;
/** A request that nothing was recorded with by then is none of ours: a login has ended, or was never about us. */
const WAIT_AT_MOST = 15 * 60_000;
/** What may wait, in requests and in characters. */
const MOST_WAITING = 1_000;
const WAITING_SIZE = 8_000_000;
/** Milliseconds after its end in which a recording still takes in what had begun before. */
const LATE = 60_000;

/** A finished request as the edge hands it in. */
export interface Finished {
  readonly kind: StepKind;
  readonly lane: StepData['lane'];
  readonly correlationId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly duration: number;
  readonly failed: boolean;
  readonly exchange: Exchange;
}

export interface TrafficRecorder {
  /** A trace for a request of the tenant; null while nothing is recorded there. */
  open(tenantId: string): Trace | null;
  /** Takes a finished request, masked at once. Never waits, never throws. */
  close(tenantId: string, trace: Trace, finished: Finished): void;
  /** Resolves once this process records by the changes it has heard of. */
  settled(): Promise<void>;
  /** Keeps what can be kept of what waits. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export async function openTrafficRecorder(deps: {
  store: TrafficStore;
  directory: Pick<Directory, 'onRecordingsChanged'>;
  clock: Clock;
}): Promise<TrafficRecorder> {
  const { store, directory, clock } = deps;
  let active = new Map<string, Recording[]>();
  let waiting: Candidate[] = [];
  let waitingSize = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();
  let reading: Promise<void> = Promise.resolve();
  let stopped = false;

  /** What ended a moment ago still counts for requests that came before its end. */
  async function readActive(): Promise<void> {
    const found = new Map<string, Recording[]>();
    for (const recording of await store.active(clock.now() - LATE))
      found.set(recording.tenantId, [...(found.get(recording.tenantId) ?? []), recording]);
    active = found;
  }

  function recordingsOf(tenantId: string): readonly Recording[] {
    return active.get(tenantId) ?? [];
  }

  async function keepOf(tenantId: string, candidates: readonly Candidate[]): Promise<Set<Candidate>> {
    const recordings = recordingsOf(tenantId);
    const links = [...new Set(candidates.flatMap((candidate) => candidate.links))];
    const groups = groupsOf(candidates, recordings, await store.flowsOf(tenantId, links));
    if (!groups.some(({ recording, flowIds }) => recording || flowIds.length > 0)) return new Set();
    return store.keep(async (tx) => {
      const known = await tx.flowsOf(tenantId, links);
      const done = new Set<Candidate>();
      for (const group of groupsOf(candidates, recordings, known))
        if (await keepGroup(tx, tenantId, group))
          for (const candidate of group.candidates) done.add(candidate);
      return done;
    });
  }

  async function flushNow(): Promise<void> {
    const taken = waiting;
    if (taken.length === 0) return;
    const done = new Set<Candidate>();
    for (const tenantId of new Set(taken.map((candidate) => candidate.tenantId))) {
      const ofTenant = taken.filter((candidate) => candidate.tenantId === tenantId);
      for (const candidate of await keepOf(tenantId, ofTenant)) done.add(candidate);
    }
    const oldest = clock.now() - WAIT_AT_MOST;
    const remain = (candidate: Candidate) =>
      !done.has(candidate) && candidate.step.at > oldest && recordingsOf(candidate.tenantId).length > 0;
    waiting = waiting.filter(remain);
    waitingSize = waiting.reduce((sum, { step }) => sum + step.size, 0);
  }

  function flush(): Promise<void> {
    flushing = flushing
      .catch(() => undefined)
      .then(flushNow)
      .catch(() => undefined);
    return flushing;
  }

  function arm(delay: number): void {
    if (timer || stopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      void flush().then(() => {
        if (waiting.length > 0) arm(LOOK_EVERY);
      });
    }, delay).unref();
  }

  function makeRoom(): void {
    while (waiting.length > MOST_WAITING || waitingSize > WAITING_SIZE) {
      const dropped = waiting.shift();
      waitingSize -= dropped?.step.size ?? waitingSize;
    }
  }

  await readActive();
  directory.onRecordingsChanged(() => {
    reading = reading.then(readActive).catch(() => undefined);
  });

  return {
    open(tenantId) {
      if (active.size === 0) return null;
      const now = clock.now();
      return recordingsOf(tenantId).some(({ endsAt }) => endsAt > now) ? createTrace() : null;
    },
    close(tenantId, trace, finished) {
      if (trace.links.size === 0 && !recordingOf(recordingsOf(tenantId), finished.startedAt, trace.facts))
        return;
      const candidate = candidateOf(tenantId, trace, finished);
      waiting.push(candidate);
      waitingSize += candidate.step.size;
      makeRoom();
      arm(KEEP_AFTER);
    },
    settled: () => reading,
    flush,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await flush();
    },
  };
}

function candidateOf(
  tenantId: string,
  { facts, links, notes, events }: Trace,
  finished: Finished,
): Candidate {
  const { kind, lane, correlationId, startedAt, duration, failed, exchange } = finished;
  const data: StepData = {
    exchange: maskExchange(exchange),
    notes,
    events: events.map(({ type, detail }) => ({ type, detail })),
    ...{ duration, lane },
  };
  const text = JSON.stringify(data);
  const { appId = null, clientId = null, userId = null, userName = null } = facts;
  return {
    tenantId,
    links: [...links],
    facts: { ...facts },
    step: {
      ...{ tenantId, kind, correlationId, failed, appId, clientId, userId, userName },
      id: newId(),
      at: startedAt,
      data: text,
      size: text.length,
    },
  };
}
