/** The filters of `DirectoryServiceQuery`: JSON in a string, or, from one client, a Python dictionary as printed. */
import { AdminError } from '../../core/errors.js';
import type { Row } from './envelope.js';

/** Column names are compared in any case, values too. */
export interface Filter {
  passes(row: Row): boolean;
  /** What every row that passes holds in one of the columns that are searched; null when that cannot be told. */
  readonly fragment: string | null;
}

const DEEPEST = 16;

/**
 * The filter written as `text` in the argument `name`; an empty one passes everything. Throws `invalid`.
 *
 * @param searched columns, in lower case, that the list of these rows can be searched in
 */
export function directoryFilter(name: string, text: string, searched: readonly string[]): Filter {
  const filter = text.trim() === '' ? {} : (tryJson(text) ?? tryJson(fromPython(text)));
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw AdminError.invalid(name, 'is not a filter such as {"Name": {"_like": "x"}}');
  return allOf(filter, searched, DEEPEST);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Python's spelling of what JSON has too. */
const PYTHON_WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
const PYTHON_LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * `{'Name': {'_eq': "O'Brien"}}` as JSON. Strings, in either quote, are stepped over whole; one without an end reaches
 * to the end of the text, so that no quote is ever looked at twice.
 */
function fromPython(text: string): string {
  return text.replace(
    /'((?:[^'\\]|\\.?)*)'?|"((?:[^"\\]|\\.?)*)"?|\b(?:True|False|None)\b/gs,
    (whole, single: string | undefined, double: string | undefined) =>
      PYTHON_WORDS[whole] ?? JSON.stringify(withoutEscapes(single ?? double ?? '')),
  );
}

/** `\x`, `\u` and `\U` stand for what Python does not print as it is. */
function withoutEscapes(inner: string): string {
  return inner.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|U(00(?:0[\da-f]|10)[\da-f]{4})|(.))/gis,
    (_, two?: string, four?: string, eight?: string, letter = '') => {
      const digits = two ?? four ?? eight;
      if (digits !== undefined) return String.fromCodePoint(Number.parseInt(digits, 16));
      return PYTHON_LETTERS[letter] ?? letter;
    },
  );
}

/** Every entry of the object must hold. */
function allOf(filter: object, searched: readonly string[], levels: number): Filter {
  if (levels === 0) throw AdminError.invalid('filter', 'nests too deep');
  const conditions = Object.entries(filter).map(([key, value]: [string, unknown]) => {
    if (key !== '_and' && key !== '_or') return columnFilter(key, value, searched);
    const inner = branches(key, value).map((branch) => allOf(branch, searched, levels - 1));
    return key === '_and' ? every(inner) : some(inner);
  });
  return every(conditions);
}

function every(filters: readonly Filter[]): Filter {
  const fragments = filters.flatMap(({ fragment }) => fragment ?? []);
  return {
    passes: (row) => filters.every((filter) => filter.passes(row)),
    fragment: fragments.sort((a, b) => b.length - a.length)[0] ?? null,
  };
}

/** Clients look for one text in several columns at once. */
function some(filters: readonly Filter[]): Filter {
  const [first = null, ...others] = new Set(filters.map(({ fragment }) => fragment));
  return {
    passes: (row) => filters.some((filter) => filter.passes(row)),
    fragment: others.length === 0 ? first : null,
  };
}

function branches(key: string, value: unknown): object[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) return value;
  throw AdminError.invalid(key, 'must be a list of filters');
}

/** `{"_eq": "x"}`, `{"_like": "x"}`, `{"_like": {"value": "x", "ignoreCase": true}}`, or the bare value. */
function columnFilter(column: string, condition: unknown, searched: readonly string[]): Filter {
  const tests = Object.entries(typeof condition === 'object' && condition ? condition : { _eq: condition });
  const name = column.toLowerCase();
  return every(
    tests.map(([operator, operand]: [string, unknown]) => {
      const wanted = operandText(operand);
      if (wanted === null || (operator !== '_eq' && operator !== '_like'))
        throw AdminError.invalid(column, `"${operator}" is not _eq or _like with a text`);
      return {
        passes: (row) => {
          const value = cellText(row, name);
          return operator === '_eq' ? value === wanted : value.includes(wanted);
        },
        fragment: wanted !== '' && searched.includes(name) ? wanted : null,
      };
    }),
  );
}

function cellText(row: Row, name: string): string {
  const key = Object.keys(row).find((each) => each.toLowerCase() === name);
  return String((key === undefined ? null : row[key]) ?? '').toLowerCase();
}

function operandText(operand: unknown): string | null {
  const value =
    typeof operand === 'object' && operand !== null && 'value' in operand ? operand.value : operand;
  return typeof value === 'string' ? value.toLowerCase().replace(/^%|%$/g, '') : null;
}
