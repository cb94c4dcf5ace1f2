import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { notifyDone } from '../../ui/notify.js';
import { PageHeader } from '../../ui/page-header.js';
import { Section } from '../../ui/section.js';
import { endSession, MY_ACCOUNT, sessionsQuery } from '../account/account-data.js';
import { DevicesList } from '../account/devices-list.js';
import { SessionsList } from '../account/sessions-list.js';

export function MySessionsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('menu.mySessions')} lead={t('my.sessionsLead')} actions={<EverywhereElse />} />
      <Stack gap="xl">
        <SessionsList account={MY_ACCOUNT} mayEnd />
        <Section title={t('account.devices')} lead={t('my.devicesLead')}>
          <DevicesList account={MY_ACCOUNT} mayForget />
        </Section>
      </Stack>
    </>
  );
}

/** Ends every session but this one. */
function EverywhereElse() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, { open, close }] = useDisclosure();
  const { data: sessions = [] } = useQuery(sessionsQuery(MY_ACCOUNT));
  const others = sessions.filter(({ current }) => !current);
  if (others.length === 0) return null;
  return (
    <>
      <Button onClick={open}>{t('my.everywhereElse')}</Button>
      <ConfirmDanger
        opened={asking}
        onClose={close}
        title={t('my.everywhereElse')}
        action={t('my.everywhereElse')}
        perform={async () => {
          const ended = await Promise.allSettled(others.map(({ id }) => endSession(MY_ACCOUNT, id)));
          await queries.invalidateQueries({ queryKey: MY_ACCOUNT.key });
          const failed = ended.find((result) => result.status === 'rejected');
          if (failed) throw failed.reason;
          notifyDone(t('my.endedElsewhere'));
        }}
      >
        {t('my.everywhereElseText', { count: others.length })}
      </ConfirmDanger>
    </>
  );
}
