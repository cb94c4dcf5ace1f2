/** Rule 7: what a pattern sees of a path, and what it may be. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createPatternMatcher,
  matchSubject,
  patternFault,
  UnjudgeablePath,
} from '../../src/core/scope-patterns.js';
import { holds, TIME } from '../support/fuzz.js';

/** Properties that no server is asked for. */
const CHEAP = 4;

const opens = (pattern: string, path: string) => createPatternMatcher([pattern]).matches(matchSubject(path));

describe('the match subject', { timeout: TIME }, () => {
  test.each([
    ['/security/whoami', 'security/whoami'],
    ['/security/whoami/', 'security/whoami'],
    ['/security/whoami?x=/../y', 'security/whoami'],
    ['/security/whoami#/x', 'security/whoami'],
    ['/Security/WhoAmI', 'Security/WhoAmI'],
    ['/a%20b/%C3%A9', 'a b/é'],
    ['/a...b/.c', 'a...b/.c'],
    ['/', ''],
  ])('of %s is "%s"', (path, subject) => {
    expect(matchSubject(path)).toBe(subject);
  });

  test.each([
    ['an encoded slash', '/security/whoami%2f..%2fx'],
    ['an encoded backslash', '/security%5Cwhoami'],
    ['a backslash', '/security\\whoami'],
    ['a dot segment', '/security/./whoami'],
    ['a double-dot segment', '/security/whoami/../../UserMgmt/RemoveUser'],
    ['an encoded dot segment', '/security/%2e%2e/UserMgmt/RemoveUser'],
    ['a half-encoded dot segment', '/security/.%2e/x'],
    ['an empty first segment', '//UserMgmt//RemoveUser'],
    ['an empty segment', '/UserMgmt//RemoveUser'],
    ['two slashes alone', '//'],
    ['two trailing slashes', '/security/whoami//'],
    ['a path parameter', '/security/whoami/..;/..;/UserMgmt/RemoveUser'],
    ['an encoded semicolon', '/security/whoami%3Bx'],
    ['a NUL', '/security/whoami%00'],
    ['a line feed', '/security/whoami%0a'],
    ['a second layer of percent-encoding', '/security/%2577hoami'],
    ['an encoded percent sign before two digits', '/a%2541'],
    ['bytes that are not UTF-8', '/security/%ff'],
    ['an overlong slash', '/security%c0%afwhoami'],
    ['a lone surrogate', '/%ed%a0%80'],
    ['half an escape', '/security/%4'],
    ['an unencoded letter beyond ASCII', '/sécurity/whoami'],
    ['no leading slash', 'security/whoami'],
    ['nothing', ''],
  ])('refuses %s', (_, path) => {
    expect(() => matchSubject(path)).toThrow(UnjudgeablePath);
  });

  test('has neither dot nor empty segments, encoding nor control characters, whatever the path (advisory 31)', async () => {
    const piece = fc.constantFrom(...'a/;\\?#é\0 %', '.', '..', '%2e', '%2f', '25');
    const rule = (pieces: string[]) => {
      let subject: string;
      try {
        subject = matchSubject(`/${pieces.join('')}`);
      } catch (error) {
        expect(error).toBeInstanceOf(UnjudgeablePath);
        return;
      }
      expect(subject).not.toMatch(/%[0-9a-f]{2}|[;\\\p{Cc}]/iu);
      if (subject !== '')
        expect(subject.split('/').every((segment) => !/^\.{0,2}$/.test(segment))).toBe(true);
    };
    await holds(fc.array(piece, { maxLength: 12 }), rule, CHEAP);
  });

  test('never depends on the query', async () => {
    const segment = fc.stringMatching(/^[a-z0-9_-]{1,8}$/);
    const target = fc.tuple(fc.array(segment, { minLength: 1 }), fc.webQueryParameters());
    const rule = ([segments, query]: [string[], string]) => {
      const path = `/${segments.join('/')}`;
      expect(matchSubject(`${path}?${query}`)).toBe(matchSubject(path));
    };
    await holds(target, rule, CHEAP);
  });

  test('of a percent-encoded path is the path itself', async () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[/\\;%\p{Cc}]/u.test(text) && !/^\.{1,2}$/.test(text));
    const rule = (segments: string[]) =>
      expect(matchSubject(`/${segments.map(encodeURIComponent).join('/')}`)).toBe(segments.join('/'));
    await holds(fc.array(segment, { minLength: 1 }), rule, CHEAP);
  });
});

describe('a pattern', { timeout: TIME }, () => {
  test('matches the whole path and nothing longer (S04)', () => {
    expect(opens('security/whoami', '/security/whoami')).toBe(true);
    for (const path of ['/security/whoamiX', '/security/whoami/x', '/x/security/whoami', '/security/whoami.'])
      expect(opens('security/whoami', path)).toBe(false);
    expect(opens('whoami', '/UserMgmt/whoami-x')).toBe(false);
  });

  test('matches without regard to case, on either side (S03)', () => {
    expect(opens('usermgmt/GetUser', '/UserMgmt/getuser')).toBe(true);
    expect(opens('Security/WHOAMI', '/security/whoami')).toBe(true);
    // A class keeps its meaning: nothing is lower-cased.
    expect(opens('a\\Sb', '/axb')).toBe(true);
    expect(opens('a\\Sb', '/a%20b')).toBe(false);
  });

  test('is spared a leading slash, and a bare * after a slash or alone is .*', () => {
    expect(opens('/RedRock/query', '/redrock/query')).toBe(true);
    expect(opens('*', '/anything/at/all')).toBe(true);
    expect(opens('secrets/*', '/secrets/a/b')).toBe(true);
    expect(opens('secrets/*', '/secretsX')).toBe(false);
    expect(opens('secrets/*/read', '/secrets/a/b/read')).toBe(true);
    expect(opens('ab*', '/abbb')).toBe(true);
  });

  test.each([
    '(',
    '[',
    '',
    ' ',
    '/',
    '**',
    'a)|(b',
    '(?=a)',
    '(a)\\1',
    '\\Qabc',
    'a\\',
    'a{1001}',
    '((a{100}){100}){100}',
  ])('that is %j is refused with a reason (S11)', (pattern) => {
    expect(patternFault(pattern)).toEqual(expect.any(String));
  });

  test('that would backtrack elsewhere is answered in linear time (S06)', () => {
    expect(patternFault('(a+)+$')).toBeNull();
    const matcher = createPatternMatcher(['(a+)+$', '(x+x+)+y', '(.*a){20}b']);
    const startedAt = performance.now();
    expect(matcher.matches(`${'a'.repeat(50_000)}!`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('that may be saved never fails when it is used, and several open the union', async () => {
    const pattern = fc
      .string({ unit: fc.constantFrom(...'ab/.*+?()[]{}|^$\\Q1-'), maxLength: 12 })
      .filter((text) => patternFault(text) === null);
    const rule = ([first, second, subject]: [string, string, string]) => {
      const either =
        createPatternMatcher([first]).matches(subject) || createPatternMatcher([second]).matches(subject);
      expect(createPatternMatcher([first, second]).matches(subject)).toBe(either);
    };
    await holds(fc.tuple(pattern, pattern, fc.stringMatching(/^[ab/.]{0,8}$/)), rule, CHEAP);
  });

  test('opens nothing when there is none', () => {
    expect(createPatternMatcher([]).matches('')).toBe(false);
  });
});
