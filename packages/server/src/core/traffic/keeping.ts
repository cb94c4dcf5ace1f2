/** Writes a group of requests down as part of its flow, within the bounds of flow and recording. */
import type { StepKind } from '@sallyport/contract';
import { newId } from '../../kit/random.js';
import type { Group } from './grouping.js';
import type { Flow, Recording, StepSummary, TrafficWriter } from './port.js';

/** Steps and characters that one flow keeps, flows and characters that one recording keeps. */
export const MOST_STEPS = 200;
const FLOW_SIZE = 2_000_000;
export const MOST_FLOWS = 1_000;
const RECORDING_SIZE = 64_000_000;

export function isFull({ flows, size }: { flows: number; size: number }): boolean {
  return flows >= MOST_FLOWS || size >= RECORDING_SIZE;
}

/** To which recording and until when: what a flow inherits. */
type Home = Pick<Flow, 'recordingId' | 'recordingKind' | 'expiresAt'>;

/** True when the group is dealt with: kept, or refused for want of room. False when nothing says that it be kept. */
export async function keepGroup(tx: TrafficWriter, tenantId: string, group: Group): Promise<boolean> {
  const [first, ...others] = group.flowIds;
  const present = first === undefined ? null : await tx.findFlow(tenantId, first);
  const home = homeOf(present, group.recording);
  if (!home) return false;
  const usage = await tx.usage(tenantId, home.recordingId);
  if (isFull(usage) && (present === null || usage.size >= RECORDING_SIZE)) return true;

  const flowId = present?.id ?? newId();
  if (others.length > 0) await tx.merge(tenantId, others, flowId);
  const before = present ? await tx.steps(tenantId, flowId) : [];
  const room = MOST_STEPS - before.length;
  let size = before.reduce((sum, step) => sum + step.size, 0);
  let truncated = present?.truncated ?? false;
  for (const [index, { step }] of group.candidates.entries()) {
    size += step.size;
    if (index >= room || size > FLOW_SIZE) truncated = true;
    else await tx.insertStep({ ...step, flowId, expiresAt: home.expiresAt });
  }
  for (const link of group.links) await tx.putLink(tenantId, link, flowId, home.expiresAt);

  const flow = summaryOf(await tx.steps(tenantId, flowId), { ...home, tenantId, id: flowId, truncated });
  if (flow) await tx.putFlow(flow, [flow.userName, flow.clientId, ...group.candidates.map(wordsOf)]);
  return true;
}

function wordsOf({ step }: Group['candidates'][number]): string {
  return step.correlationId;
}

function homeOf(present: Flow | null, recording: Recording | null): Home | null {
  if (present && (!recording || recording.expiresAt <= present.expiresAt)) return present;
  if (!recording) return null;
  const { id: recordingId, kind: recordingKind, expiresAt } = recording;
  return { recordingId, recordingKind, expiresAt };
}

function summaryOf(
  steps: readonly StepSummary[],
  {
    tenantId,
    id,
    truncated,
    recordingId,
    recordingKind,
    expiresAt,
  }: Home & Pick<Flow, 'tenantId' | 'id' | 'truncated'>,
): Flow | null {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return null;
  const firstOf = <Key extends 'appId' | 'clientId' | 'userId' | 'userName'>(key: Key) =>
    steps.find((step) => step[key] !== null)?.[key] ?? null;
  return {
    ...{ tenantId, id, truncated, recordingId, recordingKind, expiresAt },
    appId: firstOf('appId'),
    clientId: firstOf('clientId'),
    userId: firstOf('userId'),
    userName: firstOf('userName'),
    startedAt: first.at,
    updatedAt: last.at,
    stepCount: steps.length,
    first: first.kind,
    last: last.kind,
    failedStep: failedStep(steps),
    size: steps.reduce((sum, step) => sum + step.size, 0),
  };
}

/** Kinds of which each request stands for itself: a later one that goes well mends nothing. */
const ALONE: readonly StepKind[] = ['call', 'userinfo', 'introspect'];

/** The last step that failed and was not mended by a later one of its kind. */
function failedStep(steps: readonly StepSummary[]): string | null {
  const isMended = ({ kind }: StepSummary, index: number) =>
    !ALONE.includes(kind) && steps.slice(index).some((later) => later.kind === kind && !later.failed);
  const failed = steps.findLast((step, index) => step.failed && !isMended(step, index));
  return failed?.id ?? null;
}
