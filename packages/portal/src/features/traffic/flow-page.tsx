/** One flow: the picture of it, the failed step open, with export and a link for colleagues. */
import { Button, Group, Text } from '@mantine/core';
import type { TrafficFlowDetail } from '@sallyport/contract';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/copy-button.js';
import { TextLink } from '../../ui/links.js';
import { notifyFailed } from '../../ui/notify.js';
import { PageHeader } from '../../ui/page-header.js';
import { QueryStates } from '../../ui/query-states.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { errorText } from '../../ui/states.js';
import { Sequence } from './sequence.js';
import { kindWords } from './step-words.js';
import { exportArchive, flowQuery } from './traffic-data.js';

export function FlowPage() {
  const { t } = useTranslation();
  const { flowId = '' } = useParams({ strict: false });
  const query = useQuery(flowQuery(flowId));
  const flow = query.data;
  const title = flow
    ? `${kindWords(flow.first, t)}${flow.first === flow.last ? '' : ` … ${kindWords(flow.last, t)}`}`
    : t('traffic.flow');
  return (
    <>
      <PageHeader
        trail={<TextLink to="/manage/traffic">{t('menu.traffic')}</TextLink>}
        title={title}
        lead={flow && <Whose flow={flow} />}
        actions={flow && <Actions flow={flow} />}
      />
      <QueryStates query={query} what={t('traffic.flow')}>
        {(found) => <Picture flow={found} />}
      </QueryStates>
    </>
  );
}

function Whose({ flow }: { flow: TrafficFlowDetail }) {
  const { t } = useTranslation();
  const { applicationId, clientId, userName, expiresAt, failedStep } = flow;
  return (
    <>
      {[applicationId, clientId, userName].filter((part) => part !== null).join(' · ')}
      {' · '}
      {failedStep === null ? t('traffic.went') : t('traffic.failed')}
      {' · '}
      {t('traffic.goneIn')} <RelativeTime at={expiresAt} />
    </>
  );
}

function Actions({ flow: { id, link } }: { flow: TrafficFlowDetail }) {
  const { t } = useTranslation();
  const exporting = useMutation({
    mutationFn: () => exportArchive(id),
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  return (
    <Group gap="sm">
      <Button
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={exporting.isPending}
        onClick={() => exporting.mutate()}
      >
        {t('traffic.export')}
      </Button>
      <CopyButton value={link} what={t('traffic.link')} worded />
    </Group>
  );
}

/** The step that stands open is in the address; until one is chosen, it is the one that failed. */
function Picture({ flow }: { flow: TrafficFlowDetail }) {
  const { t } = useTranslation();
  const { step = flow.failedStep } = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <>
      <Sequence
        steps={flow.steps}
        open={step === '' ? null : step}
        onOpen={(id) =>
          void navigate({
            to: '/manage/traffic/$flowId',
            params: { flowId: flow.id },
            search: { step: id ?? '' },
            replace: true,
            resetScroll: false,
          })
        }
      />
      {flow.truncated && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('traffic.truncated')}
        </Text>
      )}
    </>
  );
}
