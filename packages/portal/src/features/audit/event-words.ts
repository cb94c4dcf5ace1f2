import { AUDIT_TYPES, type AuditEvent, type AuditType, DENIALS } from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';
import { mechanismName } from '../account/mechanism-name.js';

/** Keys of the catalogue cannot hold dots. */
const KEY = {
  'login.success': 'loginSuccess',
  'login.failure': 'loginFailure',
  'login.challenge': 'loginChallenge',
  logout: 'logout',
  'logout.undelivered': 'logoutUndelivered',
  'authorize.denied': 'authorizeDenied',
  'consent.allowed': 'consentAllowed',
  'consent.denied': 'consentDenied',
  'token.issued': 'tokenIssued',
  'token.denied': 'tokenDenied',
  'token.revoked': 'tokenRevoked',
  'token.reuse': 'tokenReuse',
  'call.denied': 'callDenied',
} as const satisfies Record<AuditType, string>;

function known(type: string): AuditType | undefined {
  return AUDIT_TYPES.find((name) => name === type);
}

/** What happened, in words; the type itself when it is not known here. */
export function eventWords(type: string, t: Translate): string {
  const name = known(type);
  return name ? t(`audit.event.${KEY[name]}`) : type;
}

/** Why, as the server says it; of a sign-in or a challenge the ways in which it was proved. */
export function reasonWords({ type, detail }: AuditEvent, t: Translate): string {
  if (type !== 'login.success' && type !== 'login.challenge') return detail;
  return detail
    .split(' ')
    .map((mechanism) => mechanismName(mechanism, t))
    .join(', ');
}

export function isDenial(type: string): boolean {
  return DENIALS.some((name) => name === type);
}
