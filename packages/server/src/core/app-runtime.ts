import { type AuthMethod, BUILT_IN_SCOPES, lifetimeSeconds, type ScopeDefinition } from '@sallyport/contract';
import { LRUCache } from 'lru-cache';
import type { App } from './model.js';
import { createPatternMatcher, type PatternMatcher } from './scope-patterns.js';

/** An app as the hot path uses it: settings resolved to numbers and sets, scope patterns compiled, once per version. */
export interface RunningApp extends App {
  /** Seconds. */
  readonly lifetimes: { readonly access: number; readonly code: number; readonly refresh: number };
  readonly authMethods: ReadonlySet<AuthMethod>;
  readonly scopes: ReadonlyMap<string, ScopeDefinition>;
  /** Whether a built-in scope or one that the app defines. */
  knowsScope(name: string): boolean;
  /** Whether any scope of the space-separated list opens the path `subject` (see `matchSubject`). */
  opens(scope: string, subject: string): boolean;
  /** Names of all defined scopes that would open `subject`, for the operator's log. */
  scopesOpening(subject: string): string[];
}

export function runningApp(app: App): RunningApp {
  // The scopes of an OAuth2 Server app are about an API elsewhere, whatever their patterns say.
  const isOwnApi = app.template === 'OAuth2Client';
  const { tokens, scope } = app.settings;
  const scopes = new Map(scope.definitions.map((definition) => [definition.name, definition]));
  const matchers = new LRUCache<string, PatternMatcher>({ max: 64 });

  function matcher(scopeList: string): PatternMatcher {
    let found = matchers.get(scopeList);
    if (!found) {
      const names = new Set(scopeList.split(' '));
      const patterns = scope.definitions.filter((d) => names.has(d.name)).flatMap((d) => d.restRegex);
      found = createPatternMatcher(patterns);
      matchers.set(scopeList, found);
    }
    return found;
  }

  return {
    ...app,
    lifetimes: {
      access: lifetimeSeconds(tokens.lifetime),
      code: lifetimeSeconds(tokens.codeLifetime),
      refresh: lifetimeSeconds(tokens.refreshTokenLifetime),
    },
    authMethods: new Set(tokens.authMethods as AuthMethod[]),
    scopes,
    knowsScope: (name) => scopes.has(name) || (BUILT_IN_SCOPES as readonly string[]).includes(name),
    opens: (scopeList, subject) => isOwnApi && matcher(scopeList).matches(subject),
    scopesOpening: (subject) =>
      isOwnApi ? [...scopes.keys()].filter((name) => matcher(name).matches(subject)) : [],
  };
}
