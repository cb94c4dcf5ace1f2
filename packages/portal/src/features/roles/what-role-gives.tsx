import { List, Text } from '@mantine/core';
import type { Role } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMayRead } from '../session/session.js';
import { roleAppsQuery } from './role-data.js';

/** Names the apps and rights that go with the role, for a question that would take them away. */
export function WhatRoleGives({ role }: { role: Role }) {
  const { t } = useTranslation();
  const mayReadApps = useMayRead()('apps');
  const { data: apps } = useQuery({ ...roleAppsQuery(role.id), enabled: mayReadApps });
  if (apps?.length === 0 && role.rights.length === 0) return <Text>{t('roles.givesNothing')}</Text>;
  return (
    <>
      <Text mb="xs">{t('roles.givesLead')}</Text>
      <List size="sm">
        {apps?.map(({ id, name }) => (
          <List.Item key={id}>{t('roles.givesApp', { name })}</List.Item>
        ))}
        {role.rights.map((right) => (
          <List.Item key={right}>{t('roles.givesRight', { right })}</List.Item>
        ))}
        {!mayReadApps && <List.Item>{t('roles.givesHiddenApps')}</List.Item>}
      </List>
    </>
  );
}
