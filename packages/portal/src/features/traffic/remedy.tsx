import { Text } from '@mantine/core';
import type { RemedyName, Remedy as RemedyOf } from '@sallyport/contract';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';

/** On which page of the app's configuration the setting stands; the rest stands with the user or the role. */
const CATEGORY: Partial<
  Record<RemedyName, 'settings' | 'general-usage' | 'tokens' | 'scope' | 'user-access'>
> = {
  appEnabled: 'settings',
  clientIdType: 'general-usage',
  redirects: 'general-usage',
  requirePar: 'general-usage',
  admitOldClients: 'general-usage',
  authMethods: 'tokens',
  issueRefreshTokens: 'tokens',
  requireDpop: 'tokens',
  codeLifetime: 'tokens',
  refreshTokenLifetime: 'tokens',
  scopes: 'scope',
  userAccess: 'user-access',
};
const OF_USERS: readonly RemedyName[] = [
  'clientSecret',
  'confidentialClient',
  'userEnabled',
  'userPassword',
  'userLock',
  'userFactors',
];

/** What to change, with the way to the place where it is changed. */
export function Remedy({ remedy: { remedy, applicationId, userId } }: { remedy: RemedyOf }) {
  const { t } = useTranslation();
  const category = CATEGORY[remedy];
  return (
    <Text size="sm" component="div">
      {t(`traffic.remedy.${remedy}`)}{' '}
      {category && applicationId !== null && (
        <TextLink to="/manage/apps/$applicationId/{-$category}" params={{ applicationId, category }}>
          {t('traffic.goToApp', { page: t(`apps.category.${category}`), app: applicationId })}
        </TextLink>
      )}
      {OF_USERS.includes(remedy) &&
        (userId === null ? (
          <TextLink to="/manage/users">{t('traffic.goToUsers')}</TextLink>
        ) : (
          <TextLink to="/manage/users/$userId/{-$part}" params={{ userId }}>
            {t('traffic.goToUser')}
          </TextLink>
        ))}
      {remedy === 'roleRights' && <TextLink to="/manage/roles">{t('menu.roles')}</TextLink>}
    </Text>
  );
}
