import { Badge, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { AppMark } from '../../ui/app-mark.js';
import { DataList } from '../../ui/data-list.js';
import { TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { useRight } from '../session/session.js';
import { AddWebApps } from './add-web-apps.js';
import { loadApps } from './app-data.js';

/** The list of apps, grouped by category. */
export function AppsPage() {
  const { t } = useTranslation();
  const [adding, { open, close }] = useDisclosure();
  const mayAdd = useRight('Application Management');
  const add = mayAdd && (
    <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      {t('apps.addWebApps')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('menu.apps')} lead={t('apps.lead')} actions={add} />
      <DataList
        label={t('menu.apps')}
        searchLabel={t('apps.search')}
        queryKey={['apps', 'list']}
        load={loadApps}
        pageSize={200}
        rowId={(app) => app.id}
        groupBy={(app) => app.category}
        empty={{ title: t('apps.empty'), text: t('apps.emptyText') }}
        columns={[
          {
            id: 'name',
            header: t('apps.field.name'),
            render: (app) => (
              <Group gap="sm" wrap="nowrap">
                <AppMark name={app.name} logo={app.logo} />
                <div>
                  <TextLink
                    to="/manage/apps/$applicationId/{-$category}"
                    params={{ applicationId: app.applicationId }}
                  >
                    {app.name}
                  </TextLink>
                  <Text size="xs" c="dimmed">
                    {app.applicationId}
                  </Text>
                </div>
              </Group>
            ),
          },
          {
            id: 'template',
            header: t('apps.field.template'),
            wide: true,
            render: ({ template }) =>
              t(template === 'OAuth2Server' ? 'apps.template.server' : 'apps.template.client'),
          },
          {
            id: 'access',
            header: t('apps.category.user-access'),
            wide: true,
            render: (app) => app.userAccess.roles.join(', ') || t('apps.nobody'),
          },
          {
            id: 'state',
            header: t('apps.state'),
            render: (app) => (
              <Badge variant="default" tt="none">
                {app.enabled ? t('common.enabled') : t('common.disabled')}
              </Badge>
            ),
          },
        ]}
      />
      <AddWebApps opened={adding} onClose={close} />
    </>
  );
}
