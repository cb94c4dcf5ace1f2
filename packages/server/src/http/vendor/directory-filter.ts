/** The filters of `DirectoryServiceQuery`: JSON in a string, or, from one client, a Python dictionary as printed. */
import { AdminError } from '../../core/errors.js';
import type { Row } from './envelope.js';

/** Whether a row passes. Column names are compared in any case, values too. */
export type Filter = (row: Row) => boolean;

const DEEPEST = 16;

/** The filter written as `text` in the argument `name`; an empty one passes everything. Throws `invalid`. */
export function directoryFilter(name: string, text: string): Filter {
  const filter = text.trim() === '' ? {} : (tryJson(text) ?? tryJson(fromPython(text)));
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw AdminError.invalid(name, 'is not a filter such as {"Name": {"_like": "x"}}');
  return allOf(filter, DEEPEST);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `{'Name': {'_eq': 'x'}}` as JSON. */
function fromPython(text: string): string {
  return text.replace(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) =>
    JSON.stringify(inner.replace(/\\(.)/g, '$1')),
  );
}

/** Every entry of the object must hold. */
function allOf(filter: object, levels: number): Filter {
  if (levels === 0) throw AdminError.invalid('filter', 'nests too deep');
  const conditions = Object.entries(filter).map(([key, value]: [string, unknown]) => {
    if (key !== '_and' && key !== '_or') return columnFilter(key, value);
    const inner = branches(key, value).map((branch) => allOf(branch, levels - 1));
    return (row: Row) =>
      key === '_and' ? inner.every((passes) => passes(row)) : inner.some((passes) => passes(row));
  });
  return (row) => conditions.every((passes) => passes(row));
}

function branches(key: string, value: unknown): object[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) return value;
  throw AdminError.invalid(key, 'must be a list of filters');
}

/** `{"_eq": "x"}`, `{"_like": "x"}`, `{"_like": {"value": "x", "ignoreCase": true}}`, or the bare value. */
function columnFilter(column: string, condition: unknown): Filter {
  const tests = Object.entries(typeof condition === 'object' && condition ? condition : { _eq: condition });
  const checks = tests.map(([operator, operand]: [string, unknown]) => {
    const wanted = operandText(operand);
    if (wanted !== null && operator === '_eq') return (value: string) => value === wanted;
    if (wanted !== null && operator === '_like') return (value: string) => value.includes(wanted);
    throw AdminError.invalid(column, `"${operator}" is not _eq or _like with a text`);
  });
  const name = column.toLowerCase();
  return (row) => {
    const key = Object.keys(row).find((each) => each.toLowerCase() === name);
    const value = String((key === undefined ? null : row[key]) ?? '').toLowerCase();
    return checks.every((passes) => passes(value));
  };
}

function operandText(operand: unknown): string | null {
  const value =
    typeof operand === 'object' && operand !== null && 'value' in operand ? operand.value : operand;
  return typeof value === 'string' ? value.toLowerCase().replace(/^%|%$/g, '') : null;
}
