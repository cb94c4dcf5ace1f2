/** Two administrators saved the same app: what the other changed, and whose values go on. */
import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../ui/relative-time.js';
import { lastChangeQuery } from '../changelog/change-data.js';
import { fieldLines } from '../changelog/field-lines.js';
import { fieldsOf, inputOf } from './app-data.js';
import { fieldLabel } from './field-labels.js';
import type { AppEditing } from './use-app-editing.js';

export function ConflictDialog({ editing }: { editing: AppEditing }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={editing.theirs !== null}
      onClose={() => editing.settle(true)}
      title={t('apps.conflict.title')}
      size="lg"
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <Stack>
        <Text>{t('apps.conflict.text')}</Text>
        {editing.theirs && <LastChange applicationId={editing.theirs.value.applicationId} />}
        <Differences editing={editing} />
        <Group justify="flex-end">
          <Button onClick={() => editing.settle(false)}>{t('apps.conflict.takeTheirs')}</Button>
          <Button variant="filled" data-autofocus onClick={() => editing.settle(true)}>
            {t('apps.conflict.keepMine')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Who it was and when, for those who may read the log. */
function LastChange({ applicationId }: { applicationId: string }) {
  const { t } = useTranslation();
  const { data: change } = useQuery(lastChangeQuery(`apps/${applicationId}`));
  if (!change) return null;
  return (
    <Text size="sm" c="dimmed">
      {t('apps.conflict.by', { who: change.actor })} <RelativeTime at={change.at} />
    </Text>
  );
}

function Differences({ editing: { theirs, form, changed } }: { editing: AppEditing }) {
  const { t, i18n } = useTranslation();
  if (!theirs) return null;
  const their = fieldsOf(inputOf(theirs.value));
  const mine = fieldsOf(form.values);
  const words = { t, language: i18n.language, roleNames: new Map<string, string>() };
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('apps.conflict.field')}</Table.Th>
          <Table.Th scope="col">{t('apps.conflict.theirs')}</Table.Th>
          <Table.Th scope="col">{t('apps.conflict.mine')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changed.map((field) => (
          <Table.Tr key={field}>
            <Table.Th scope="row">{fieldLabel(field, t)}</Table.Th>
            <Value lines={fieldLines(field, their.get(field), words)} />
            <Value lines={fieldLines(field, mine.get(field), words)} />
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Value({ lines }: { lines: string[] }) {
  return <Table.Td>{lines.length === 0 ? '–' : lines.map((line) => <div key={line}>{line}</div>)}</Table.Td>;
}
