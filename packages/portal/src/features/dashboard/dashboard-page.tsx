import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../ui/page-header.js';
import { useRight } from '../session/session.js';
import { Attention } from './attention.js';
import { Checklist } from './checklist.js';
import { LastDay } from './last-day.js';
import { Quickstart } from './quickstart.js';

export function DashboardPage() {
  const { t } = useTranslation();
  const mayReadLogs = useRight('Read Only System Administrator');
  const mayReadApps = useRight('Application Management') || mayReadLogs;
  return (
    <>
      <PageHeader title={t('menu.dashboard')} lead={t('dashboard.lead')} />
      <Stack gap="xl">
        {mayReadApps && <Checklist />}
        {mayReadLogs && <LastDay />}
        {mayReadLogs && <Attention />}
      </Stack>
      {mayReadApps && <Quickstart />}
    </>
  );
}
