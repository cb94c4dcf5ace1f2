import { Text } from '@mantine/core';
import type { Change } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ChangedFields } from '../../ui/changed-fields.js';
import { TextLink } from '../../ui/links.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { fieldLabel } from '../apps/field-labels.js';
import { kindOf, roleNamesQuery } from './change-data.js';
import { fieldLines } from './field-lines.js';
import { fieldWords } from './field-words.js';

interface ChangeEntryProps {
  change: Change;
  /** Whether to say what was changed, where it does not go without saying. */
  named: boolean;
}

/** One change: who, when, from where, what, and each field before and after. */
export function ChangeEntry({ change, named }: ChangeEntryProps) {
  const { t, i18n } = useTranslation();
  const { data: roleNames = new Map<string, string>() } = useQuery(roleNamesQuery);
  const { actor, action, at, source, object } = change;
  const isApp = kindOf(object) === 'apps';
  return (
    <>
      <div>
        <strong>{actor}</strong> {t(`changelog.action.${action}`)}{' '}
        {named && <ChangedObject change={change} />}
      </div>
      <Text size="sm" c="dimmed" component="div">
        <RelativeTime at={at} /> · {t('changelog.from', { source })}
      </Text>
      <ChangedFields
        fields={change.fields}
        labelOf={(field) => (isApp ? fieldLabel(field, t) : fieldWords(field, t))}
        linesOf={(field, value) => fieldLines(field, value, { t, language: i18n.language, roleNames })}
      />
    </>
  );
}

/** The object's kind and name; a link where there is a page and it was not deleted. */
function ChangedObject({ change: { object, name, action } }: { change: Change }) {
  const { t } = useTranslation();
  const kind = kindOf(object);
  const id = object.slice(object.indexOf('/') + 1);
  const words = kind ? t(`changelog.kind.${kind}`) : '';
  if (action === 'delete' || kind === undefined)
    return (
      <>
        {words} {name}
      </>
    );
  const links = {
    apps: (
      <TextLink to="/manage/apps/$applicationId/{-$category}" params={{ applicationId: id }}>
        {name}
      </TextLink>
    ),
    users: (
      <TextLink to="/manage/users/$userId/{-$part}" params={{ userId: id }}>
        {name}
      </TextLink>
    ),
    roles: (
      <TextLink to="/manage/roles/$roleId/{-$part}" params={{ roleId: id }}>
        {name}
      </TextLink>
    ),
    keys: <TextLink to="/manage/settings">{name}</TextLink>,
    tenant: <TextLink to="/manage/settings">{name}</TextLink>,
  };
  return (
    <>
      {words} {links[kind]}
    </>
  );
}
