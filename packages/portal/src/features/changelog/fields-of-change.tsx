import type { ChangedField } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ChangedFields } from '../../ui/changed-fields.js';
import { fieldLabel } from '../apps/field-labels.js';
import { kindOf, roleNamesQuery } from './change-data.js';
import { fieldLines } from './field-lines.js';
import { fieldWords } from './field-words.js';

/** Fields of one object before and after, in the words of its kind. */
export function FieldsOfChange({ object, fields }: { object: string; fields: readonly ChangedField[] }) {
  const { t, i18n } = useTranslation();
  const { data: roleNames = new Map<string, string>() } = useQuery(roleNamesQuery);
  const isApp = kindOf(object) === 'apps';
  return (
    <ChangedFields
      fields={fields}
      labelOf={(field) => (isApp ? fieldLabel(field, t) : fieldWords(field, t))}
      linesOf={(field, value) => fieldLines(field, value, { t, language: i18n.language, roleNames })}
    />
  );
}
