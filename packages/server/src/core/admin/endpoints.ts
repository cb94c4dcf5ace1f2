/** Which endpoints a scope pattern opens, for whoever writes one. */
import type { Endpoint, PatternTest, PatternTestResult } from '@sallyport/contract';
import { createPatternMatcher, matchSubject, patternFault, UnjudgeablePath } from '../scope-patterns.js';

/** Tries the patterns together on every endpoint, and on the paths given. */
export function testPatterns(
  endpoints: readonly Endpoint[],
  { patterns, paths }: PatternTest,
): PatternTestResult {
  const judged = patterns.map((pattern) => ({ pattern, fault: patternFault(pattern) }));
  const faults = judged.flatMap(({ pattern, fault }) => (fault === null ? [] : [{ pattern, fault }]));
  const matcher = createPatternMatcher(
    judged.filter(({ fault }) => fault === null).map((each) => each.pattern),
  );
  return {
    faults,
    // A parameter stands for itself, in braces.
    opens: endpoints.filter(({ path }) => matcher.matches(path.slice(1))),
    paths: paths.map((path) => {
      try {
        return { path, opened: matcher.matches(matchSubject(path.startsWith('/') ? path : `/${path}`)) };
      } catch (error) {
        if (!(error instanceof UnjudgeablePath)) throw error;
        return { path, opened: false, fault: error.message };
      }
    }),
  };
}
