/** A value of the change log in lines for people. */
import { lifetimeText } from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';

/** Fields whose numbers are instants in epoch milliseconds. */
const INSTANTS = new Set(['validAfter', 'retireAt']);

interface Words {
  t: Translate;
  language: string;
  /** Names of roles by id. */
  roleNames: ReadonlyMap<string, string>;
}

/** The lines of one field's value; none when there is no value. */
export function fieldLines(field: string, value: unknown, words: Words): string[] {
  if (isNothing(value) || (value === 0 && INSTANTS.has(field))) return [];
  if (field === 'userAccess.roles' && Array.isArray(value))
    return value.map((id) => words.roleNames.get(String(id)) ?? String(id));
  if (typeof value === 'number') return [numberText(field, value, words.language)];
  if (Array.isArray(value)) return value.map((item) => inline(item, words));
  return [inline(value, words)];
}

function numberText(field: string, value: number, language: string): string {
  if (INSTANTS.has(field))
    return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(value);
  return field.startsWith('sessions.') ? lifetimeText(value) : value.toLocaleString(language);
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

/** One line: a list with commas, an object as `key: value`. */
function inline(value: unknown, words: Words): string {
  if (typeof value === 'boolean') return value ? words.t('common.yes') : words.t('common.no');
  if (Array.isArray(value)) return value.map((item) => inline(item, words)).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .filter(([, part]) => !isNothing(part) && !(Array.isArray(part) && part.length === 0))
    .map(([key, part]) => `${key}: ${inline(part, words)}`)
    .join(' · ');
}
