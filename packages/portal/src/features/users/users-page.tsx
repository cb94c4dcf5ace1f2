import { Badge, Group, Stack, Text } from '@mantine/core';
import type { UserSummary } from '@sallyport/contract';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Column, DataList } from '../../ui/data-list.js';
import { ButtonLink, TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { useRight } from '../session/session.js';
import { loadUsers } from './user-data.js';

export function UsersPage() {
  const { t } = useTranslation();
  const mayWrite = useRight('User Management');
  const add = mayWrite && (
    <ButtonLink to="/manage/users/new" variant="filled" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('users.add')}
    </ButtonLink>
  );
  const columns: Column<UserSummary>[] = [
    { id: 'user', header: t('users.user'), render: (user) => <Name user={user} /> },
    { id: 'email', header: t('users.email'), wide: true, render: ({ email }) => email },
    { id: 'status', header: t('users.status'), render: (user) => <UserStatus user={user} /> },
    {
      id: 'created',
      header: t('users.created'),
      wide: true,
      render: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
  return (
    <>
      <PageHeader title={t('menu.users')} lead={t('users.lead')} actions={add} />
      <DataList
        label={t('menu.users')}
        searchLabel={t('users.search')}
        queryKey={['users', 'list']}
        load={loadUsers}
        columns={columns}
        rowId={({ id }) => id}
        empty={{ title: t('users.emptyTitle'), text: t('users.emptyText'), action: add }}
      />
    </>
  );
}

function Name({ user }: { user: UserSummary }) {
  return (
    <Stack gap={0}>
      <TextLink to="/manage/users/$userId/{-$part}" params={{ userId: user.id }}>
        {user.loginName}
      </TextLink>
      <Text size="sm" c="dimmed">
        {user.displayName}
      </Text>
    </Stack>
  );
}

/** What is out of the ordinary about the user, in words. */
export function UserStatus({ user }: { user: Omit<UserSummary, 'loginName'> }) {
  const { t } = useTranslation();
  return (
    <Group gap={6}>
      {user.enabled ? (
        <Text component="span" size="sm">
          {t('common.enabled')}
        </Text>
      ) : (
        <Badge color="red">{t('common.disabled')}</Badge>
      )}
      {user.confidentialClient && (
        <Badge variant="outline" color="gray">
          {t('users.client')}
        </Badge>
      )}
      {user.mustChangePassword && (
        <Badge variant="outline" color="gray">
          {t('users.mustChange')}
        </Badge>
      )}
    </Group>
  );
}
