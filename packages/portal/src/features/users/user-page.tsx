import { Group, Stack } from '@mantine/core';
import type { User } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { path, type Versioned } from '../../api.js';
import { ApiRequest } from '../../ui/api-request.js';
import { MenuLink, TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { Section } from '../../ui/section.js';
import { SidePages } from '../../ui/side-pages.js';
import { ErrorState, PageSkeleton } from '../../ui/states.js';
import { accountOf } from '../account/account-data.js';
import { DevicesList } from '../account/devices-list.js';
import { PermissionsList } from '../account/permissions-list.js';
import { SessionsList } from '../account/sessions-list.js';
import { ChangeLog } from '../changelog/change-log.js';
import { useRight } from '../session/session.js';
import { UserActions } from './user-actions.js';
import { userQuery } from './user-data.js';
import { UserFactors } from './user-factors.js';
import { UserProfile } from './user-profile.js';
import { UserRoles } from './user-roles.js';
import { UserStatus } from './users-page.js';

const PARTS = ['profile', 'roles', 'sessions', 'permissions', 'changelog'] as const;
type Part = (typeof PARTS)[number];

export function UserPage() {
  const { t } = useTranslation();
  const { userId = '', part } = useParams({ strict: false });
  const query = useQuery(userQuery(userId));
  if (query.isPending) return <PageSkeleton />;
  if (query.isError)
    return (
      <>
        <PageHeader title={t('users.user')} trail={<Trail />} />
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </>
    );
  const { value: user } = query.data;
  const current = PARTS.find((known) => known === part) ?? 'profile';
  return (
    <>
      <PageHeader
        trail={<Trail />}
        title={user.displayName}
        lead={
          <Group component="span" gap="sm">
            {user.loginName}
            <UserStatus user={user} />
          </Group>
        }
        actions={
          <>
            <ApiRequest method="GET" target={path('users', userId)} />
            <UserActions user={user} />
          </>
        }
      />
      <SidePages
        label={t('users.parts')}
        menu={PARTS.map((part) => (
          <MenuLink
            key={part}
            to="/manage/users/$userId/{-$part}"
            params={{ userId, part }}
            active={part === current}
            aria-current={part === current ? 'page' : undefined}
            label={t(`users.part.${part}`)}
          />
        ))}
      >
        <UserPart part={current} read={query.data} />
      </SidePages>
    </>
  );
}

function Trail() {
  const { t } = useTranslation();
  return <TextLink to="/manage/users">{t('menu.users')}</TextLink>;
}

function UserPart({ part, read }: { part: Part; read: Versioned<User> }) {
  const { t } = useTranslation();
  const mayWrite = useRight('User Management');
  const { value: user } = read;
  const account = accountOf(user.id);
  if (part === 'roles') return <UserRoles user={user} />;
  if (part === 'sessions')
    return (
      <Stack gap="xl">
        <Section title={t('account.sessions')} lead={t('users.sessionsLead')}>
          <SessionsList account={account} mayEnd={mayWrite} />
        </Section>
        <Section title={t('account.devices')} lead={t('users.devicesLead')}>
          <DevicesList account={account} mayForget={mayWrite} />
        </Section>
      </Stack>
    );
  if (part === 'permissions')
    return (
      <Section title={t('account.permissions')} lead={t('users.permissionsLead')}>
        <PermissionsList account={account} mayRevoke={mayWrite} />
      </Section>
    );
  if (part === 'changelog')
    return (
      <Section title={t('menu.changelog')}>
        <ChangeLog object={`users/${user.id}`} />
      </Section>
    );
  return (
    <Stack gap="xl">
      <UserProfile read={read} />
      {!user.confidentialClient && <UserFactors user={user} />}
    </Stack>
  );
}
