/** Recorded traffic as the API shows it. */
import {
  CHECK_OUTCOMES,
  type HttpArchive,
  type Remedy,
  TRAFFIC_CHECK_NAMES,
  TRAFFIC_CHECKS,
  type TrafficCheck,
  type TrafficFlow,
  type TrafficStep,
} from '@sallyport/contract';
import { z } from 'zod';
import { type Explained, explain } from './explain.js';
import type { HeaderList } from './mask.js';
import type { Flow, Step } from './port.js';

const Lines = z.array(z.tuple([z.string(), z.string()]));

/** `StepData` as it was written. */
const Stored = z.object({
  exchange: z.object({
    method: z.string(),
    url: z.string(),
    requestHeaders: Lines,
    requestBody: z.string(),
    status: z.number(),
    responseHeaders: Lines,
    responseBody: z.string(),
  }),
  notes: z.array(
    z.object({
      check: z.enum(TRAFFIC_CHECK_NAMES),
      outcome: z.enum(CHECK_OUTCOMES),
      detail: z.string(),
    }),
  ),
  events: z.array(z.object({ type: z.string(), detail: z.string() })),
  duration: z.number(),
  lane: z.enum(['browser', 'client']),
});

const iso = (instant: number) => new Date(instant).toISOString();

export interface StepNames {
  /** Application ID of the app with that id. */
  applicationId(appId: string): string | null;
}

/** Steps whose bodies are the protocol itself, and say nothing about other objects of the tenant. */
const PROTOCOL: readonly string[] = [
  'authorize',
  'confirm',
  'login',
  'token',
  'revoke',
  'push',
  'endSession',
];
const WITHHELD = '[shown to those with the right "Read Only System Administrator"]';

/** `whole`: whether the reader may see what API calls answered, which is any object of the tenant. */
export function stepView(step: Step, names: StepNames, whole: boolean): TrafficStep {
  const { exchange, notes, events, duration, lane } = Stored.parse(JSON.parse(step.data));
  const shown = (body: string) => (body === '' || whole || PROTOCOL.includes(step.kind) ? body : WITHHELD);
  const refused = step.failed ? refusalOf(events) : null;
  const checks = notes.map((note): TrafficCheck => ({ ...note, reference: TRAFFIC_CHECKS[note.check] }));
  const status = exchange.status;
  const remedy = refused?.remedy ?? null;
  if (refused) checks.push(refused.check);
  else if (step.failed && status === 429)
    checks.push({ check: 'rate', outcome: 'refused', detail: '', reference: TRAFFIC_CHECKS.rate });
  return {
    id: step.id,
    at: iso(step.at),
    duration,
    kind: step.kind,
    lane,
    correlationId: step.correlationId,
    failed: step.failed,
    checks,
    remedy: remedy ? remedyOf(remedy, step, names) : null,
    request: {
      method: exchange.method,
      url: exchange.url,
      headers: pairs(exchange.requestHeaders),
      body: shown(exchange.requestBody),
    },
    response: {
      status,
      headers: pairs(exchange.responseHeaders),
      body: shown(exchange.responseBody),
    },
  };
}

/** The last denial is the one that was answered. */
function refusalOf(
  events: readonly { type: string; detail: string }[],
): { check: TrafficCheck; remedy: Explained['remedy'] } | null {
  for (const event of [...events].reverse()) {
    const why = explain(event);
    if (why) return { check: checkView(why, event.detail), remedy: why.remedy };
  }
  return null;
}

export function checkView({ check }: Explained, detail: string): TrafficCheck {
  return { check, outcome: 'refused', detail, reference: TRAFFIC_CHECKS[check] };
}

export function remedyOf(
  remedy: NonNullable<Explained['remedy']>,
  { appId, userId }: { appId: string | null; userId: string | null },
  names: StepNames,
): Remedy {
  return { remedy, applicationId: appId === null ? null : names.applicationId(appId), userId };
}

function pairs(headers: HeaderList): { name: string; value: string }[] {
  return headers.map(([name, value]) => ({ name, value }));
}

export function flowView(flow: Flow, names: StepNames, publicUrl: string): TrafficFlow {
  const { id, recordingId, clientId, userId, userName, stepCount, first, last, failedStep, truncated } = flow;
  return {
    ...{ id, recordingId, clientId, userId, userName, stepCount, first, last, failedStep, truncated },
    startedAt: iso(flow.startedAt),
    updatedAt: iso(flow.updatedAt),
    expiresAt: iso(flow.expiresAt),
    applicationId: flow.appId === null ? null : names.applicationId(flow.appId),
    link: `${publicUrl}/manage/traffic/${id}`,
  };
}

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Found', 303: 'See Other' };

/** The steps as an archive that any traffic viewer reads; still masked. */
export function archiveOf(steps: readonly TrafficStep[], publicUrl: string, version: string): HttpArchive {
  return {
    log: {
      version: '1.2',
      creator: { name: 'Sallyport', version },
      entries: steps.map((step) => entryOf(step, publicUrl)),
    },
  };
}

function entryOf({ at, duration, request, response, checks }: TrafficStep, publicUrl: string) {
  const message = { httpVersion: 'HTTP/1.1', cookies: [], headersSize: -1, bodySize: -1 };
  const headerOf = (headers: TrafficStep['request']['headers'], wanted: string) =>
    headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? '';
  const query = request.url.split('#')[0]?.split('?')[1] ?? '';
  const { status, headers, body } = response;
  return {
    startedDateTime: at,
    time: duration,
    request: {
      ...message,
      method: request.method,
      url: publicUrl + request.url,
      headers: request.headers,
      queryString: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })),
      ...(request.body !== '' && {
        postData: { mimeType: headerOf(request.headers, 'content-type'), text: request.body },
      }),
    },
    response: {
      ...message,
      status,
      statusText: REASONS[status] ?? '',
      headers,
      redirectURL: headerOf(headers, 'location'),
      content: { size: body.length, mimeType: headerOf(headers, 'content-type'), text: body },
    },
    cache: {},
    timings: { send: 0, wait: duration, receive: 0 },
    comment: checks.map(({ check, outcome, detail }) => `${outcome} ${check}: ${detail}`).join('\n'),
  };
}
