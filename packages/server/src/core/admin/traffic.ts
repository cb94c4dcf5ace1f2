/** Recorded traffic, as administrators switch it on, read it and share it. */
import {
  type Explanation,
  type FlowQuery,
  type HttpArchive,
  lifetimeSeconds,
  type Page,
  type Recording,
  type RecordingInput,
  type RecordingKind,
  type TrafficFlow,
  type TrafficFlowDetail,
} from '@sallyport/contract';
import type { Clock } from '../../kit/clock.js';
import { newId } from '../../kit/random.js';
import type { Directory } from '../directory.js';
import { AdminError } from '../errors.js';
import { foldLoginName } from '../login-name.js';
import type * as model from '../model.js';
import type { PageRequest, Reader, Store } from '../ports.js';
import { explain } from '../traffic/explain.js';
import { isFull } from '../traffic/keeping.js';
import type * as kept from '../traffic/port.js';
import type { TrafficRecorder } from '../traffic/recorder.js';
import { archiveOf, checkView, flowView, remedyOf, type StepNames, stepView } from '../traffic/views.js';
import type { Urls } from '../urls.js';
import { getApp } from './apps.js';
import {
  type Administrator,
  administer,
  authorize,
  mayDo,
  type Operation,
  requireAbove,
} from './authority.js';
import type { ChangeLog } from './change-log.js';
import { getUser } from './users.js';
import { eventView } from './views.js';

type Tenant = Pick<model.Tenant, 'id'>;

/** Every function throws `AdminError`. */
export interface TrafficAdmin {
  /** Newest first, of the kinds that `by` may see. */
  recordings(tenant: Tenant, by: Administrator, page: PageRequest): Promise<Page<Recording>>;
  /** Switches recording on; every process records within a second. Nobody records a user above themselves. */
  start(tenant: Tenant, by: Administrator, input: RecordingInput): Promise<Recording>;
  /** Ends it now; what was recorded stays for its time. */
  stop(tenant: Tenant, by: Administrator, id: string): Promise<Recording>;
  /** Ends it now, and removes what was recorded. */
  remove(tenant: Tenant, by: Administrator, id: string): Promise<void>;
  flows(tenant: Tenant, by: Administrator, query: FlowQuery): Promise<Page<TrafficFlow>>;
  flow(tenant: Tenant, by: Administrator, id: string): Promise<TrafficFlowDetail>;
  archive(tenant: Tenant, by: Administrator, id: string, version: string): Promise<HttpArchive>;
  /** What is known of one request, recorded or not. */
  explain(tenant: Tenant, by: Administrator, correlationId: string): Promise<Explanation>;
}

const READ: Record<RecordingKind, Operation> = {
  app: 'read app traffic',
  client: 'read app traffic',
  user: 'read user traffic',
};
const WRITE: Record<RecordingKind, Operation> = {
  app: 'write app traffic',
  client: 'write app traffic',
  user: 'write user traffic',
};
const KINDS = Object.keys(READ) as RecordingKind[];

/** Recordings that may run at once in a tenant. */
const MOST_ACTIVE = 20;

export function createTrafficAdmin(deps: {
  store: Pick<Store, 'read'>;
  traffic: Pick<TrafficRecorder, 'settled'>;
  trafficStore: kept.TrafficStore;
  changeLog: ChangeLog;
  directory: Pick<Directory, 'appById'>;
  clock: Clock;
  urls: Urls;
}): TrafficAdmin {
  const { store, traffic, trafficStore, changeLog, directory, clock, urls } = deps;

  async function namesFor(tenantId: string, appIds: readonly (string | null)[]): Promise<StepNames> {
    const ids = new Set(appIds.filter((id) => id !== null));
    const apps = await Promise.all([...ids].map((id) => directory.appById(tenantId, id)));
    const names = new Map(apps.flatMap((app) => (app ? [[app.id, app.applicationId] as const] : [])));
    return { applicationId: (id) => names.get(id) ?? null };
  }

  /** What is over its time is gone, swept or not. */
  function isThere<T extends { expiresAt: number }>(kept: T | null): kept is T {
    return kept !== null && kept.expiresAt > clock.now();
  }

  async function recordingView(recording: kept.Recording): Promise<Recording> {
    const usage = await trafficStore.usage(recording.tenantId, recording.id);
    const { id, kind, name, startedBy, startedAt, endsAt, expiresAt } = recording;
    const subject = kind === 'user' ? recording.subject : name;
    return {
      ...{ id, kind, subject, name, startedBy },
      startedAt: iso(startedAt),
      endsAt: iso(endsAt),
      expiresAt: iso(expiresAt),
      active: endsAt > clock.now(),
      flows: usage.flows,
      full: isFull(usage),
    };
  }

  async function getRecording(tenantId: string, by: Administrator, id: string): Promise<kept.Recording> {
    readableKinds(by);
    const recording = await trafficStore.findRecording(tenantId, id);
    if (!isThere(recording) || !mayDo(by, READ[recording.kind])) throw AdminError.notFound('the recording');
    return recording;
  }

  async function getFlow(tenantId: string, by: Administrator, id: string): Promise<kept.Flow> {
    const flow = await trafficStore.findFlow(tenantId, id);
    if (!isThere(flow) || !mayDo(by, READ[flow.recordingKind])) throw AdminError.notFound('the flow');
    return flow;
  }

  async function detail(tenant: Tenant, by: Administrator, id: string): Promise<TrafficFlowDetail> {
    readableKinds(by);
    const flow = await getFlow(tenant.id, by, id);
    const steps = await trafficStore.steps(tenant.id, id);
    const names = await namesFor(tenant.id, [flow.appId, ...steps.map((step) => step.appId)]);
    const whole = mayDo(by, 'read everything');
    return {
      ...flowView(flow, names, urls.publicUrl),
      steps: steps.map((step) => stepView(step, names, whole)),
    };
  }

  return {
    async recordings(tenant, by, page) {
      const { items, next } = await trafficStore.recordings(tenant.id, {
        ...page,
        kinds: readableKinds(by),
        now: clock.now(),
      });
      return { items: await Promise.all(items.map(recordingView)), next };
    },
    async start(tenant, by, input) {
      const now = clock.now();
      const running = (await trafficStore.active(now)).filter(({ tenantId }) => tenantId === tenant.id);
      if (running.length >= MOST_ACTIVE)
        throw new AdminError('conflict', `${MOST_ACTIVE} recordings are running; stop one first`);
      const endsAt = now + lifetimeSeconds(input.duration) * 1000;
      const recording = await administer(
        changeLog,
        tenant.id,
        by,
        [WRITE[input.kind]],
        async (recorder, current) => {
          const subject = await subjectOf(recorder.tx, tenant.id, input);
          if (subject.user) await requireAbove(recorder, current, subject.user);
          const made = {
            tenantId: tenant.id,
            id: newId(),
            kind: input.kind,
            subject: subject.id,
            name: subject.name,
            startedBy: by.name,
            startedAt: now,
            endsAt,
            expiresAt: endsAt + lifetimeSeconds(input.keepFor) * 1000,
          };
          await recorder.createRecording(made);
          return made;
        },
      );
      await traffic.settled();
      return recordingView(recording);
    },
    async stop(tenant, by, id) {
      const recording = await getRecording(tenant.id, by, id);
      const stopped = { ...recording, endsAt: Math.min(recording.endsAt, clock.now()) };
      await administer(changeLog, tenant.id, by, [WRITE[recording.kind]], (recorder) =>
        recorder.updateRecording(recording, stopped),
      );
      await traffic.settled();
      return recordingView(stopped);
    },
    async remove(tenant, by, id) {
      const recording = await getRecording(tenant.id, by, id);
      await administer(changeLog, tenant.id, by, [WRITE[recording.kind]], (recorder) =>
        recorder.deleteRecording(recording),
      );
      await traffic.settled();
    },
    async flows(tenant, by, { recording: recordingId, applicationId, failed, ...page }) {
      const kinds = readableKinds(by);
      const app =
        applicationId === undefined ? undefined : await getApp(store.read, tenant.id, applicationId);
      const asked = { ...page, kinds, now: clock.now(), recordingId, failed, appId: app?.id };
      const { items, next } = await trafficStore.flows(tenant.id, asked);
      const names = await namesFor(
        tenant.id,
        items.map(({ appId }) => appId),
      );
      return { items: items.map((flow) => flowView(flow, names, urls.publicUrl)), next };
    },
    flow: detail,
    async archive(tenant, by, id, version) {
      const { steps } = await detail(tenant, by, id);
      return archiveOf(steps, urls.publicUrl, version);
    },
    async explain(tenant, by, correlationId) {
      const kinds = readableKinds(by);
      const step = await trafficStore.findStep(tenant.id, correlationId);
      const flow = step && (await trafficStore.findFlow(tenant.id, step.flowId));
      const denials = await store.read.events.denialsOf(tenant.id, correlationId);
      const names = await namesFor(
        tenant.id,
        denials.map(({ appId }) => appId),
      );
      const mayRead = mayDo(by, 'read logs');
      const events = denials
        .filter(({ appId }) => mayRead || appId !== null)
        .map((event) => {
          const why = explain(event);
          return {
            ...eventView(event),
            check: why && checkView(why, event.detail),
            remedy: why?.remedy ? remedyOf(why.remedy, event, names) : null,
          };
        });
      const isReadable = isThere(flow) && kinds.includes(flow.recordingKind);
      return { correlationId, flow: isReadable && step ? { id: flow.id, stepId: step.id } : null, events };
    },
  };
}

const iso = (instant: number) => new Date(instant).toISOString();

/** The kinds of recording that `by` may see. Throws `forbidden` when there are none. */
function readableKinds(by: Administrator): RecordingKind[] {
  const kinds = KINDS.filter((kind) => mayDo(by, READ[kind]));
  if (kinds.length === 0) authorize(by, 'read app traffic');
  return kinds;
}

async function subjectOf(
  read: Reader,
  tenantId: string,
  { kind, subject }: RecordingInput,
): Promise<{ id: string; name: string; user?: model.User }> {
  if (kind === 'client') return { id: foldLoginName(subject), name: subject };
  if (kind === 'user') {
    const user = await getUser(read, tenantId, subject);
    return { id: user.id, name: user.loginName, user };
  }
  const app = await getApp(read, tenantId, subject);
  return { id: app.id, name: app.applicationId };
}
