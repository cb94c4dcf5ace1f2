import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNow } from './use-now.js';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** The distance between two instants in milliseconds, in words of `language`. */
export function relativeTime(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return unit === 'second' && Math.abs(seconds) < 30
    ? format.format(0, 'second')
    : format.format(Math.trunc(seconds / size), unit);
}

/** How long ago, or until when; the exact instant on hover, on focus and for machines. */
export function RelativeTime({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  const instant = new Date(at);
  const exact = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'full', timeStyle: 'long' }).format(
    instant,
  );
  return (
    <Tooltip label={exact}>
      <time dateTime={at}>{relativeTime(instant.getTime(), now, i18n.language)}</time>
    </Tooltip>
  );
}
