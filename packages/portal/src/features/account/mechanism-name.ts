import { MECHANISMS } from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';

/** Besides those of profiles: a passkey that was asked for before a name, and a new password after a forgotten one. */
const KNOWN = [...MECHANISMS, 'PASSKEY', 'RESET'] as const;
type Known = (typeof KNOWN)[number];

function isKnown(mechanism: string): mechanism is Known {
  return KNOWN.some((name) => name === mechanism);
}

/** A login mechanism in words; its name on the wire when there are none. */
export function mechanismName(mechanism: string, t: Translate): string {
  return isKnown(mechanism) ? t(`account.mechanism.${mechanism}`) : mechanism;
}

/** What somebody who proves themselves by it does, in one sentence. */
export function mechanismMeaning(mechanism: string, t: Translate): string {
  return isKnown(mechanism) ? t(`account.mechanismMeans.${mechanism}`) : '';
}

/** Several mechanisms, any one of which will do. */
export function anyMechanism(mechanisms: readonly string[], t: Translate, language: string): string {
  const names = mechanisms.map((mechanism) => mechanismName(mechanism, t));
  return new Intl.ListFormat(language, { type: 'disjunction' }).format(names);
}
