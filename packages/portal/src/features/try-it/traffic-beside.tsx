/** The newest flow of the app as it comes in, once recording is on. */
import { Button, Stack, Text } from '@mantine/core';
import { IconPlayerRecord } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextLink } from '../../ui/links.js';
import { notifyFailed } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Section } from '../../ui/section.js';
import { errorText } from '../../ui/states.js';
import { useRight } from '../session/session.js';
import { Sequence } from '../traffic/sequence.js';
import { flowQuery, latestFlowQuery, recordingsQuery, startRecording } from '../traffic/traffic-data.js';

export function TrafficBeside({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const recordings = useQuery(recordingsQuery);
  const isOn = recordings.data?.some(
    ({ kind, subject, active }) => active && kind === 'app' && subject === applicationId,
  );
  return (
    <Section title={t('menu.traffic')} lead={t('tryIt.trafficLead')}>
      <QueryStates query={recordings} what={t('menu.traffic')}>
        {() => (isOn ? <Latest applicationId={applicationId} /> : <Start applicationId={applicationId} />)}
      </QueryStates>
    </Section>
  );
}

function Start({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayRecord = useRight('Application Management');
  const starting = useMutation({
    mutationFn: () => startRecording({ kind: 'app', subject: applicationId, duration: '15m', keepFor: '1d' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: recordingsQuery.queryKey }),
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  if (!mayRecord)
    return (
      <Text size="sm" c="dimmed">
        {t('traffic.noRecordings')}
      </Text>
    );
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{t('traffic.startText')}</Text>
      <Button
        h="auto"
        mih="2.25rem"
        styles={{ label: { whiteSpace: 'normal' } }}
        leftSection={<IconPlayerRecord size={16} aria-hidden />}
        loading={starting.isPending}
        onClick={() => starting.mutate()}
      >
        {t('tryIt.record')}
      </Button>
    </Stack>
  );
}

function Latest({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const latest = useQuery(latestFlowQuery(applicationId));
  return (
    <QueryStates query={latest} what={t('traffic.flow')}>
      {(flow) =>
        flow === null ? (
          <Text size="sm" c="dimmed">
            {t('tryIt.nothingYet')}
          </Text>
        ) : (
          <Stack gap="sm">
            <TextLink to="/manage/traffic/$flowId" params={{ flowId: flow.id }}>
              {t('traffic.showFlow')}
            </TextLink>
            <Flow key={flow.id} id={flow.id} />
          </Stack>
        )
      }
    </QueryStates>
  );
}

function Flow({ id }: { id: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <QueryStates query={useQuery(flowQuery(id))} what={t('traffic.flow')}>
      {({ steps }) => <Sequence steps={steps} open={open} onOpen={setOpen} />}
    </QueryStates>
  );
}
