/** Takes an object back to what it was after a change, once the reader has seen what that would change. */
import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import type { Change, Restoration } from '@sallyport/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Versioned } from '../../api.js';
import { inWords } from '../../i18n/in-words.js';
import { notifyDone } from '../../ui/notify.js';
import { QueryStates } from '../../ui/query-states.js';
import { errorText, isConflict } from '../../ui/states.js';
import { holds, useMe } from '../session/session.js';
import {
  isRestorable,
  kindOf,
  makesVersion,
  planQuery,
  RESTORED_BY,
  type Restored,
  restoreChange,
} from './change-data.js';
import { FieldsOfChange } from './fields-of-change.js';

interface RestoreVersionProps {
  change: Change;
  onRestored?: Restored | undefined;
}

/** A button, where the reader may write objects of that kind. */
export function RestoreVersion({ change, onRestored }: RestoreVersionProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [opened, setOpened] = useState(false);
  const kind = kindOf(change.object);
  if (!isRestorable(kind) || !makesVersion(change)) return null;
  if (!holds(me, RESTORED_BY[kind])) return null;
  const title = t(change.action === 'delete' ? 'changelog.bringBack' : 'changelog.restore');
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        mt="xs"
        ml="-xs"
        onClick={() => setOpened(true)}
      >
        {title}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={title} size="lg">
        {opened && <Plan change={change} close={() => setOpened(false)} onRestored={onRestored} />}
      </Modal>
    </>
  );
}

function Plan({ change, close, onRestored }: RestoreVersionProps & { close(): void }) {
  const { t } = useTranslation();
  const plan = useQuery(planQuery(change.id));
  return (
    <QueryStates query={plan} what={t('changelog.restore')}>
      {(plan) => <Answer change={change} plan={plan} close={close} onRestored={onRestored} />}
    </QueryStates>
  );
}

function Answer({
  change,
  plan,
  close,
  onRestored,
}: RestoreVersionProps & { plan: Versioned<Restoration>; close(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const restoring = useMutation({
    mutationFn: () => restoreChange(change.id, plan),
    onError: async (error) => {
      if (isConflict(error)) await queries.invalidateQueries(planQuery(change.id));
    },
    onSuccess: async (restored) => {
      close();
      notifyDone(t('changelog.restored', { name: restored.name }));
      await onRestored?.(restored);
      await queries.invalidateQueries();
    },
  });
  const { action, name, fields, notes } = plan.value;
  const isSame = action === 'none';
  return (
    <Stack>
      <Text>{isSame ? t('changelog.nothingToRestore') : t('changelog.restoreText', { name })}</Text>
      {!isSame && <FieldsOfChange object={change.object} fields={fields} />}
      {notes.length > 0 && (
        <List size="sm" aria-label={t('changelog.notes')}>
          {notes.map((note) => (
            <List.Item key={note}>{inWords(note)}</List.Item>
          ))}
        </List>
      )}
      {restoring.isError && (
        <Alert color="red" role="alert">
          {isConflict(restoring.error) ? t('changelog.changedMeanwhile') : errorText(restoring.error, t)}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button onClick={close}>{t(isSame ? 'common.close' : 'common.cancel')}</Button>
        {!isSame && (
          <Button variant="filled" loading={restoring.isPending} onClick={() => restoring.mutate()}>
            {t(change.action === 'delete' ? 'changelog.bringBack' : 'changelog.restore')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
