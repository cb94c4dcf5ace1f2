/** The scope parameter against what the app defines. @see RFC 6749 section 3.3 */
import type { ScopeDefinition } from '@sallyport/contract';
import { OAuthError } from '../errors.js';

/** The scopes that may be asked for: of one app, or of several APIs together. */
export interface ScopeSpace {
  readonly scopes: ReadonlyMap<string, ScopeDefinition>;
  /** Whether one of them, or a built-in one. */
  knowsScope(name: string): boolean;
}

/** Names in a scope list, each once, in the order given. */
export function scopeNames(scope: string): string[] {
  return [...new Set(scope.split(' ').filter((name) => name !== ''))];
}

/**
 * What is asked for: the scopes named, all of which must be known; without any, the default ones, or the one scope
 * that is defined. Throws `invalid_scope`. Rule 7.
 */
export function requestedScope(space: ScopeSpace, asked: string | undefined): string {
  const names = scopeNames(asked ?? '');
  if (names.length > 0) {
    for (const name of names) if (!space.knowsScope(name)) throw unknownScope(name);
    return names.join(' ');
  }
  const definitions = [...space.scopes.values()];
  const defaults = definitions.filter((definition) => definition.default);
  const granted = defaults.length > 0 ? defaults : definitions;
  if (defaults.length === 0 && definitions.length !== 1)
    throw new OAuthError('invalid_scope', 'no scope was requested and the app has no default one');
  return granted.map((definition) => definition.name).join(' ');
}

/** A narrower scope out of `granted`; all of it that is still defined when none is asked for. */
export function narrowedScope(space: ScopeSpace, granted: string, asked: string | undefined): string {
  const held = scopeNames(granted).filter((name) => space.knowsScope(name));
  const names = scopeNames(asked ?? '');
  if (names.length === 0) return held.join(' ');
  for (const name of names) if (!held.includes(name)) throw unknownScope(name);
  return names.join(' ');
}

/** The scopes ticked, of those asked for; a list with commas is the vendor's way. */
export function selectedScope(asked: string, ticked: readonly string[]): string {
  const names = scopeNames(asked);
  const wanted = new Set(ticked.flatMap((value) => (names.includes(value) ? [value] : value.split(','))));
  return names.filter((name) => wanted.has(name)).join(' ');
}

function unknownScope(name: string): OAuthError {
  return new OAuthError(
    'invalid_scope',
    'unknown scope requested',
    `scope "${name.slice(0, 128)}" is not defined or not granted`,
  );
}
