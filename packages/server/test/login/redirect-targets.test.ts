/** Where the sign-in and the sign-out send a browser that was handed an address: nowhere but to this server. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localPath } from '../../src/http/login/local-path.js';
import { ADA, createWorld, type World } from '../spec/support/world.js';
import { damaged, holds, junk, TIME } from '../support/fuzz.js';

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await createWorld();
  ({ cookie } = await world.signIn(ADA));
});
afterAll(() => world.close());

/** What browsers take for a beginning of another host or of a scheme, and what hides it. */
const piece = fc.constantFrom(
  ...[
    '/',
    '//',
    '\\',
    '.',
    '..',
    '/.',
    '/..',
    ':',
    '@',
    '?',
    '#',
    '%',
    '%2f',
    '%5c',
    '%2e',
    '%09',
    '%0a',
    '%00',
    ';',
  ],
  ...[
    '\t',
    '\n',
    '\r',
    '\0',
    ' ',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\u3002',
    '\uff0f',
    '\ufeff',
    '\u200d',
    '\ud800',
  ],
  ...[
    'http:',
    'HTTPS:',
    'https:/',
    'javascript:',
    'data:',
    'blob:',
    'evil.test',
    '[::1]',
    'here.invalid',
    'my',
    'a',
  ],
);
/** A host behind what a parser takes away before it looks. */
const elsewhere = fc
  .tuple(
    fc.constantFrom('', '/', 'x', '/x', '\\', '\t', 'http:', '/%2e'),
    fc
      .array(fc.constantFrom('/.', '/..', '/%2e', '/x/..', '/\t', ' '), { maxLength: 2 })
      .map((each) => each.join('')),
    fc.constantFrom('/', '//', '///', '\\', '/\\', '\\/', '/\t/'),
    fc.constantFrom('evil.test', '[::1]', 'evil.test:443', 'user@evil.test'),
    fc.constantFrom('', '/', '/x', '?x', '#x'),
  )
  .map((parts) => parts.join(''));
const target = fc.oneof(
  { weight: 4, arbitrary: elsewhere },
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: damaged(fc.constantFrom('//evil.test/x', 'https://evil.test', '/my/apps?a=b#c')) },
  { weight: 1, arbitrary: junk },
);
/** A place on this server as its pages write it. */
const own = fc
  .tuple(
    fc.array(fc.stringMatching(/^[A-Za-z0-9_~-]{1,8}$/), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '?a=b', '?next=%2F%2Fevil.test', '?a=//evil.test'),
    fc.constantFrom('', '#c', '#//evil.test'),
  )
  .map(([segments, query, hash]) => `/${segments.join('/')}${query}${hash}`);

describe('a browser that was handed a place to go', { timeout: TIME }, () => {
  test('stays on this server after the sign-in', async () => {
    await holds(
      target,
      async (given) => {
        const query = new URLSearchParams({ cloudRedirect: given });
        const { status, headers } = await world.fetch(`/login?${query}`, { headers: { cookie } });
        expect(status).toBe(302);
        const location = headers.get('location') ?? '';
        expect(new URL(location, `${world.url}/login`).origin, location).toBe(world.url);
      },
      3,
    );
  });

  test('stays on this server after the sign-out', async () => {
    await holds(target, async (given) => {
      const { status, headers } = await world.fetch(
        `/security/logout?${new URLSearchParams({ redirectUrl: given })}`,
      );
      expect(status).toBe(302);
      const location = headers.get('location') ?? '';
      expect(new URL(location, `${world.url}/security/logout`).origin, location).toBe(world.url);
    });
  });

  test('comes to a place of this server as it was named, with or without the slash', async () => {
    await holds(own, async (place) => {
      for (const named of [place, place.slice(1)]) {
        const query = new URLSearchParams({ cloudRedirect: named });
        const { headers } = await world.fetch(`/login?${query}`, { headers: { cookie } });
        expect(headers.get('location')).toBe(place);
      }
    });
  });

  test('is sent where it would be sent again', async () => {
    const rule = (given: string) => {
      const place = localPath(given);
      expect(new URL(place, 'https://id.test/login').origin).toBe('https://id.test');
      expect(localPath(place)).toBe(place);
    };
    await holds(target, rule, 20);
  });
});
