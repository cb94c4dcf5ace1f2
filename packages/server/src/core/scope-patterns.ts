/**
 * Scope patterns: REST regexes over request paths, in linear time whatever the pattern. Owns the match subject and
 * the matching; whether a user may do what a scope opens is decided elsewhere.
 */
import { RE2JS, RE2JSSyntaxException, RE2Set } from 're2js';

/** The path cannot be judged: it must be answered 400 before any matching. */
export class UnjudgeablePath extends Error {}

/** A path that is spelt in one way only: letters, digits and marks that mean nothing, in segments that are not dots. */
const PLAIN = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~@:-]+)+\/?$/;

/**
 * What the patterns see of a request path: percent-decoded once, without query, leading slash and one trailing
 * slash. Throws {@link UnjudgeablePath} for every spelling that two readers could take for two paths.
 */
export function matchSubject(requestTarget: string): string {
  const path = requestTarget.split(/[?#]/, 1)[0] ?? '';
  if (PLAIN.test(path)) return path.slice(1, path.endsWith('/') ? -1 : undefined);
  if (!path.startsWith('/')) throw new UnjudgeablePath('the path must begin with a slash');
  if (/[^\x21-\x7e]/.test(path)) throw new UnjudgeablePath('a character that must be percent-encoded');
  if (/%(?:2f|5c|00)/i.test(path)) throw new UnjudgeablePath('an encoded slash, backslash or NUL');
  const decoded = decodeOnce(path);
  if (/[;\\\p{Cc}]/u.test(decoded)) throw new UnjudgeablePath('a semicolon, backslash or control character');
  if (/%[0-9a-f]{2}/i.test(decoded)) throw new UnjudgeablePath('a second layer of percent-encoding');
  const subject = decoded.slice(1).replace(/(?<=[^/])\/$/, '');
  if (subject !== '' && subject.split('/').some((segment) => /^\.{0,2}$/.test(segment)))
    throw new UnjudgeablePath('an empty segment or a dot segment');
  return subject;
}

function decodeOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new UnjudgeablePath('not percent-encoded UTF-8');
  }
}

/** The regular expression a pattern stands for: a leading slash dropped, a bare `*` read as `.*`. */
export function patternSource(pattern: string): string {
  return pattern.replace(/^\//, '').replace(/(^|\/)\*(?=$|\/)/g, '$1.*');
}

/** A counted repetition is compiled as many times as it says. */
const MOST_REPETITIONS = 100;

/** What the counts of all repetitions add up to, the greater of two. */
function repetitions(source: string): number {
  let sum = 0;
  for (const [, least, most] of source.matchAll(/(?<!\\)\{(\d+)(?:,(\d*))?\}/g))
    sum += Math.max(Number(least), Number(most ?? 0));
  return sum;
}

/** Why `pattern` cannot be saved, or null when it can. */
export function patternFault(pattern: string): string | null {
  const source = patternSource(pattern);
  if (source.trim() === '') return 'a pattern cannot be empty';
  if (repetitions(source) > MOST_REPETITIONS)
    return `counted repetitions, as {2,5}, may add up to ${MOST_REPETITIONS}`;
  try {
    // Alone, then as it will stand: a stray bracket or an open \Q must not reach beyond its own pattern.
    RE2JS.compile(source);
    createPatternMatcher([pattern]);
    return null;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException)
      return `not a linear-time regular expression: ${error.message}`;
    throw error;
  }
}

/** Answers whether any of many patterns matches a whole subject, in one pass over it. */
export interface PatternMatcher {
  matches(subject: string): boolean;
}

/** Compiles patterns that {@link patternFault} let pass. */
export function createPatternMatcher(patterns: readonly string[]): PatternMatcher {
  if (patterns.length === 0) return { matches: () => false };
  const set = new RE2Set(RE2Set.ANCHOR_BOTH, RE2JS.CASE_INSENSITIVE);
  for (const pattern of patterns) set.add(`(?:${patternSource(pattern)})`);
  set.compile();
  return { matches: (subject) => set.match(subject).length > 0 };
}
