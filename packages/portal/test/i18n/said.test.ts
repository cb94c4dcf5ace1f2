/** No sentence of the server reaches a reader in a language that is not theirs. */
import { ScopeSettings } from '@sallyport/contract';
import i18next from 'i18next';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { faultsOf } from '../../../server/src/core/admin/faults.js';
import { patternFault } from '../../../server/src/core/scope-patterns.js';
import { common as germanFaults } from '../../src/i18n/de/common.js';
import { said as german } from '../../src/i18n/de/said.js';
import { common as englishFaults } from '../../src/i18n/en/common.js';
import { said as english } from '../../src/i18n/en/said.js';
import { translateFaults } from '../../src/i18n/faults.js';
import { ANYWHERE, inWords, learn, type Row } from '../../src/i18n/in-words.js';
import { SAID } from '../../src/i18n/said.js';
import { sentencesOfServer } from './sentences.js';

const CATALOGUES = { en: { ...englishFaults, ...english }, de: { ...germanFaults, ...german } };

const ROWS = [...ANYWHERE, ...SAID];

/** The rows that put `sentence` into words: its own, and those of the sentence within. None where a word is missing. */
function rowsFor(sentence: string): Row[] {
  const row = ROWS.find(([pattern]) => pattern.test(sentence));
  const reason = row?.[0].exec(sentence)?.groups?.reason;
  if (!row || reason === undefined || reason === '7') return row ? [row] : [];
  const within = rowsFor(reason);
  return within.length > 0 ? [row, ...within] : [];
}

const wordless = (sentences: readonly string[]) =>
  sentences.filter((sentence) => rowsFor(sentence).length === 0);

/** What the schema library says, as the server passes it on. */
function sentencesOfSchemas(): string[] {
  const { error } = Everything.safeParse(BROKEN);
  return error ? faultsOf(error, Everything).map(({ message }) => message) : [];
}

/** Of the framework, of the gate, and what holds no words in the sources but those of another. */
const OTHERS = [
  '"not a url": not an absolute URI',
  'Unsupported Media Type',
  'Request body is too large',
  'a page of another site may not do this for you',
  'the scopes of the access token do not open this call',
];

/** A value that breaks every kind of rule the schemas have. */
const Everything = z.strictObject({
  missing: z.string(),
  empty: z.string().min(1),
  short: z.string().min(5),
  long: z.string().max(3),
  few: z.array(z.string()).min(1),
  many: z.array(z.string()).max(1),
  small: z.number().min(3),
  great: z.number().max(3),
  email: z.email(),
  url: z.url(),
  choice: z.enum(['a', 'b']),
  literal: z.literal('a'),
  type: z.boolean(),
  union: z.union([z.literal('a'), z.object({})]),
});
const BROKEN = {
  empty: '',
  short: 'abc',
  long: 'abcd',
  few: [],
  many: ['a', 'b'],
  small: 2,
  great: 4,
  email: 'x',
  url: 'x',
  choice: 'c',
  literal: 'b',
  type: 'x',
  union: 3,
  unknown: 1,
};

const BAD_PATTERNS = [
  '',
  'a{101}',
  '(?=a)',
  '(?<a',
  'a**',
  'a++',
  'a{1001}',
  '[z-a]',
  '[a',
  '(a',
  'a)',
  '*+',
  'a\\',
  '\\z1\\y',
];

describe('sentences of the server', () => {
  test('each that stands in the sources has words in the catalogue', () => {
    const sentences = sentencesOfServer();
    // Far fewer would mean that the sources are no longer read as they are written.
    expect(sentences.length).toBeGreaterThan(90);
    expect(sentences).toContain('"7" is taken');
    expect(wordless(sentences)).toEqual([]);
  });

  test('each that the schema library makes has words in the catalogue', () => {
    const messages = sentencesOfSchemas();
    expect(messages).toHaveLength(Object.keys(BROKEN).length + 1);
    expect(wordless(messages)).toEqual([]);
  });

  test('each that has words is still said by somebody', () => {
    const met = new Set([...sentencesOfServer(), ...sentencesOfSchemas(), ...OTHERS].flatMap(rowsFor));
    const isOfEngine = ([pattern]: Row) => pattern.source.startsWith('^error parsing regexp');
    const idle = ROWS.filter((row) => !met.has(row) && !isOfEngine(row));
    expect(idle.map(([pattern]) => pattern.source)).toEqual([]);
  });

  test.each(BAD_PATTERNS)('there are words for why the pattern %j is refused', (pattern) => {
    expect(wordless([patternFault(pattern) ?? 'no fault'])).toEqual([]);
  });

  test.each(['en', 'de'] as const)(
    'the words of %s use the values of their sentence, and no others',
    (language) => {
      const { said, faults, errors } = CATALOGUES[language];
      const words: Record<string, string> = {
        ...prefixed('said', said),
        ...prefixed('faults', faults),
        ...prefixed('errors', errors),
      };
      for (const [pattern, key] of ROWS) {
        const given = [...pattern.source.matchAll(/\(\?<(\w+)>/g)].map(([, name]) => name);
        const used = [...(words[key] ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
        expect([key, ...used.sort()]).toEqual([key, ...given.sort()]);
      }
    },
  );
});

describe('for a German reader', () => {
  beforeAll(async () => {
    await i18next.init({
      lng: 'de',
      resources: { de: { translation: CATALOGUES.de } },
      interpolation: { escapeValue: false },
    });
    learn(SAID);
    translateFaults();
  });
  // Other tests of this process hear the schema library's own words.
  afterAll(() => z.config({ customError: undefined }));

  test.each([
    ['"snip" is taken', '„snip“ ist schon vergeben.'],
    [
      '"not a url": no white space, backslash, control character or wildcard',
      '„not a url“: kein Leerraum, Backslash, Steuerzeichen oder Platzhalter',
    ],
    ['there is no role "$t(said.right) {{name}} $&"', 'Es gibt keine Rolle „$t(said.right) {{name}} $&“.'],
    ['nobody has words for this', 'nobody has words for this'],
  ])('%s', (sentence, words) => {
    expect(inWords(sentence)).toBe(words);
  });

  test('a list has entries, a text has characters, and a number is great', () => {
    const definitions = Array.from({ length: 201 }, (_, i) => ({ name: `scope-${i}` }));
    const faultOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;
    expect(faultOf(ScopeSettings, { definitions })).toBe('Höchstens 200 Einträge.');
    expect(faultOf(z.string().max(2), 'abc')).toBe('Höchstens 2 Zeichen.');
    expect(faultOf(z.number().max(2), 3)).toBe('Höchstens 2.');
    expect(faultOf(z.array(z.string()).min(2), ['a'])).toBe('Mindestens 2 Einträge.');
  });
});

function prefixed(group: string, words: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [`${group}.${key}`, text]));
}
