import type { HeaderList } from '../core/traffic/mask.js';

/** Headers as Node holds them, one pair for each value: a header that came several times has several. */
export function headerList(
  headers: Readonly<Record<string, string | number | string[] | undefined>>,
): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => (each === undefined ? [] : [[name, String(each)] as const])),
  );
}
