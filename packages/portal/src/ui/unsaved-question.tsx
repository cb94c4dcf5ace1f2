import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Asks before unsaved changes are left behind. Not there before it is asked: the Escape that asks would answer it. */
export function UnsavedQuestion({ leave, stay }: { leave(): void; stay(): void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={stay} title={t('unsaved.title')}>
      <Text mb="lg">{t('unsaved.text')}</Text>
      <Group justify="flex-end">
        <Button onClick={leave}>{t('unsaved.leave')}</Button>
        <Button variant="filled" data-autofocus onClick={stay}>
          {t('unsaved.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
