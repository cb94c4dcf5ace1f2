import { Text } from '@mantine/core';
import { type Change, RESTORED_FROM } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { kindOf, type Restored } from './change-data.js';
import { FieldsOfChange } from './fields-of-change.js';
import { RestoreVersion } from './restore-version.js';

interface ChangeEntryProps {
  change: Change;
  /** Whether to say what was changed, where it does not go without saying. */
  named: boolean;
  onRestored?: Restored | undefined;
}

/** One change: who, when, from where, what, and each field before and after. */
export function ChangeEntry({ change, named, onRestored }: ChangeEntryProps) {
  const { t } = useTranslation();
  const { actor, action, at, source, object } = change;
  const restoredFrom = change.fields.find(({ field }) => field === RESTORED_FROM)?.new;
  return (
    <>
      <div>
        <strong>{actor}</strong> {t(`changelog.action.${action}`)}{' '}
        {named && <ChangedObject change={change} />}
      </div>
      <Text size="sm" c="dimmed" component="div">
        <RelativeTime at={at} /> · {t('changelog.from', { source })}
        {typeof restoredFrom === 'string' && (
          <>
            {' '}
            · {t('changelog.restoredFrom')} <RelativeTime at={restoredFrom} />
          </>
        )}
      </Text>
      <FieldsOfChange object={object} fields={change.fields.filter(({ field }) => field !== RESTORED_FROM)} />
      <RestoreVersion change={change} onRestored={onRestored} />
    </>
  );
}

/** The object's kind and name; a link where there is a page and it was not deleted. */
function ChangedObject({ change: { object, name, action } }: { change: Change }) {
  const { t } = useTranslation();
  const kind = kindOf(object);
  const [, id = ''] = object.split('/', 2);
  const words = kind ? t(`changelog.kind.${kind}`) : '';
  if (action === 'delete' || kind === undefined)
    return (
      <>
        {words} {name}
      </>
    );
  const ofApp = (
    <TextLink
      to="/manage/apps/$applicationId/{-$category}"
      params={{ applicationId: id, category: 'clients' }}
    >
      {name}
    </TextLink>
  );
  const links = {
    clients: ofApp,
    registrationTokens: ofApp,
    recordings: <TextLink to="/manage/traffic">{name}</TextLink>,
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
