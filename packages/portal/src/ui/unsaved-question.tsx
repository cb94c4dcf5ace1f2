import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFocusBack } from './focus-back.js';

/** What would be lost: changes that are not saved, or a secret that is shown this once. */
export type Loss = 'unsaved' | 'secret';

interface UnsavedQuestionProps {
  loss: Loss;
  leave(): void;
  stay(): void;
}

/** Asks before something is left behind for good. Not there before it is asked: the Escape that asks would answer it. */
export function UnsavedQuestion({ loss, leave, stay }: UnsavedQuestionProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal opened onClose={stay} title={t(`${loss}.title`)}>
      <Text mb="lg">{t(`${loss}.text`)}</Text>
      <Group justify="flex-end">
        <Button onClick={leave}>{t(`${loss}.leave`)}</Button>
        <Button variant="filled" data-autofocus onClick={stay}>
          {t('unsaved.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
