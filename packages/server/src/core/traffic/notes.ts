/** Notes that several places of core and the edge make alike. */
import type { RunningApp } from '../app-runtime.js';
import type { Principal } from '../principal.js';
import type { RequestContext } from '../request-context.js';
import { createPatternMatcher } from '../scope-patterns.js';

/** Who comes, and which flow their token or session belongs to. */
export function notePrincipal({ trace }: RequestContext, principal: Principal): void {
  if (!trace) return;
  const { id: userId, loginName: userName } = principal.subject.user;
  if (principal.kind === 'session') {
    trace.about({ userId, userName });
    trace.link('session', principal.sessionId);
    trace.passed('session', userName);
    return;
  }
  const { app, clientId, grantId, tokenId, scope } = principal;
  trace.about({ appId: app.id, clientId, userId, userName });
  if (grantId === null) trace.link('token', tokenId);
  else trace.link('grant', grantId);
  trace.passed('bearer', `of ${userName}, client ${clientId}, scope ${scope}`);
}

/** Which pattern of which scope opens the path, for the eye; that one does was decided before. */
export function openingOf(app: RunningApp, scope: string, subject: string): string {
  for (const name of scope.split(' '))
    for (const pattern of app.scopes.get(name)?.restRegex ?? [])
      if (createPatternMatcher([pattern]).matches(subject))
        return `${subject} is opened by ${pattern} of the scope ${name}`;
  return subject;
}

/** The pattern that shares the longest beginning with the path; null when none shares a whole segment. */
export function closestPattern(app: RunningApp, scope: string, subject: string): string | null {
  let best: { pattern: string; shared: number } | null = null;
  for (const name of scope.split(' '))
    for (const pattern of app.scopes.get(name)?.restRegex ?? []) {
      const shared = sharedSegments(pattern.replace(/^\//, ''), subject);
      if (shared > (best?.shared ?? 0)) best = { pattern, shared };
    }
  return best?.pattern ?? null;
}

function sharedSegments(pattern: string, subject: string): number {
  const [left, right] = [pattern.toLowerCase().split('/'), subject.toLowerCase().split('/')];
  const differs = left.findIndex((segment, index) => segment !== right[index]);
  return differs < 0 ? left.length : differs;
}
