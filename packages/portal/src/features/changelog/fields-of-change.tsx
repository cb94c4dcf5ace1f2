import type { ChangedField } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ChangedFields } from '../../ui/changed-fields.js';
import { fieldLabel } from '../apps/field-labels.js';
import { appNamesQuery, kindOf, roleNamesQuery } from './change-data.js';
import { fieldLines } from './field-lines.js';
import { fieldWords } from './field-words.js';

const NONE: ReadonlyMap<string, string> = new Map();

/** Fields of one object before and after, in the words of its kind. */
export function FieldsOfChange({ object, fields }: { object: string; fields: readonly ChangedField[] }) {
  const { t, i18n } = useTranslation();
  const { data: roleNames = NONE } = useQuery(roleNamesQuery);
  const namesApps = fields.some(({ field }) => field === 'authentication.rules');
  const { data: appNames = NONE } = useQuery({ ...appNamesQuery, enabled: namesApps });
  const isApp = kindOf(object) === 'apps';
  return (
    <ChangedFields
      fields={fields}
      labelOf={(field) => (isApp ? fieldLabel(field, t) : fieldWords(field, t))}
      linesOf={(field, value) =>
        fieldLines(field, value, { t, language: i18n.language, roleNames, appNames })
      }
    />
  );
}
