/** Recorded traffic as the API has it. */
import {
  Explanation,
  HttpArchive,
  Recording,
  type RecordingInput,
  type RecordingKind,
  TrafficFlow,
  TrafficFlowDetail,
} from '@sallyport/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, path } from '../../api.js';
import type { ListQuery } from '../../ui/data-list.js';

/** Milliseconds between two looks at what is going on now. */
export const LIVE = 2_000;

export const recordingsQuery = queryOptions({
  queryKey: ['traffic', 'recordings'],
  queryFn: () => api.list('/traffic/recordings', Recording, { limit: 50 }),
  refetchInterval: LIVE,
});

export function startRecording(input: RecordingInput): Promise<Recording> {
  return api.write('POST', '/traffic/recordings', Recording, input).then(({ value }) => value);
}

export function stopRecording(id: string): Promise<void> {
  return api.act('POST', `/traffic/recordings${path(id)}/stop`);
}

export function deleteRecording(id: string): Promise<void> {
  return api.act('DELETE', `/traffic/recordings${path(id)}`);
}

export interface FlowFilter {
  recording?: string | undefined;
  applicationId?: string | undefined;
  failed?: 'true' | undefined;
}

/** Newest first. */
export const loadFlows = (filter: FlowFilter, query: ListQuery) =>
  api.page('/traffic/flows', TrafficFlow, { ...query, ...filter });

export const flowQuery = (id: string) =>
  queryOptions({
    queryKey: ['traffic', 'flow', id],
    queryFn: () => api.get(`/traffic/flows${path(id)}`, TrafficFlowDetail),
    refetchInterval: LIVE,
  });

/** The newest flow of an app, if any was recorded. */
export const latestFlowQuery = (applicationId: string) =>
  queryOptions({
    queryKey: ['traffic', 'latest', applicationId],
    queryFn: async () => (await loadFlows({ applicationId }, { limit: 1 })).items[0] ?? null,
    refetchInterval: LIVE,
  });

export const explanationQuery = (reference: string) =>
  queryOptions({
    queryKey: ['traffic', 'explanation', reference],
    queryFn: () => api.get(`/traffic/explanations${path(reference)}`, Explanation),
  });

/** Saves the flow as a file for any traffic viewer. */
export async function exportArchive(id: string): Promise<void> {
  const archive = await api.get(`/traffic/flows${path(id)}/har`, HttpArchive);
  const blob = new Blob([JSON.stringify(archive, null, 2)], { type: 'application/json' });
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: url, download: `${id}.har` }).click();
  URL.revokeObjectURL(url);
}

export const RIGHT_TO_RECORD = {
  app: 'Application Management',
  client: 'Application Management',
  user: 'User Management',
} as const satisfies Record<RecordingKind, string>;
