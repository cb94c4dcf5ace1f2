import { Box, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import type { OwnApp } from '@sallyport/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AppMark } from '../../ui/app-mark.js';
import { TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { QueryStates } from '../../ui/query-states.js';
import { EmptyState } from '../../ui/states.js';
import { MY_ACCOUNT, permissionsQuery } from '../account/account-data.js';
import { myAppsQuery } from './my-data.js';

export function MyAppsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('menu.myApps')} lead={t('my.appsLead')} />
      <QueryStates query={useQuery(myAppsQuery)} what={t('menu.myApps')}>
        {(apps) =>
          apps.length === 0 ? (
            <EmptyState title={t('my.noApps')} text={t('my.noAppsText')} />
          ) : (
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} component="ul" p={0} m={0}>
              {apps.map((app) => (
                <AppTile key={app.applicationId} app={app} />
              ))}
            </SimpleGrid>
          )
        }
      </QueryStates>
    </>
  );
}

function AppTile({ app: { applicationId, name, category, logo } }: { app: OwnApp }) {
  const { t } = useTranslation();
  const { data: permissions } = useQuery(permissionsQuery(MY_ACCOUNT));
  const clients = permissions?.filter((permission) => permission.applicationId === applicationId).length;
  return (
    <Card component="li" withBorder padding="md">
      <Group gap="sm" wrap="nowrap">
        <AppMark name={name} logo={logo} large />
        <Box miw={0} style={{ overflowWrap: 'anywhere' }}>
          <Title order={2} size="h3">
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            {category}
          </Text>
        </Box>
      </Group>
      <Text size="sm" mt="sm">
        {clients === undefined || clients === 0 ? (
          t('my.noClientHere')
        ) : (
          <TextLink to="/my/permissions">{t('my.clientsHere', { count: clients })}</TextLink>
        )}
      </Text>
    </Card>
  );
}
