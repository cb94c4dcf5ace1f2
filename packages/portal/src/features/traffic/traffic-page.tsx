/** Traffic: what is recorded, the flows as they come, and why a request was refused. */
import { Button, NativeSelect, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { TrafficFlow } from '@sallyport/contract';
import { IconAlertTriangle, IconCheck, IconPlayerRecord } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Column, DataList } from '../../ui/data-list.js';
import { TextLink } from '../../ui/links.js';
import { PageHeader } from '../../ui/page-header.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Section } from '../../ui/section.js';
import { ExplainReference } from './explain-reference.js';
import { Recordings } from './recordings.js';
import { StartRecording, useRecordableKinds } from './start-recording.js';
import { kindWords } from './step-words.js';
import { LIVE, loadFlows } from './traffic-data.js';
import classes from './traffic-page.module.css';

export function TrafficPage() {
  const { t } = useTranslation();
  const { recording, failed, reference } = useSearch({ strict: false });
  const [starting, { open, close }] = useDisclosure();
  const mayRecord = useRecordableKinds().length > 0;
  const filter = { recording, failed: failed === 'true' ? ('true' as const) : undefined };
  const start = mayRecord && (
    <Button variant="filled" leftSection={<IconPlayerRecord size={16} aria-hidden />} onClick={open}>
      {t('traffic.start')}
    </Button>
  );
  const columns: Column<TrafficFlow>[] = [
    { id: 'what', header: t('traffic.flow'), render: (flow) => <What flow={flow} /> },
    { id: 'app', header: t('traffic.subject.app'), wide: true, render: (flow) => flow.applicationId },
    { id: 'client', header: t('traffic.subject.client'), wide: true, render: (flow) => flow.clientId },
    { id: 'user', header: t('traffic.subject.user'), wide: true, render: (flow) => flow.userName },
    { id: 'when', header: t('audit.when'), render: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
  ];
  return (
    <>
      <PageHeader title={t('menu.traffic')} lead={t('traffic.lead')} actions={start} />
      <Stack gap="xl">
        <Section title={t('traffic.recordings')}>
          <Recordings />
        </Section>
        <Section title={t('traffic.explainTitle')} lead={t('traffic.explainLead')}>
          <ExplainReference key={reference ?? ''} reference={reference} />
        </Section>
        <Section title={t('traffic.flows')} lead={t('traffic.flowsLead')}>
          <DataList
            label={t('traffic.flows')}
            searchLabel={t('traffic.search')}
            queryKey={['traffic', 'flows', filter]}
            load={(query) => loadFlows(filter, query)}
            refreshEvery={LIVE}
            columns={columns}
            rowId={({ id }) => id}
            filters={<Filters />}
            isFiltered={recording !== undefined || failed !== undefined}
            empty={{
              title: t('traffic.emptyTitle'),
              text: t('traffic.emptyText'),
              action: start || undefined,
            }}
          />
        </Section>
      </Stack>
      <StartRecording opened={starting} onClose={close} />
    </>
  );
}

function Filters() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { failed, recording } = useSearch({ strict: false });
  return (
    <>
      <NativeSelect
        label={t('audit.typeLabel')}
        value={failed ?? ''}
        data={[
          { value: '', label: t('audit.everything') },
          { value: 'true', label: t('traffic.failedAlone') },
        ]}
        onChange={({ currentTarget: { value } }) => {
          const next = value === '' ? undefined : value;
          void navigate({
            to: '/manage/traffic',
            search: (old) => ({ ...old, failed: next, after: undefined }),
            replace: true,
          });
        }}
      />
      {recording !== undefined && (
        <Button
          onClick={() =>
            void navigate({
              to: '/manage/traffic',
              search: (old) => ({ ...old, recording: undefined, after: undefined }),
            })
          }
        >
          {t('traffic.everyRecording')}
        </Button>
      )}
    </>
  );
}

/** From what to what, and whether it went well; on a phone, whose it was as well. */
function What({ flow }: { flow: TrafficFlow }) {
  const { t } = useTranslation();
  const { id, first, last, stepCount, failedStep, truncated } = flow;
  const Icon = failedStep === null ? IconCheck : IconAlertTriangle;
  const words = first === last ? kindWords(first, t) : `${kindWords(first, t)} … ${kindWords(last, t)}`;
  return (
    <>
      <span className={classes.what} data-failed={failedStep !== null}>
        <Icon size={16} aria-label={failedStep === null ? t('traffic.went') : t('traffic.failed')} />
        <TextLink to="/manage/traffic/$flowId" params={{ flowId: id }} fw={600}>
          {words}
        </TextLink>
      </span>
      <Text size="sm" c="dimmed">
        {t('traffic.stepCount', { count: stepCount })}
        {truncated && ` · ${t('traffic.truncated')}`}
      </Text>
      <Text size="sm" c="dimmed" hiddenFrom="sm">
        {[flow.applicationId, flow.clientId, flow.userName].filter((part) => part !== null).join(' · ')}
      </Text>
    </>
  );
}
