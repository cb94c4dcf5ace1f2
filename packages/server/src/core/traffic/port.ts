/** What recorded traffic is kept in. Of a port of its own, because nothing here may hold up a request. */
import type { Page, RecordingKind, StepKind } from '@sallyport/contract';
import type { PageRequest } from '../ports.js';
import type { MaskedExchange } from './mask.js';
import type { TraceNote } from './trace.js';

/** Who and what is recorded, and until when. Instants are epoch milliseconds. */
export interface Recording {
  tenantId: string;
  id: string;
  kind: RecordingKind;
  /** Id of the app or the user, or the client id, folded. */
  subject: string;
  /** For people: the Application ID, the client id, the login name. */
  name: string;
  startedBy: string;
  startedAt: number;
  endsAt: number;
  expiresAt: number;
}

/** The first and the last step, how it stands, and whose it is: what a list shows. */
export interface Flow {
  tenantId: string;
  id: string;
  recordingId: string;
  recordingKind: RecordingKind;
  appId: string | null;
  clientId: string | null;
  userId: string | null;
  userName: string | null;
  startedAt: number;
  updatedAt: number;
  stepCount: number;
  first: StepKind;
  last: StepKind;
  failedStep: string | null;
  truncated: boolean;
  /** Characters kept in all. */
  size: number;
  expiresAt: number;
}

/** What is kept of one request beside the columns it is found by. */
export interface StepData {
  readonly exchange: MaskedExchange;
  readonly notes: readonly TraceNote[];
  /** Types and details of the audit events it left. */
  readonly events: readonly { type: string; detail: string }[];
  readonly duration: number;
  readonly lane: 'browser' | 'client';
}

export interface Step {
  tenantId: string;
  id: string;
  flowId: string;
  at: number;
  kind: StepKind;
  correlationId: string;
  failed: boolean;
  appId: string | null;
  clientId: string | null;
  userId: string | null;
  userName: string | null;
  /** {@link StepData} as JSON, masked. */
  data: string;
  size: number;
  expiresAt: number;
}

export type StepSummary = Omit<Step, 'data'>;

/** What is over its time by `now` is left out, swept or not. */
export interface RecordingPageRequest extends PageRequest {
  kinds: readonly RecordingKind[];
  now: number;
}

export interface FlowPageRequest extends RecordingPageRequest {
  recordingId?: string | undefined;
  appId?: string | undefined;
  failed?: boolean | undefined;
}

/** One transaction that no other transaction of the recorder runs beside. */
export interface TrafficWriter {
  /** The flows that the links lead to. */
  flowsOf(tenantId: string, links: readonly string[]): Promise<Map<string, string>>;
  /** How much a recording holds. */
  usage(tenantId: string, recordingId: string): Promise<{ flows: number; size: number }>;
  findFlow(tenantId: string, id: string): Promise<Flow | null>;
  insertStep(step: Step): Promise<void>;
  putLink(tenantId: string, link: string, flowId: string, expiresAt: number): Promise<void>;
  /** Everything of the flows `from` becomes part of `into`; their own rows go. */
  merge(tenantId: string, from: readonly string[], into: string): Promise<void>;
  steps(tenantId: string, flowId: string): Promise<StepSummary[]>;
  putFlow(flow: Flow, searchText: readonly (string | null)[]): Promise<void>;
}

export interface TrafficStore {
  /** Recordings of every tenant that have not ended by `now`. */
  active(now: number): Promise<Recording[]>;
  recordings(tenantId: string, page: RecordingPageRequest): Promise<Page<Recording>>;
  findRecording(tenantId: string, id: string): Promise<Recording | null>;
  usage(tenantId: string, recordingId: string): Promise<{ flows: number; size: number }>;
  flows(tenantId: string, page: FlowPageRequest): Promise<Page<Flow>>;
  findFlow(tenantId: string, id: string): Promise<Flow | null>;
  /** In the order in which the requests came. */
  steps(tenantId: string, flowId: string): Promise<Step[]>;
  /** The step of that request. */
  findStep(tenantId: string, correlationId: string): Promise<StepSummary | null>;
  /** The flows that the links lead to. */
  flowsOf(tenantId: string, links: readonly string[]): Promise<Map<string, string>>;
  /** Runs `job` in a transaction of its own, apart from those that requests wait for. */
  keep<T>(job: (tx: TrafficWriter) => Promise<T>): Promise<T>;
}
