/**
 * Which requests belong together. Two requests that share a link are of one flow, whoever came first and whichever
 * process served them; a request that no recording is about is kept only when it shares a link with one that is.
 */
import { foldLoginName } from '../login-name.js';
import type { Recording, Step } from './port.js';
import type { TraceFacts } from './trace.js';

/** A finished request, masked, that waits to be kept or dropped. */
export interface Candidate {
  readonly tenantId: string;
  readonly links: readonly string[];
  readonly facts: Readonly<TraceFacts>;
  readonly step: Omit<Step, 'flowId' | 'expiresAt'>;
}

/** Candidates of one flow, with the flows that are kept already and turn out to be the same. */
export interface Group {
  readonly candidates: readonly Candidate[];
  readonly links: readonly string[];
  readonly flowIds: readonly string[];
  /** The recording that is about one of them; of several the one kept longest. */
  readonly recording: Recording | null;
}

/** The recording that is about a request of that instant. */
export function recordingOf(
  recordings: readonly Recording[],
  at: number,
  facts: Readonly<TraceFacts>,
): Recording | null {
  const about = recordings.filter(({ kind, subject, startedAt, endsAt }) => {
    if (at < startedAt || at >= endsAt) return false;
    if (kind === 'app') return facts.appId === subject;
    if (kind === 'user') return facts.userId === subject;
    return (
      facts.clientId !== null && facts.clientId !== undefined && foldLoginName(facts.clientId) === subject
    );
  });
  return longest(about);
}

function longest(recordings: readonly Recording[]): Recording | null {
  return recordings.reduce<Recording | null>(
    (best, next) => (best === null || next.expiresAt > best.expiresAt ? next : best),
    null,
  );
}

/**
 * Sorts candidates into groups by their links.
 *
 * @param known the flow that each link leads to already
 */
export function groupsOf(
  candidates: readonly Candidate[],
  recordings: readonly Recording[],
  known: ReadonlyMap<string, string>,
): Group[] {
  const parent = candidates.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== undefined && parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  const seen = new Map<string, number>();
  for (const [index, { links }] of candidates.entries())
    for (const link of links.flatMap((each) => [
      each,
      ...(known.has(each) ? [`flow ${known.get(each)}`] : []),
    ])) {
      const earlier = seen.get(link);
      if (earlier === undefined) seen.set(link, index);
      else parent[root(index)] = root(earlier);
    }
  const groups = new Map<number, Candidate[]>();
  for (const [index, candidate] of candidates.entries()) {
    const members = groups.get(root(index)) ?? [];
    members.push(candidate);
    groups.set(root(index), members);
  }
  return [...groups.values()].map((members) => groupOf(members, recordings, known));
}

function groupOf(
  candidates: readonly Candidate[],
  recordings: readonly Recording[],
  known: ReadonlyMap<string, string>,
): Group {
  const links = [...new Set(candidates.flatMap((candidate) => candidate.links))];
  const flowIds = new Set(links.flatMap((link) => known.get(link) ?? []));
  const about = candidates.flatMap(
    (candidate) => recordingOf(recordings, candidate.step.at, candidate.facts) ?? [],
  );
  // Ids are made in the order of time: the first is the oldest.
  return { candidates, links, flowIds: [...flowIds].sort(), recording: longest(about) };
}
