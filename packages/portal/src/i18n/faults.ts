/** What a field's fault is called in the reader's language, where the contract gives no words of its own. */
import i18next from 'i18next';
import { config, type core } from 'zod';

function faultText(issue: core.$ZodRawIssue): string | undefined {
  const { t } = i18next;
  switch (issue.code) {
    case 'invalid_type':
      return t('faults.required');
    case 'too_small':
      return Number(issue.minimum) <= 1 ? t('faults.required') : t('faults.tooShort', { min: issue.minimum });
    case 'too_big':
      return t('faults.tooLong', { max: issue.maximum });
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
