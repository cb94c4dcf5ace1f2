import type { Endpoint } from '@sallyport/contract';

/** An endpoint's path as patterns see it: without the leading slash. */
export function subjectOf({ path }: Endpoint): string {
  return path.replace(/^\//, '');
}

/** The part of a pattern before anything that is not to be read literally. */
function literalStart(pattern: string): string {
  const plain = pattern.replace(/^\//, '').replaceAll('\\.', '.');
  return (/^[^\\^$.*+?()[\]{}|]*/.exec(plain)?.[0] ?? '').toLowerCase();
}

/** Endpoints that `patterns` do not open though they begin as one of them does: likely meant, or likely feared. */
export function nearMisses(
  patterns: readonly string[],
  all: readonly Endpoint[],
  opened: readonly Endpoint[],
): Endpoint[] {
  const isOpen = new Set(opened.map(({ method, path }) => `${method} ${path}`));
  const beginningWith = (start: string) =>
    all.filter((endpoint) => subjectOf(endpoint).toLowerCase().startsWith(start));
  const starts = patterns.map(literalStart).filter((start) => start.length > 1);
  const near = starts.flatMap((start) => {
    const meant = beginningWith(start.replace(/\/$/, ''));
    const folder = start.slice(0, start.lastIndexOf('/') + 1);
    // Nothing begins like this: perhaps the last part is mistyped.
    return meant.length > 0 || folder.length < 2 ? meant : beginningWith(folder);
  });
  return [...new Set(near)].filter(({ method, path }) => !isOpen.has(`${method} ${path}`));
}
