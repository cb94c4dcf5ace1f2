import type { Translate } from '../../i18n/i18n.js';

/** A login mechanism in words; its name on the wire when there are none. */
export function mechanismName(mechanism: string, t: Translate): string {
  if (mechanism === 'UP') return t('account.mechanism.UP');
  if (mechanism === 'OATH') return t('account.mechanism.OATH');
  if (mechanism === 'RESET') return t('account.mechanism.RESET');
  return mechanism;
}
