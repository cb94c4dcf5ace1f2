/** A value of the change log in lines for people. */
import { AuthenticationProfile, lifetimeText } from '@sallyport/contract';
import { z } from 'zod';
import type { Translate } from '../../i18n/i18n.js';
import { challengeText, ruleText } from '../policies/policy-words.js';

/** Fields that are instants: in epoch milliseconds, or as RFC 3339 has them. */
const INSTANTS = new Set(['validAfter', 'retireAt', 'endsAt', 'expiresAt']);

interface Words {
  t: Translate;
  language: string;
  /** Names of roles by id. */
  roleNames: ReadonlyMap<string, string>;
  /** Application IDs by id; needed for rules alone. */
  appNames?: ReadonlyMap<string, string>;
}

/** The lines of one field's value; none when there is no value. */
export function fieldLines(field: string, value: unknown, words: Words): string[] {
  if (isNothing(value) || (value === 0 && (INSTANTS.has(field) || field === 'passwords.expireAfter')))
    return [];
  if (field === 'userAccess.roles' && Array.isArray(value))
    return value.map((id) => words.roleNames.get(String(id)) ?? String(id));
  if (field === 'authentication.rules') return ruleLines(value, words);
  if (field === 'authentication.profiles') return profileLines(value, words);
  if (typeof value === 'string' && INSTANTS.has(field)) return [instantText(value, words.language)];
  if (typeof value === 'number') return [numberText(field, value, words.language)];
  if (Array.isArray(value)) return value.map((item) => inline(item, words));
  return [inline(value, words)];
}

/** A rule as it is stored: with the ids of what its names stand for. */
const StoredRule = z.object({
  roleIds: z.array(z.string()),
  appIds: z.array(z.string()),
  networks: z.array(z.string()),
  device: z.enum(['any', 'known', 'unknown']).default('any'),
  profile: z.string(),
});

function ruleLines(value: unknown, { t, language, roleNames, appNames }: Words): string[] {
  return (z.array(StoredRule).safeParse(value).data ?? []).map((rule, i) => {
    const roles = rule.roleIds.map((id) => roleNames.get(id) ?? id);
    const apps = rule.appIds.map((id) => appNames?.get(id) ?? id);
    const words = ruleText({ ...rule, roles, apps }, { t, language });
    return `${i + 1}. ${words}: ${rule.profile}`;
  });
}

function profileLines(value: unknown, { t, language }: Words): string[] {
  return (z.array(AuthenticationProfile).safeParse(value).data ?? []).map(
    ({ name, challenges }) =>
      `${name}: ${challenges.map((mechanisms, i) => challengeText(mechanisms, i, { t, language })).join(', ')}`,
  );
}

function instantText(value: number | string, language: string): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return format.format(new Date(value));
}

function numberText(field: string, value: number, language: string): string {
  if (INSTANTS.has(field)) return instantText(value, language);
  if (field === 'passwords.expireAfter' || field.startsWith('sessions.')) return lifetimeText(value);
  return value.toLocaleString(language);
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
