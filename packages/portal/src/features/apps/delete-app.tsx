import { Button, Divider, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { useRight } from '../session/session.js';
import { deleteApp, usageQuery } from './app-data.js';
import type { PanelProps } from './category-panel.js';

/** Deletes the app, once its name was typed. */
export function DeleteApp({ app }: PanelProps) {
  const { t } = useTranslation();
  const [asking, { open, close }] = useDisclosure();
  const queries = useQueryClient();
  const navigate = useNavigate();
  if (!useRight('Application Management')) return null;

  const perform = async () => {
    await deleteApp(app.applicationId);
    await navigate({ to: '/manage/apps', ignoreBlocker: true });
    queries.removeQueries({ queryKey: ['apps'] });
    notifyDone(t('apps.deleted', { name: app.name }));
  };
  return (
    <>
      <Divider />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex="1 1 16rem">
          {t('apps.deleteHint')}
        </Text>
        <Button onClick={open}>{t('apps.delete')}</Button>
      </Group>
      <ConfirmDanger
        opened={asking}
        onClose={close}
        title={t('apps.deleteTitle', { name: app.name })}
        name={app.name}
        action={t('common.delete')}
        perform={perform}
      >
        <WhatStops applicationId={app.applicationId} />
        {t('apps.deleteText')}
      </ConfirmDanger>
    </>
  );
}

/** How many clients and users stop, read when the question is put. */
function WhatStops({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(usageQuery(applicationId));
  return (
    <Text mb="xs" mih="1.55em">
      {data &&
        (data.clients === 0
          ? t('apps.noClients')
          : `${t('apps.clientsStop', { count: data.clients })} ${t('apps.usersStop', { count: data.users })}`)}
    </Text>
  );
}
