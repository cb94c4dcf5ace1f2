import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useReportUnsaved } from './form-dialog.js';

interface UnsavedGuardProps {
  /** Whether something would be lost. */
  dirty: boolean;
  /** Moves within the page that lose nothing. */
  allows?(pathname: string): boolean;
}

/** Asks once before unsaved changes are left behind, by a link, with the tab or with the dialog around. */
export function UnsavedGuard({ dirty, allows }: UnsavedGuardProps) {
  const { t } = useTranslation();
  useReportUnsaved(dirty);
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ next }) => dirty && !allows?.(next.pathname),
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={t('unsaved.title')}>
      <Text mb="lg">{t('unsaved.text')}</Text>
      <Group justify="flex-end">
        <Button onClick={() => proceed?.()}>{t('unsaved.leave')}</Button>
        <Button variant="filled" data-autofocus onClick={() => reset?.()}>
          {t('unsaved.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
