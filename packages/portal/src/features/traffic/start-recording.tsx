/** Switches recording on: of whom, and for how long. */
import { Modal, Select, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { App, RECORDING_KINDS, RecordingInput, type RecordingKind, UserSummary } from '@sallyport/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.js';
import { ApiForm } from '../../ui/api-form.js';
import { LifetimeInput } from '../../ui/lifetime-input.js';
import { notifyDone } from '../../ui/notify.js';
import { schemaFaults } from '../../ui/schema-faults.js';
import { SearchPicker } from '../../ui/search-picker.js';
import { holds, useMe } from '../session/session.js';
import { RIGHT_TO_RECORD, recordingsQuery, startRecording } from './traffic-data.js';

/** The kinds that the reader may record. */
export function useRecordableKinds(): RecordingKind[] {
  const me = useMe();
  return RECORDING_KINDS.filter((kind) => holds(me, RIGHT_TO_RECORD[kind]));
}

export function StartRecording({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('traffic.start')} size="lg">
      {opened && <RecordingForm onClose={onClose} />}
    </Modal>
  );
}

function RecordingForm({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const kinds = useRecordableKinds();
  const form = useForm<RecordingInput>({
    initialValues: { kind: kinds[0] ?? 'app', subject: '', duration: '15m', keepFor: '1d' },
    validate: schemaFaults(RecordingInput),
  });
  const { kind } = form.values;
  return (
    <ApiForm
      form={form}
      send={startRecording}
      onDone={async (recording) => {
        await queries.invalidateQueries({ queryKey: recordingsQuery.queryKey });
        notifyDone(t('traffic.started', { name: recording.name }));
        onClose();
      }}
      labels={{
        kind: t('traffic.kind'),
        subject: t(`traffic.subject.${kind}`),
        duration: t('traffic.duration'),
      }}
      action={t('traffic.startNow')}
      onCancel={onClose}
    >
      <Text size="sm">{t('traffic.startText')}</Text>
      <Select
        label={t('traffic.kind')}
        data={kinds.map((value) => ({ value, label: t(`traffic.subject.${value}`) }))}
        allowDeselect={false}
        data-path="kind"
        data-autofocus
        maw="28rem"
        value={kind}
        onChange={(value) => {
          const next = RECORDING_KINDS.find((known) => known === value);
          if (next) form.setValues({ kind: next, subject: '' });
        }}
      />
      <Subject kind={kind} onPick={(subject) => form.setFieldValue('subject', subject)} />
      <TextInput
        label={t('traffic.chosen')}
        description={t(`traffic.chosenHelp.${kind}`)}
        maw="28rem"
        spellCheck={false}
        autoComplete="off"
        data-path="subject"
        {...form.getInputProps('subject')}
      />
      <LifetimeInput
        label={t('traffic.duration')}
        description={t('traffic.durationHelp')}
        data-path="duration"
        value={form.values.duration}
        error={form.errors.duration}
        onChange={(duration) => form.setFieldValue('duration', duration)}
      />
      <LifetimeInput
        label={t('traffic.keepFor')}
        description={t('traffic.keepForHelp')}
        data-path="keepFor"
        value={form.values.keepFor}
        error={form.errors.keepFor}
        onChange={(keepFor) => form.setFieldValue('keepFor', keepFor)}
      />
    </ApiForm>
  );
}

/** Apps and users are found by typing; a client id is any text. */
function Subject({ kind, onPick }: { kind: RecordingKind; onPick(subject: string): void }) {
  const { t } = useTranslation();
  if (kind === 'app')
    return (
      <SearchPicker
        key="app"
        label={t('traffic.find.app')}
        queryKey={['apps', 'recordable']}
        load={(query) => api.page('/apps', App, { ...query })}
        choiceOf={({ applicationId, name }) => ({
          value: applicationId,
          label: `${name} (${applicationId})`,
        })}
        onPick={onPick}
      />
    );
  if (kind === 'client') return null;
  return (
    <SearchPicker
      key="user"
      label={t('traffic.find.user')}
      queryKey={['users', 'recordable']}
      load={(query) => api.page('/users', UserSummary, { ...query })}
      choiceOf={({ loginName, displayName }) => ({
        value: loginName,
        label: `${displayName} (${loginName})`,
      })}
      onPick={onPick}
    />
  );
}
