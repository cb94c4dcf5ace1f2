import { Badge, Button, Group, Text } from '@mantine/core';
import type { Recording } from '@sallyport/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDanger } from '../../ui/confirm-danger.js';
import { TextLink } from '../../ui/links.js';
import { notifyDone, notifyFailed } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { Record, RecordList } from '../../ui/record-list.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { errorText } from '../../ui/states.js';
import { useRecordableKinds } from './start-recording.js';
import { deleteRecording, recordingsQuery, stopRecording } from './traffic-data.js';

/** What is recorded now, and what was recorded and is still kept. */
export function Recordings() {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<Recording | null>(null);
  const queries = useQueryClient();
  return (
    <QueryStates query={useQuery(recordingsQuery)} what={t('traffic.recordings')}>
      {(recordings) =>
        recordings.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('traffic.noRecordings')}
          </Text>
        ) : (
          <>
            <RecordList label={t('traffic.recordings')}>
              {recordings.map((recording) => (
                <Record
                  key={recording.id}
                  actions={<Actions recording={recording} onDelete={() => setLeaving(recording)} />}
                >
                  <Words recording={recording} />
                </Record>
              ))}
            </RecordList>
            <ConfirmDanger
              opened={leaving !== null}
              onClose={() => setLeaving(null)}
              title={t('traffic.deleteTitle', { name: leaving?.name ?? '' })}
              action={t('common.delete')}
              perform={async () => {
                if (!leaving) return;
                await deleteRecording(leaving.id);
                await queries.invalidateQueries({ queryKey: ['traffic'] });
                notifyDone(t('traffic.deleted', { name: leaving.name }));
              }}
            >
              {t('traffic.deleteText')}
            </ConfirmDanger>
          </>
        )
      }
    </QueryStates>
  );
}

function Words({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const { id, kind, name, active, full, flows, endsAt, expiresAt, startedBy } = recording;
  return (
    <>
      <Group gap="xs">
        <Badge variant="outline" color={active ? 'pine' : 'gray'}>
          {active ? t('traffic.active') : t('traffic.ended')}
        </Badge>
        <Text fw={600}>
          {t(`traffic.subject.${kind}`)} {name}
        </Text>
      </Group>
      <Text size="sm" component="div">
        <TextLink to="/manage/traffic" search={{ recording: id }}>
          {t('traffic.flowCount', { count: flows })}
        </TextLink>
        {' · '}
        {t('traffic.startedBy', { who: startedBy })}
        {' · '}
        {active ? t('traffic.endsIn') : t('traffic.endedAt')} <RelativeTime at={endsAt} />
        {' · '}
        {t('traffic.goneIn')} <RelativeTime at={expiresAt} />
      </Text>
      {full && <Text size="sm">{t('traffic.full')}</Text>}
    </>
  );
}

function Actions({ recording, onDelete }: { recording: Recording; onDelete(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useRecordableKinds().includes(recording.kind);
  const stopping = useMutation({
    mutationFn: () => stopRecording(recording.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: recordingsQuery.queryKey }),
    onError: (error) => notifyFailed(errorText(error, t)),
  });
  if (!mayWrite) return null;
  const { name } = recording;
  return (
    <Group gap="xs">
      {recording.active && (
        <Button
          loading={stopping.isPending}
          onClick={() => stopping.mutate()}
          aria-label={t('traffic.stopWhat', { name })}
        >
          {t('traffic.stop')}
        </Button>
      )}
      <Button onClick={onDelete} aria-label={t('traffic.deleteWhat', { name })}>
        {t('common.delete')}
      </Button>
    </Group>
  );
}
