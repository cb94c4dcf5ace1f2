/** What a field's fault is called in the reader's language, where the contract gives no words of its own. */
import i18next from 'i18next';
import { config, type core } from 'zod';

/** By what has too much: a text has characters, a list has entries, and a number is great. */
const TOO_BIG: Record<string, 'faults.tooLong' | 'faults.tooMany'> = {
  string: 'faults.tooLong',
  array: 'faults.tooMany',
};

function tooSmall({ origin, minimum }: core.$ZodRawIssue<core.$ZodIssueTooSmall>): string {
  const { t } = i18next;
  if (origin !== 'string' && origin !== 'array') return t('faults.tooSmall', { min: minimum });
  if (Number(minimum) <= 1) return t('faults.required');
  return t(origin === 'array' ? 'faults.tooFew' : 'faults.tooShort', { min: minimum });
}

function faultText(issue: core.$ZodRawIssue): string | undefined {
  const { t } = i18next;
  switch (issue.code) {
    case 'invalid_type':
      return t('faults.required');
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return t(TOO_BIG[issue.origin] ?? 'faults.tooGreat', { max: issue.maximum });
    case 'invalid_format':
      return issue.format === 'email' ? t('faults.email') : t('faults.format');
    default:
      return undefined;
  }
}

/** Has every schema speak the language of the page. */
export function translateFaults(): void {
  config({ customError: faultText });
}
