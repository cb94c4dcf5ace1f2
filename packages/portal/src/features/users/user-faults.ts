/** What can be told about a user's fields before the server is asked. */
import { Email, LoginName } from '@sallyport/contract';
import type { Translate } from '../../i18n/i18n.js';

/** The fault of what stands before the suffix, or null. */
export function loginPartFault(part: string, t: Translate): string | null {
  if (part.trim() === '') return t('users.fault.loginName');
  return LoginName.safeParse(`${part.trim()}@x`).success ? null : t('users.fault.loginNameShape');
}

export function emailFault(email: string, t: Translate): string | null {
  return Email.safeParse(email.trim()).success ? null : t('users.fault.email');
}
