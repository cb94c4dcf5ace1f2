/** One canonical form of a login name, whatever is typed. */
import { expect, test } from 'vitest';
import { foldLoginName } from '../../src/core/login-name.js';

test('a canonical name is its own canonical form, for every character there is', () => {
  const restless: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const folded = foldLoginName(`a${String.fromCodePoint(point)}b@acme.test`);
    if (foldLoginName(folded) !== folded) restless.push(point.toString(16));
  }
  expect(restless).toEqual([]);
});

test('sharp s is a double s, large or small', () => {
  for (const name of ['stra\u1e9ee', 'stra\u00dfe', 'STRASSE']) expect(foldLoginName(name)).toBe('strasse');
});

test.each([
  ['\u0412\u041e\u0412@acme.test', 'bob@acme.test'],
  ['\u1d00da@acme.test', 'ada@acme.test'],
  ['\u029f\u043e\u0441k@acme.test', 'lock@acme.test'],
  ['ada@acme\u3002test', 'ada@acme.test'],
])('%s is not another name than %s', (imitated, name) => {
  expect(foldLoginName(imitated)).toBe(name);
});
