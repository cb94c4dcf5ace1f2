/** Lifetimes as the vendor writes them: `d.hh:mm:ss`. protocol 6 */
import { lifetimeText } from '@sallyport/contract';
import { AdminError } from '../../core/errors.js';

const DAY = 86_400;
const HOUR = 3600;
const MINUTE = 60;

/** Seconds as `d.hh:mm:ss`. */
export function timeSpan(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const clock = [(seconds % DAY) / HOUR, (seconds % HOUR) / MINUTE, seconds % MINUTE].map(two).join(':');
  return `${Math.floor(seconds / DAY)}.${clock}`;
}

/** Seconds that a lifetime can say in any unit. */
const LONGEST = 999_999_999;

/** `d.hh:mm:ss` or `hh:mm:ss`, with or without fractions, as a lifetime such as `5h`. Throws `invalid`. */
export function lifetimeOfTimeSpan(name: string, span: string): string {
  const match = /^(?:(\d{1,5})\.)?(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.\d+)?$/.exec(span.trim());
  if (!match) throw AdminError.invalid(name, `"${span}" is not d.hh:mm:ss`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  const whole = days * DAY + hours * HOUR + minutes * MINUTE + seconds;
  if (whole > LONGEST) throw AdminError.invalid(name, `"${span}" is too long`);
  return lifetimeText(whole);
}
