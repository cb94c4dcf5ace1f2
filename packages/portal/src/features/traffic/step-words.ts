/** A step in few words: what was asked, what came back, and what decided it. */
import type { StepKind, TrafficCheck, TrafficStep } from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';

/** Endpoints by the words of their addresses, the same in every language. */
const NAMES: Partial<Record<StepKind, string>> = {
  authorize: 'authorize',
  confirm: 'confirm',
  login: 'login',
  start: 'StartAuthentication',
  advance: 'AdvanceAuthentication',
  token: 'token',
  introspect: 'introspect',
  revoke: 'revoke',
  push: 'par',
  userinfo: 'userinfo',
  endSession: 'endsession',
};

export function kindWords(kind: StepKind, t: Translate): string {
  return NAMES[kind] ?? t('traffic.kindCall');
}

export function requestWords({ kind, request }: Pick<TrafficStep, 'kind' | 'request'>): string {
  const path = request.url.split('?', 1)[0] ?? request.url;
  return `${request.method} ${NAMES[kind] ?? path}`;
}

/** The status; of a redirect also where to, and whether it carries a code or an error. */
export function answerWords({ response }: Pick<TrafficStep, 'response'>): string {
  const location = response.headers.find(({ name }) => name.toLowerCase() === 'location')?.value;
  if (location === undefined) return String(response.status);
  const url = new URL(location, window.location.origin);
  const carried = [...url.searchParams.keys(), ...new URLSearchParams(url.hash.slice(1)).keys()];
  const word = ['code', 'error', 'access_token', 'id_token'].find((name) => carried.includes(name));
  if (word === 'error') return `${response.status} error=${url.searchParams.get('error') ?? ''}`;
  if (word !== undefined) return `${response.status} ${word}=•••`;
  return `${response.status} → ${url.pathname.split('/').slice(0, 3).join('/')}`;
}

/** The check that decided: what refused, what must come first, or the last that passed. */
export function decisive(checks: readonly TrafficCheck[]): TrafficCheck | undefined {
  return (
    checks.findLast(({ outcome }) => outcome === 'refused') ??
    checks.findLast(({ outcome }) => outcome === 'needed') ??
    checks.at(-1)
  );
}

export function decisionWords(checks: readonly TrafficCheck[], t: Translate): string {
  const check = decisive(checks);
  if (!check) return '';
  const name = t(`traffic.check.${check.check}`);
  const words = check.outcome === 'needed' ? t('traffic.neededWhat', { what: name }) : name;
  return check.detail === '' ? words : `${words}: ${check.detail}`;
}

/** The message as it goes over the wire; JSON is laid out. */
export function rawRequest({ request }: Pick<TrafficStep, 'request'>): string {
  return rawMessage(`${request.method} ${request.url} HTTP/1.1`, request);
}

export function rawResponse({ response }: Pick<TrafficStep, 'response'>): string {
  return rawMessage(`HTTP/1.1 ${response.status}`, response);
}

function rawMessage(
  first: string,
  { headers, body }: { headers: readonly { name: string; value: string }[]; body: string },
): string {
  const lines = headers.map(({ name, value }) => `${name}: ${value}`);
  return [first, ...lines, ...(body === '' ? [] : ['', laidOut(body)])].join('\n');
}

function laidOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
