import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Copyable } from './copyable.js';
import { UnsavedGuard } from './unsaved-guard.js';

interface SecretOnceProps {
  /** The secret while it is to be shown, else null. */
  secret: string | null;
  title: string;
  /** What it is called, as in "Copy *Password*". */
  what: string;
  onClose(): void;
}

/** Shows a secret that cannot be shown again; it and what is around it close once the reader says that it is kept. */
export function SecretOnce({ secret, title, what, onClose }: SecretOnceProps) {
  const { t } = useTranslation();
  const [kept, setKept] = useState(false);
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Modal
      opened={secret !== null}
      onClose={close}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <UnsavedGuard dirty={secret !== null && !kept} loss="secret" />
      <Stack>
        <Alert color="yellow">
          <Text size="sm">{t('secret.once')}</Text>
        </Alert>
        {secret !== null && <Copyable value={secret} what={what} />}
        <Checkbox
          label={t('secret.kept')}
          checked={kept}
          onChange={({ currentTarget }) => setKept(currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="filled" disabled={!kept} onClick={close}>
            {t('common.done')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
