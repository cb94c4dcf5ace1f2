/** The functions a query may call on the values of one row. */
import { refused } from './refusal.js';
import { plainText, type Value } from './values.js';

type Apply = (args: readonly Value[]) => Value;

const FUNCTIONS = new Map<string, (now: number) => Apply>([
  ['coalesce', () => firstKnown],
  ['ifnull', () => firstKnown],
  ['lower', () => onText((text) => text.toLowerCase())],
  ['upper', () => onText((text) => text.toUpperCase())],
  ['length', () => onText((text) => text.length)],
  ['datefunc', (now) => (args) => dateFunc(args, now)],
]);

/** The function of that name, in any case. Throws when there is none. */
export function callOf(name: string, now: number): Apply {
  const found = FUNCTIONS.get(name.toLowerCase());
  if (!found) throw refused(`there is no function ${name}(); there are ${[...FUNCTIONS.keys()].join(', ')}`);
  return found(now);
}

function firstKnown(args: readonly Value[]): Value {
  return args.find((value) => value !== null) ?? null;
}

function onText(change: (text: string) => Value): Apply {
  return ([value = null]) => (value === null ? null : change(plainText(value)));
}

const UNIT_MILLISECONDS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 };

/** `DateFunc('now', '-30')`, an instant so many days away, or `DateFunc('2026-01-31 08:00:00+0000')`. */
function dateFunc([base = null, offset = null]: readonly Value[], now: number): Date {
  const start = base === null || /^now$/i.test(plainText(base)) ? now : instantIn(plainText(base));
  return new Date(start + (offset === null ? 0 : milliseconds(plainText(offset))));
}

function instantIn(text: string): number {
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const zoned = /^\d{4}-\d{2}-\d{2}T.*(?<!Z|[+-]\d{2}:\d{2})$/i.test(iso) ? `${iso}Z` : iso;
  const instant = Date.parse(zoned);
  if (Number.isNaN(instant)) throw refused(`DateFunc does not know the date "${text.slice(0, 50)}"`);
  return instant;
}

/** Days, or `[-]d.hh:mm:ss`, or `[-]hh:mm[:ss]`. */
function milliseconds(offset: string): number {
  const match = /^([+-])?(?:(\d{1,6})|(?:(\d{1,6})\.)?(\d{1,3}):(\d{2})(?::(\d{2}))?)$/.exec(offset.trim());
  if (!match) throw refused(`DateFunc does not know the distance "${offset.slice(0, 50)}"`);
  const [, sign, days, spanDays, hours, minutes, seconds] = match;
  const { days: day, hours: hour, minutes: minute, seconds: second } = UNIT_MILLISECONDS;
  const distance =
    Number(days ?? spanDays ?? 0) * day +
    Number(hours ?? 0) * hour +
    Number(minutes ?? 0) * minute +
    Number(seconds ?? 0) * second;
  return sign === '-' ? -distance : distance;
}
