import { List } from '@mantine/core';
import type { User } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { accountOf, permissionsQuery, sessionsQuery } from '../account/account-data.js';

interface WhatStopsProps {
  user: User;
  /** Whether it cannot be taken back. */
  forGood?: boolean;
}

/** Names what ends when the user does: sessions, permissions, the programs that sign in as a client. */
export function WhatStops({ user, forGood = false }: WhatStopsProps) {
  const { t } = useTranslation();
  const { ending, losing, isPending } = useEnding(user);
  return (
    <List size="sm" spacing="xs" aria-busy={isPending}>
      <List.Item>
        {user.confidentialClient
          ? t('users.stops.client', { name: user.loginName })
          : t('users.stops.person', { name: user.displayName })}
      </List.Item>
      {ending > 0 && <List.Item>{t('users.stops.sessions', { count: ending })}</List.Item>}
      {losing > 0 && <List.Item>{t('users.stops.permissions', { count: losing })}</List.Item>}
      <List.Item>{forGood ? t('users.stops.forGood') : t('users.stops.enableAgain')}</List.Item>
    </List>
  );
}

/** The same of signing the user out everywhere, which leaves the account open. */
export function SignOutStops({ user }: { user: User }) {
  const { t } = useTranslation();
  const { ending, losing, isPending } = useEnding(user);
  return (
    <List size="sm" spacing="xs" aria-busy={isPending}>
      <List.Item>{t('users.stops.sessions', { count: ending })}</List.Item>
      <List.Item>{t('users.stops.permissions', { count: losing })}</List.Item>
      <List.Item>{t('users.signOutAgain')}</List.Item>
    </List>
  );
}

/** How many sessions and permissions end with it. */
function useEnding({ id }: User) {
  const account = accountOf(id);
  const sessions = useQuery(sessionsQuery(account));
  const permissions = useQuery(permissionsQuery(account));
  return {
    ending: sessions.data?.length ?? 0,
    losing: permissions.data?.length ?? 0,
    isPending: sessions.isPending || permissions.isPending,
  };
}
